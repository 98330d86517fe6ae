"""Parquet and Arrow files."""

import datetime
import decimal
import json

import pytest

from kerascls.data.readers import ReadOptions, read, read_columns, read_records
from kerascls.errors import DataError, MissingPackageError

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def write(path, table):
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=3)
    elif path.suffix == ".feather":
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=3)
    else:
        with pa.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=3)
    return path


@pytest.fixture(params=["a.parquet", "a.feather", "a.arrow"])
def path(request, tmp_path):
    return tmp_path / request.param


def test_rows_are_read_with_their_types(path):
    columns = {
        "text": ["甲", "乙", None, "丁"],
        "labels": [["a", "b"], [], None, ["b"]],
        "n": [1, 2, 3, 4],
    }
    write(path, pa.table(columns))
    records = list(read_records(path))
    assert [record.line for record in records] == [1, 2, 3, 4]
    assert [record.fields for record in records] == [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]
    assert read_columns(path) == ("text", "labels", "n")


def test_labelled_text_is_read(path):
    write(path, pa.table({"text": ["甲", "乙"], "labels": [["a", "b"], []]}))
    assert [row.labels for row in read(path).examples] == [("a", "b"), ()]


def test_categories_of_pandas_and_large_strings_are_texts(path):
    labels = pa.array(["a", "b", "a"]).dictionary_encode()
    texts = pa.array(["甲", "乙", "丙"], pa.large_string())
    write(path, pa.table({"text": texts, "label": labels}))
    rows = read(path).examples
    assert [row.labels for row in rows] == [("a",), ("b",), ("a",)]


def test_names_that_the_file_has_for_its_numbers_are_taken(path):
    names = {"label": {"names": ["负面", "正面"], "_type": "ClassLabel"}}
    info = json.dumps({"info": {"features": names}})
    table = pa.table({"text": ["甲", "乙", "丙"], "label": [1, 0, -1]})
    write(path, table.replace_schema_metadata({"huggingface": info}))
    dataset = read(path, ReadOptions(skip_bad_rows=True))
    assert [row.labels for row in dataset.examples] == [("正面",), ("负面",)]
    assert dataset.skipped_rows == 1


def test_a_number_without_a_name_is_a_bad_row(path):
    names = {"label": {"names": ["负面"], "_type": "ClassLabel"}}
    info = json.dumps({"info": {"features": names}})
    table = pa.table({"text": ["甲", "乙"], "label": [0, 5]})
    write(path, table.replace_schema_metadata({"huggingface": info}))
    with pytest.raises(DataError, match='column "label" holds 5, no class of it'):
        read(path)


def test_bytes_dates_and_decimals_become_texts(path):
    day = datetime.date(2026, 1, 2)
    cells = {
        "b": [b"\xe7\x94\xb2"],
        "d": [day],
        "m": [decimal.Decimal("1.20")],
        "s": [{"x": [day]}],
    }
    write(path, pa.table(cells))
    (record,) = read_records(path)
    assert record.fields == {
        "b": "甲",
        "d": "2026-01-02",
        "m": "1.20",
        "s": {"x": ["2026-01-02"]},
    }


def test_bytes_that_are_no_text_are_a_bad_row(path):
    write(path, pa.table({"text": [b"\xff"], "label": ["a"]}))
    with pytest.raises(DataError, match='a.*:1: column "text" holds bytes'):
        list(read_records(path))


@pytest.mark.parametrize("content", [b"", b"PAR1" + b" " * 60 + b"PAR1", b"text,label"])
def test_another_file_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(DataError, match="Write it anew|Read it with `--format"):
        list(read_records(path))


def test_a_missing_package_names_the_extra(path, monkeypatch):
    write(path, pa.table({"text": ["甲"], "label": ["a"]}))
    monkeypatch.setattr("kerascls.system.extras.is_installed", lambda name: False)
    with pytest.raises(MissingPackageError, match=r"kerascls\[parquet\]"):
        read(path)


def test_columns_without_a_name_are_refused(path):
    values = [pa.array(["a"])] * 4
    write(path, pa.table(values, names=["text", "label", "", " "]))
    with pytest.raises(DataError, match="with 2 without one. Name or remove them"):
        read(path)
