"""What kind of file some bytes begin."""

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile

import pytest
from openpyxl import Workbook

from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.file_kinds import file_kind
from kerascls.errors import DataError


def workbook():
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def archive():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as files:
        files.writestr("train.csv", "text,label\n")
    return target.getvalue()


def tape():
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as files:
        files.addfile(tarfile.TarInfo("train.csv"))
    return target.getvalue()


KINDS = {
    "a tar archive": tape(),
    "an Excel workbook": workbook(),
    "a zip archive": archive(),
    "gzip-compressed": gzip.compress(b"text"),
    "bzip2-compressed": bz2.compress(b"text"),
    "xz-compressed": lzma.compress(b"text"),
    "an old Excel workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "a Parquet file": b"PAR1" + bytes(50) + b"PAR1",
    "a pointer that Git LFS": b"version https://git-lfs.github.com/spec/v1\noid",
    "a web page": b"\xef\xbb\xbf\n <!DOCTYPE html>\n<html><head>",
    "a PDF document": b"%PDF-1.7\n",
    "a NumPy array": b"\x93NUMPY\x01\x00",
    "a Python pickle": pickle.dumps({"text": ["a"]}),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "a RAR archive": b"Rar!\x1a\x07" + bytes(50),
    "zstd-compressed": b"\x28\xb5\x2f\xfd" + bytes(50),
    "an Arrow file": b"ARROW1\0\0" + bytes(50),
    "an SQLite database": b"SQLite format 3\0" + bytes(50),
    "an HDF5 file": b"\x89HDF\r\n" + bytes(50),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_known_by_its_first_bytes(name):
    assert file_kind(KINDS[name]).name.startswith(name)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_that_is_no_text_is_refused_with_its_cure(name, tmp_path):
    path = tmp_path / "train.csv.gz"  # what is packed once would be unpacked
    path.write_bytes(gzip.compress(KINDS[name]))
    with pytest.raises(DataError) as caught:
        read(path)
    kind = file_kind(KINDS[name])
    assert f"which is {kind.name}. {kind.advice}" in str(caught.value)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [["text"], {"text": 1}, ("a", 1), "text"])
def test_a_pickle_is_known(protocol, value):
    kind = file_kind(pickle.dumps(value, protocol))
    assert "pickle" in kind.name


@pytest.mark.parametrize(
    "text", ["text,label", "", "PAR", "PK,text", "BZ", "{}", "<doc>", "€", "version 2"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le"])
def test_text_is_no_other_kind(text, encoding):
    assert file_kind(text.encode(encoding)) is None


def test_text_with_the_euro_of_windows_first_is_no_pickle():
    assert file_kind(b"\x80,text\n") is None
    assert file_kind(b"\x80100,text\n") is None


BINARY = [name for name in KINDS if "compressed" not in name and "zip" not in name]


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "latin-1"])
def test_no_encoding_makes_text_of_it(tmp_path, name, encoding):
    path = tmp_path / "train.csv"
    path.write_bytes(KINDS[name])
    with pytest.raises(DataError, match=f"train.csv, which is {name}") as caught:
        read(path, ReadOptions(encoding=encoding))
    assert "--encoding" not in str(caught.value)


@pytest.mark.parametrize("name", ["a Parquet file", "an old Excel workbook"])
def test_a_file_of_an_unknown_ending_is_named_by_its_kind(tmp_path, name):
    path = tmp_path / "train.bin"
    path.write_bytes(KINDS[name])
    with pytest.raises(DataError, match=name):
        read(path)


def test_a_tar_archive_is_known_though_it_is_compressed(tmp_path):
    (tmp_path / "train.csv.gz").write_bytes(gzip.compress(tape()))
    with pytest.raises(DataError, match=r"tar archive.*Unpack it"):
        read(tmp_path / "train.csv.gz")
