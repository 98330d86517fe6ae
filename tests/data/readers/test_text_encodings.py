"""Encodings that were tried on a file, so that advice is what reads it."""

import io

import pytest
from encoded_texts import TEXTS

from kerascls.data.readers.text_encodings import (
    SAMPLE_BYTES,
    check_reading,
    encoding_advice,
    try_encodings,
)
from kerascls.errors import DataError


def table(language):
    return f"text,label\n{TEXTS[language]},a\n"


def opened(language, encoding=None):
    return io.BytesIO(table(language).encode(encoding or language))


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encoding_that_reads_a_file_is_advised_with_what_it_reads(encoding):
    advice = encoding_advice(opened(encoding), "utf-8")
    assert advice.startswith(f"Read with `--encoding {encoding}` it begins `text,label")
    assert TEXTS[encoding][:5] in advice


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"]
)
@pytest.mark.parametrize("language", ["gb18030", "cp949"])
def test_unicode_without_a_mark_is_advised_too(language, encoding):
    best = try_encodings(opened(language, encoding), "gb18030")[0]
    assert best.encoding == encoding.removesuffix("-sig")


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        ("big5hkscs", "gb18030"),
        ("cp949", "gb18030"),
        ("cp932", "gb18030"),
        ("gb18030", "latin-1"),
        ("cp949", "latin-1"),
        ("gb18030", "cp936"),
    ],
)
def test_nonsense_that_decodes_is_refused_with_what_reads_it(language, wrong):
    data = opened(language)
    if wrong == "cp936":  # the same encoding by another name
        assert check_reading(data, "a.csv", wrong) == ""
        return
    with pytest.raises(DataError, match=rf"(?s)not look like.*--encoding {language}"):
        check_reading(data, "a.csv", wrong)
    assert data.tell() == 0


def test_rare_characters_without_a_better_reading_are_told():
    text = "text,label\n" + "犇猋骉麤鱻羴焱淼垚鑫森晶品众磊" * 3 + ",a\n"
    line = check_reading(io.BytesIO(text.encode("gb18030")), "a.csv", "gb18030")
    assert "is `--encoding gb18030` right?" in line


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8", "iso2022_jp"])
def test_encodings_that_cannot_be_judged_are_taken_as_stated(encoding):
    data = io.BytesIO(b"text,label\nplain,a\n")
    assert check_reading(data, "a.csv", encoding) == ""


def test_few_letters_leave_two_candidates_that_are_both_shown():
    advice = encoding_advice(io.BytesIO("text\ncafé\n".encode("cp1252")), "utf-8")
    assert "`--encoding cp1252` it begins `text` / `café`" in advice


def test_bytes_that_nothing_reads_are_said_to_be_so():
    advice = encoding_advice(io.BytesIO(b"\xff\xff\x81\x8d\n" * 40), "utf-8")
    assert "No other encoding that was tried reads it" in advice


PLAIN_LINES = 2 * SAMPLE_BYTES // len("plain,a\n")


def test_nonsense_behind_many_lines_of_ascii_is_refused():
    language, wrong = "big5hkscs", "gb18030"
    text = "text,label\n" + "plain,a\n" * PLAIN_LINES + f"{TEXTS[language]},b\n"
    with pytest.raises(DataError, match=rf"(?s)not look like.*--encoding {language}"):
        check_reading(io.BytesIO(text.encode(language)), "a.csv", wrong)


@pytest.mark.parametrize("encoding", ["gb18030", "cp932"])
def test_what_reads_a_file_is_judged_by_lines_that_are_not_ascii(encoding):
    text = "text,label\n" + "plain,a\n" * PLAIN_LINES + f"{TEXTS[encoding]},b\n"
    advice = encoding_advice(io.BytesIO(text.encode(encoding)), "utf-8")
    assert advice.startswith(f"Read with `--encoding {encoding}` it begins `text,label")
    assert TEXTS[encoding][:5] in advice


def test_a_file_of_ascii_looks_right_in_every_encoding():
    text = "text,label\n" + "plain,a\n" * PLAIN_LINES
    assert check_reading(io.BytesIO(text.encode()), "a.csv", "big5") == ""
    assert all(
        one.share == 0 for one in try_encodings(io.BytesIO(text.encode()), "gbk")
    )


def test_a_look_at_what_lacks_its_mark_says_so():
    handle = io.BytesIO(("text,label\n今天我们去看足球比赛,体育\n" * 3).encode())
    with pytest.raises(DataError, match="BOM.*`--encoding utf-8` it begins `text"):
        check_reading(handle, "a.csv", "utf-16")
