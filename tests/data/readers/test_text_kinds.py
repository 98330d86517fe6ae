"""Text under the name of another format is named, with the option that reads it."""

import csv
import io
import json

import pytest

from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.text_kinds import any_other_kind, json_kind, table_kind
from kerascls.errors import DataError

ROWS = [{"text": "国足取胜, 主场", "label": "体育"}, {"text": "新车", "label": "汽车"}]


def as_table(delimiter):
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, ["text", "label"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return stream.getvalue()


CONTENTS = {
    "csv": as_table(","),
    "tsv": as_table("\t"),
    "json": json.dumps(ROWS, ensure_ascii=False),
    "jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS),
}
LIES = [
    (true, ending)
    for true in CONTENTS
    for ending in ("csv", "tsv", "json", "jsonl", "parquet", "arrow", "xlsx")
    if ending != true and {true, ending} != {"csv", "tsv"}
]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(("true", "ending"), LIES)
def test_what_a_lying_ending_advises_reads_the_file(tmp_path, true, ending, mark):
    path = tmp_path / f"a.{ending}"
    path.write_text(mark + CONTENTS[true], "utf-8")
    with pytest.raises(DataError) as caught:
        read(path)
    assert f"--format {true}`" in str(caught.value)
    examples = read(path, ReadOptions(format=true)).examples
    assert [row.texts[0] for row in examples] == [row["text"] for row in ROWS]


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zip"])
@pytest.mark.parametrize("true", CONTENTS)
def test_plain_text_under_the_ending_of_a_packed_file_is_read(tmp_path, true, ending):
    path = tmp_path / f"a.{true}{ending}"
    path.write_text(CONTENTS[true], "utf-8")
    assert len(read(path).examples) == 2


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"   \n",
        b"// a remark\n{" + b'"text": "a"}',
        b"[\n",
        b'["a"]',
        "{".encode("utf-16"),
    ],
)
def test_what_may_be_json_is_no_table(head):
    assert table_kind(head) is None


@pytest.mark.parametrize("head", [b"", b"{text},label\n", b"[a],b\n", b'"{",b\n'])
def test_what_may_be_a_table_is_no_json(head):
    assert json_kind(head) is None


def test_text_without_columns_is_told_without_a_guess():
    assert "Say with `--format`" in table_kind(b"one text").advice


def test_the_expected_kind_and_the_unknown_are_none_of_the_others():
    assert any_other_kind(b"PAR1\x15", "a Parquet file") is None
    assert any_other_kind(b"\xff\xff\xff\xff\0\1", "an Arrow file") is None
    assert any_other_kind(b"PAR1\x15", "an Arrow file").name == "a Parquet file"


@pytest.mark.parametrize("ending", ["json", "parquet", "xlsx"])
def test_lines_of_text_are_told_as_such(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    path.write_text("国足取胜\n新车上市\n", "utf-8")
    with pytest.raises(DataError, match="plain text. Say with `--format` what it is"):
        read(path)
