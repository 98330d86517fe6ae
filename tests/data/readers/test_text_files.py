"""Files as bytes and lines."""

import hashlib
import io
import os

import pytest

from kerascls.data.readers.text_files import (
    check_encoding,
    decoded_chunks,
    decoded_lines,
    file_sha256,
    open_binary,
)
from kerascls.errors import DataError, SettingsError


def lines_of(path, encoding="utf-8", newline=""):
    with open_binary(path) as handle:
        return list(decoded_lines(handle, path.name, encoding, newline))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_decoded_without_its_mark(tmp_path, encoding):
    path = tmp_path / "新闻.csv"
    path.write_bytes("标题,内容\r\n甲😀,乙\n".encode(encoding))
    read_with = "utf-8" if encoding == "utf-8-sig" else encoding
    assert lines_of(path, read_with) == ["标题,内容\r\n", "甲😀,乙\n"]


def test_a_mark_that_the_codec_leaves_is_taken_off(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeff甲\n\ufeff".encode("utf-16-le"))
    assert lines_of(path, "utf-16-le") == ["甲\n", "\ufeff"]


@pytest.mark.parametrize("prefix", [0, 5, 8191, 8192, 30_000])
def test_a_decode_error_names_file_line_and_byte(tmp_path, prefix):
    path = tmp_path / "train.csv"
    start = b"one\n" + b"a" * prefix
    path.write_bytes(start + "体育".encode("gb18030") + b"b" * 9000)
    with pytest.raises(DataError) as caught:
        lines_of(path)
    place = f"train.csv:2: byte 0xcc at offset {len(start)} is not utf-8 text"
    assert place in str(caught.value)
    assert "`--encoding gb18030`" in str(caught.value)


def test_a_pipe_is_read_as_it_comes_and_left_open():
    read_end, write_end = os.pipe()
    with open(read_end, "rb") as source, open(write_end, "wb", buffering=0) as target:
        lines = decoded_lines(source, "standard input", "utf-8", "\n")
        target.write("体\n".encode())
        assert next(lines) == "体\n"
        target.write(b"ab\xff")
        target.close()
        with pytest.raises(DataError, match="standard input:2: byte 0xff "):
            next(lines)
        assert not source.closed


def test_a_character_cut_off_at_the_end_is_placed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("体育".encode()[:-1])
    with pytest.raises(DataError, match="byte 0xe8 at offset 3 "):
        lines_of(path)


def test_a_decode_error_in_gb18030_is_placed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("体育".encode("gb18030") * 5000 + b"\xff\xff")
    with pytest.raises(DataError, match="0xff at offset 20000 is not gb18030"):
        lines_of(path, "gb18030")


def test_utf_16_read_as_utf_8_is_recognised(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("体育".encode("utf-16"))
    with pytest.raises(DataError, match="`--encoding utf-16` it begins `体育`"):
        lines_of(path)


def test_utf_16_without_mark_needs_its_byte_order(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("体育新闻" * 3).encode("utf-16-le"))
    with pytest.raises(DataError, match="`--encoding utf-16-le`"):
        lines_of(path, "utf-16")


@pytest.mark.parametrize("name", ["gb18003", "", "hex", "a\0b", None])
def test_an_unknown_encoding_is_refused(name):
    with pytest.raises(SettingsError, match="Received: encoding="):
        check_encoding(name)


def test_an_unknown_encoding_names_the_nearest():
    with pytest.raises(SettingsError, match="Did you mean 'gb18030"):
        check_encoding("gb18031")


def test_a_missing_file_names_its_neighbour(tmp_path):
    (tmp_path / "训练集.csv").touch()
    with pytest.raises(DataError, match="does not exist. Did you mean '训练集.csv'?"):
        open_binary(tmp_path / "训练.csv")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="Nor can the folder"):
        open_binary(tmp_path / "nowhere" / "a.csv")


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(DataError, match="is a directory"):
        open_binary(tmp_path)


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="this user may read every file"
)
def test_a_file_without_permission_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.touch(mode=0)
    with pytest.raises(DataError, match="Check its permissions"):
        open_binary(path)


def test_other_trouble_on_opening_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="Check its permissions"):
        open_binary(tmp_path / ("长" * 300))


def test_the_hash_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"text\n")
    assert file_sha256(path) == hashlib.sha256(b"text\n").hexdigest()


class Pipe(io.BytesIO):
    """What cannot be read twice."""

    def seekable(self):
        return False


def test_a_pipe_of_wide_text_without_a_mark_needs_the_order_of_its_bytes():
    handle = Pipe("文".encode("utf-16-le"))
    with pytest.raises(DataError, match="offset 0.*`--encoding utf-16-le` or `--enc"):
        list(decoded_lines(handle, "standard input", "utf-16", newline=""))


def test_nul_bytes_are_told_with_the_encoding_that_reads_them(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("text,label\n".encode("utf-16"))
    with pytest.raises(DataError, match="NUL bytes at its.*`--encoding utf-16` it"):
        lines_of(path, "utf-8")


@pytest.mark.parametrize("read", [decoded_lines, decoded_chunks])
@pytest.mark.parametrize("real", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("stated", ["utf-16", "utf-32"])
def test_what_lacks_a_mark_is_told_with_what_reads_it(tmp_path, read, real, stated):
    path = tmp_path / "a.csv"
    path.write_bytes(("text,label\n今天我们去看足球比赛,体育\n" * 3).encode(real))
    as_lines = {"newline": ""} if read is decoded_lines else {}
    # From a piece of UTF-32 without its mark, as of a pipe, no more can be known.
    begins = "" if read is decoded_chunks and stated == "utf-32" else " it begins `text"
    with path.open("rb") as handle:
        with pytest.raises(DataError, match=f"--encoding {real}`{begins}"):
            list(read(handle, "a.csv", stated, **as_lines))


def test_utf_32_is_not_read_as_utf_16(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("text,label\n足球,体育\n".encode("utf-32"))
    assert lines_of(path, "utf-32") == ["text,label\n", "足球,体育\n"]
    for encoding in ("utf-8", "utf-16", "utf-16-le"):
        with pytest.raises(DataError, match="NUL bytes.*`--encoding utf-32` it"):
            lines_of(path, encoding)


def test_a_broken_line_behind_others_of_one_read_is_placed_in_a_pipe():
    read_end, write_end = os.pipe()
    with open(read_end, "rb") as source, open(write_end, "wb") as target:
        target.write("体\n".encode() * 3 + b"ab\xff\n")
        target.close()
        with pytest.raises(DataError, match="standard input:4: byte 0xff "):
            list(decoded_lines(source, "standard input", "utf-8", "\n"))


def test_a_path_with_a_nul_is_none():
    with pytest.raises(DataError, match="null byte"):
        open_binary("a\0b.csv")
