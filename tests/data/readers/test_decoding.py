"""Bytes into lines, one broken character costing one line."""

import io
import re
from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers.decoding import (
    BrokenLine,
    check_encoding,
    lenient_lines,
    strict_lines,
)
from kerascls.errors import SettingsError

LINES = ["标题,标签", "国足😀,体育", "", "新车,汽车"]


def encoded(lines, encoding):
    return "".join(f"{line}\n" for line in lines).encode(encoding)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_both_ways_give_the_same_lines(encoding):
    data = encoded(LINES, encoding)
    expected = [f"{line}\n" for line in LINES]
    assert list(strict_lines(io.BytesIO(data), encoding, "")) == expected
    assert list(lenient_lines(io.BytesIO(data), encoding, "")) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs", "cp949"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_broken_byte_breaks_its_line_only_and_is_placed(encoding, mark):
    if mark and encoding != "utf-8":
        return
    first = mark + "人,甲\n".encode(encoding)
    data = first + "大".encode(encoding) + b"\xff\n" + "二,小\n".encode(encoding)
    lines = list(lenient_lines(io.BytesIO(data), encoding, ""))
    assert [isinstance(line, BrokenLine) for line in lines] == [False, True, False]
    place = len(first) + len("大".encode(encoding))
    assert lines[1].fault == f"byte 0xff at offset {place} is not {encoding} text"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs", "cp949"])
def test_a_character_that_was_cut_does_not_take_the_line_s_end(encoding):
    data = "大".encode(encoding)[:-1] + b"\n" + b"next\n"
    lines = list(lenient_lines(io.BytesIO(data), encoding, ""))
    assert len(lines) == 2
    assert lines[1] == "next\n"


@given(st.binary(max_size=60), st.sampled_from(["utf-8", "gb18030", "utf-16-le"]))
def test_any_bytes_come_to_an_end(data, encoding):
    lines = list(lenient_lines(io.BytesIO(data), encoding, ""))
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return
    assert not any(isinstance(line, BrokenLine) for line in lines)


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "cp936", "ms936", "gb18030"])
def test_the_euro_byte_of_windows_is_the_euro_in_the_whole_family(encoding):
    data = "价格".encode("gbk") + b"\x80\n"
    assert list(strict_lines(io.BytesIO(data), encoding, "")) == ["价格€\n"]


def test_the_euro_is_written_as_it_was():
    assert "价€".encode("gbk", "kerascls-strict") == "价".encode("gbk") + b"\x80"


@pytest.mark.parametrize(
    "name",
    [
        *("idna", "punycode", "unicode_escape", "raw-unicode-escape", "undefined"),
        *("base64", "base64_codec", "rot13", "quopri", "hex", "\udc80", "a\0"),
    ],
)
def test_codecs_that_are_none_of_files_are_unknown(name):
    with pytest.raises(SettingsError, match="text encoding") as caught:
        check_encoding(name)
    assert str(caught.value).endswith("Try 'gb18030' or 'utf-16'.")


@pytest.mark.parametrize("name", sorted({*aliases.values(), "mbcs", "utf8x"}))
def test_an_encoding_that_is_suggested_is_one(name):
    try:
        check_encoding(name)
    except SettingsError as error:
        for suggested in re.findall("mean '(.*)'", str(error)):
            assert "é".encode(suggested)
            check_encoding(suggested)
