"""Rows of any file, one after the other."""

import json
import time
import tracemalloc

import pytest
from openpyxl import Workbook

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.records import read_columns, read_records
from kerascls.data.readers.rows import BadRow
from kerascls.errors import DataError, SettingsError


def test_every_format_gives_the_same_fields(tmp_path):
    (tmp_path / "数据.csv").write_text("text,label\n甲,乙\n", encoding="utf-8")
    (tmp_path / "数据.tsv").write_text("text\tlabel\n甲\t乙\n", encoding="utf-8")
    fields = {"text": "甲", "label": "乙"}
    (tmp_path / "数据.jsonl").write_text(json.dumps(fields))
    book = Workbook()
    book.active.append(["text", "label"])
    book.active.append(["甲", "乙"])
    book.save(tmp_path / "数据.XLSX")
    for path in tmp_path.iterdir():
        (record,) = read_records(path)
        assert record.fields == fields
        assert read_columns(path) == ("text", "label")


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("a.csv", "text,label,\n", ("text", "label")),
        ("a.tsv", "text\tlabel\n", ("text", "label")),
        ("a.jsonl", "{\n" + '{"text": "a"}\n', ("text",)),
        ("a.jsonl", "", ()),
    ],
)
def test_columns_are_known_without_rows(tmp_path, name, content, columns):
    (tmp_path / name).write_text(content)
    assert read_columns(tmp_path / name) == columns


def test_bad_rows_are_reported_behind_the_last_good_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1\n2,3\n4\n")
    records = read_records(path)
    assert next(records).line == 3
    with pytest.raises(DataError, match=r"2 bad rows in .*\n.*a.csv:2: 1 column"):
        next(records)


def test_bad_rows_are_skipped_and_collected(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1\n2,3\n")
    bad_rows = []
    records = read_records(path, errors="skip", bad_rows=bad_rows)
    assert [record.line for record in records] == [3]
    assert bad_rows == [BadRow(2, "1 column where the header has 2")]


def test_a_stated_format_goes_before_the_ending(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a\tb\n1\t2\n")
    (record,) = read_records(path, FileOptions(format="tsv"))
    assert record.fields == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "xls"}, "format='xls'"),
        ({"encoding": "gb18031"}, "encoding='gb18031'"),
    ],
)
def test_options_are_checked_at_the_call(tmp_path, options, message):
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    with pytest.raises(SettingsError, match=message):
        read_records(path, FileOptions(**options))


def test_a_missing_file_is_known_at_the_call(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_records(tmp_path / "a.csv")


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_reading_holds_little_more_than_one_row(tmp_path, format):
    path = tmp_path / f"a.{format}"
    row = {"csv": "x" * 200 + ",a\n", "jsonl": '{"text": "%s"}\n' % ("x" * 200)}[format]
    path.write_text(("text,label\n" if format == "csv" else "") + row * 20_000)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_records(path)) == 20_000
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 500_000


def test_a_hundred_thousand_rows_are_read_in_seconds(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "text,label\n"
        + "一条新闻的标题，大约二十个字，说明发生了什么,财经\n" * 100_000,
        encoding="utf-8",
    )
    start_s = time.process_time()
    assert sum(1 for _ in read_records(path)) == 100_000
    assert time.process_time() - start_s < 2
