"""One file that was compressed."""

import bz2
import gzip
import lzma
import zipfile

import pytest
from openpyxl import Workbook

from kerascls.data.readers import ReadOptions, read, read_columns
from kerascls.data.readers.packed import open_unpacked, unpacked_name
from kerascls.errors import DataError

TABLE = b'label\ttext\na\t"quoted\nb\tplain"\n'
PACK = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def zipped(path, *names, content=TABLE):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("ending", PACK)
def test_a_compressed_table_is_read_under_its_own_ending(tmp_path, ending):
    path = tmp_path / f"train.tsv{ending}"
    path.write_bytes(PACK[ending](TABLE))
    assert read_columns(path) == ("label", "text")
    assert [row.line for row in read(path).examples] == [2, 3]


@pytest.mark.parametrize("ending", PACK)
def test_first_bytes_go_before_the_ending(tmp_path, ending):
    path = tmp_path / "train.tsv"
    path.write_bytes(PACK[ending](TABLE))
    assert len(read(path).examples) == 2
    path = tmp_path / f"plain.tsv{ending}"
    path.write_bytes(TABLE)
    assert len(read(path).examples) == 2


@pytest.mark.parametrize("name", ["train.tsv.zip", "train.zip"])
def test_an_archive_of_one_file_is_read(tmp_path, name):
    names = "data/train.tsv", "__MACOSX/data/._train.tsv", "data/"
    path = zipped(tmp_path / name, *names)
    assert unpacked_name(path) == "train.tsv"
    assert len(read(path).examples) == 2


def test_an_archive_of_several_files_lists_them(tmp_path):
    path = zipped(tmp_path / "data.csv.zip", "train.csv", "test.csv")
    with pytest.raises(DataError, match=r"with 2: train.csv, test.csv\. Unpack it"):
        read(path)


def test_a_workbook_in_an_archive_is_read(tmp_path):
    book = Workbook()
    for row in (["text", "label"], ["甲", "a"], ["乙", "b"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    path = zipped(
        tmp_path / "a.zip", "a.xlsx", content=(tmp_path / "a.xlsx").read_bytes()
    )
    assert len(read(path).examples) == 2


@pytest.mark.parametrize("ending", PACK)
def test_a_damaged_file_is_a_data_error(tmp_path, ending):
    path = tmp_path / f"train.tsv{ending}"
    path.write_bytes(PACK[ending](TABLE * 500)[:-20])
    with pytest.raises(DataError, match="can be unpacked"):
        read(path)


def test_advice_on_encodings_is_on_what_is_inside(tmp_path):
    path = tmp_path / "train.csv.gz"
    path.write_bytes(gzip.compress("text,label\n国足主场取胜,体育\n".encode("gb18030")))
    with pytest.raises(DataError, match="`--encoding gb18030` it begins.*国足"):
        read(path)
    assert len(read(path, ReadOptions(encoding="gb18030")).examples) == 1


def test_what_is_not_compressed_is_opened_as_it_is(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"text\n")
    with open_unpacked(path) as handle:
        assert handle.read() == b"text\n"
