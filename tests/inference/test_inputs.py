"""An input is a file, or standard input, of which all rows can be used."""

import io
import sys
from types import SimpleNamespace

import pytest

from kerascls.data.readers import FileOptions
from kerascls.data.readers.lines import LINE_COLUMN
from kerascls.errors import DataError, SettingsError
from kerascls.inference.inputs import open_input


@pytest.fixture
def stdin(monkeypatch):
    def give(content: bytes):
        stream = io.BytesIO(content)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))

    return give


def written(path, content):
    path.write_text(content, encoding="utf-8")
    return path


def test_a_file_has_the_format_of_its_ending(tmp_path):
    path = written(tmp_path / "a.csv", "id,text\n1,球\n")
    with open_input(path) as opened:
        assert (opened.path, opened.source, opened.format) == (path, str(path), "csv")
        assert opened.columns() == ("id", "text")
        assert [record.fields["text"] for record in opened.records()] == ["球"]


def test_standard_input_is_lines_unless_it_is_said_to_be_something_else(stdin):
    stdin(b"a,b\n")
    with open_input("-") as opened:
        assert opened.path is None
        assert opened.columns() == (LINE_COLUMN,)
        assert [list(one.fields.values()) for one in opened.records()] == [["a,b"]]


def test_a_table_on_standard_input_is_put_aside_only_while_it_is_open(stdin):
    stdin(b"text\na\n")
    with open_input("-", FileOptions(format="csv")) as opened:
        kept = opened.path
        assert [len(list(opened.records())) for _ in range(2)] == [1, 1]
    assert not kept.exists()


def test_usable_rows_are_counted(tmp_path):
    path = written(tmp_path / "a.jsonl", '{"text": "a"}\n{"text": ""}\n')
    with open_input(path) as opened:
        assert opened.check(("text",)) == 2


def test_bad_rows_are_listed_in_the_order_of_the_file_ten_at_most(tmp_path):
    # What is no JSON is found by the reader, what is no text behind it.
    lines = [x for n in range(6) for x in ('{"text": []}', "{" + n * " ")]
    path = written(tmp_path / "a.jsonl", "\n".join(['{"text": "a"}', *lines]))
    with (
        open_input(path) as opened,
        pytest.raises(DataError) as error,
    ):
        opened.check(("text",))
    first, *rows, _ = str(error.value).splitlines()
    assert "12 bad in" in first
    places = [int(row.removeprefix(f"  {path}:").partition(":")[0]) for row in rows]
    assert places[:2] == [2, 3] and places == sorted(places)
    assert "not a list (the same in 5 more lines: 4, 6, 8, 10, 12)" in rows[0]


def test_a_missing_text_column_is_named_beside_those_there_are(tmp_path):
    path = written(tmp_path / "a.csv", "id,body\n1,a\n")
    with (
        open_input(path) as opened,
        pytest.raises(DataError, match='column "text".*columns "id", "body"'),
    ):
        opened.columns(("text",))


def test_an_encoding_that_python_lacks_is_refused_before_anything_is_opened(tmp_path):
    with (
        pytest.raises(SettingsError, match="utf-99"),
        open_input(tmp_path / "none.csv", FileOptions(encoding="utf-99")),
    ):
        pass


def test_a_broken_line_of_standard_input_is_named(stdin):
    stdin("文\n".encode() * 5 + b"\xff\n")
    with open_input("-") as opened, pytest.raises(DataError, match="none may.*:6: "):
        list(opened.records())


def test_messages_about_a_table_on_standard_input_name_that(stdin):
    stdin("text\n文\n".encode("gb18030"))
    with (
        pytest.raises(DataError) as caught,
        open_input("-", FileOptions(format="csv")) as opened,
    ):
        opened.check(("text",))
    assert "Received: standard input:2: byte " in str(caught.value)
