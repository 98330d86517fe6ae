"""JSON lines."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers import read
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.jsonl import jsonl_rows, jsonl_text
from kerascls.data.readers.rows import BadRow, Record
from kerascls.errors import DataError

OBJECTS = st.dictionaries(
    st.text(max_size=5),
    st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text(max_size=5))),
    max_size=4,
)


def rows_of(content):
    data = content if isinstance(content, bytes) else content.encode()
    return list(jsonl_rows(io.BytesIO(data), "train.jsonl", FileOptions()))


@given(st.lists(OBJECTS, max_size=5), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_comes_back(objects, ascii_only, end):
    lines = [json.dumps(fields, ensure_ascii=ascii_only) for fields in objects]
    assert rows_of(end.join(lines)) == [
        Record(number, fields) for number, fields in enumerate(objects, start=1)
    ]


def test_blank_lines_are_rows_above_others_and_none_at_the_end():
    assert rows_of('\n{"a": "1"}\n  \n{"a": "2"}\n\n \n') == [
        Record(1, {}),
        Record(2, {"a": "1"}),
        Record(3, {}),
        Record(4, {"a": "2"}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": }', "not JSON: Expecting value at character 7"),
        ("{'a': 1}", "not JSON: "),
        ('["a"]', "every row must be one JSON object"),
        ('"a"', "every row must be one JSON object"),
        ("[" * 100_000, "not JSON that can be read: "),
        ("1" * 5000, "not JSON that can be read: "),
        (r'{"text": "\ud83d"}', "half of a surrogate pair"),
        ('{"text": "a\0"}', "not JSON: Invalid control character"),
        ('{"a": "x", "a": "y"}', "\"a\" is there twice, as 'x' and as 'y'"),
    ],
)
def test_a_bad_row_is_placed_and_the_next_one_read(line, reason):
    bad, good = rows_of(f'{line}\n{{"a": "b"}}\n')
    assert isinstance(bad, BadRow)
    assert bad.line == 1
    assert reason in bad.reason
    assert good == Record(2, {"a": "b"})


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "1e999"])
def test_an_infinite_number_is_a_bad_row(number):
    (row,) = rows_of(f'{{"text": "a", "price": [{number}]}}')
    assert row.line == 1
    assert f"not JSON that can be read: {number} is" in row.reason


def test_nan_is_read_as_null():
    assert rows_of('{"n": NaN, "l": [NaN, 1.5]}') == [
        Record(1, {"n": None, "l": [None, 1.5]})
    ]


def test_a_whole_surrogate_pair_is_a_character():
    assert rows_of(r'{"text": "\ud83d\ude00"}')[0].fields == {"text": "😀"}


def test_a_mark_at_the_start_is_taken_off():
    assert rows_of(b'\xef\xbb\xbf{"a": "b"}') == [Record(1, {"a": "b"})]


def test_what_is_written_has_a_line_for_each_row_with_its_own_fields():
    content = jsonl_text(("a",), [{"a": "新"}, {"b": [1]}], "\r\n")
    assert content == '{"a": "新"}\r\n{"b": [1]}\r\n'


def test_an_array_of_objects_is_of_another_format():
    with pytest.raises(DataError, match="train.jsonl, which is.*`--format json`"):
        rows_of('[{"text": "a"}]')


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "1e999"])
def test_an_infinite_number_makes_a_bad_row(number, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"label": "x", "text": {number}}}', "utf-8")
    with pytest.raises(DataError, match=f":1: .*{number} is"):
        read(path)
