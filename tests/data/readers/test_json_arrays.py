"""JSON arrays."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers import FileOptions, json_arrays, text_files
from kerascls.data.readers.json_arrays import array_values, is_task, json_rows
from kerascls.data.readers.rows import BadRow, Record
from kerascls.errors import DataError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def read(content: str, function=json_rows):
    return list(function(io.BytesIO(content.encode()), "a.json", FileOptions()))


@given(
    st.lists(VALUES, max_size=6),
    st.sampled_from([None, 1, 2]),
    st.booleans(),
    st.sampled_from([1, 2, 7, 2**16]),
)
def test_values_come_back_whatever_the_pieces_they_are_read_in(
    values, indent, ascii_only, chunk
):
    content = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_files, "CHUNK_CHARS", chunk)
        found = read(content, array_values)
    assert [number for number, _, _ in found] == list(range(1, len(values) + 1))
    assert [value for _, value, _ in found] == values
    assert [json.loads(text) for _, _, text in found] == values


def test_rows_are_objects_numbered_from_one():
    one, two = read('\ufeff [\n{"a": "1"},\n\n{"a": NaN}\n]\n')
    assert one == Record(1, {"a": "1"})
    assert two == Record(2, {"a": None})


def test_a_value_that_is_no_object_is_a_bad_row():
    bad, good = read('[["a"], {"a": 1}]')
    assert isinstance(bad, BadRow) and bad.line == 1
    assert good == Record(2, {"a": 1})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"a": 1}\n{"a": 2}]', "a.json:2: Expecting ',' or ']'"),
        ('[{"a": 1},\n]', "a.json:2: Expecting value, at ']'"),
        ('[{"a": 1}', "a.json:1: Expecting ',' or ']'"),
        ('[\n{"a": \n', "a.json:3: Expecting value"),
        ('[\n\n{"a": "b', "a.json:3: Unterminated string"),
        ('[{"a": 1}] x', "Extra data behind the array, at 'x'"),
        ('[{"a": 1e999}]', "beyond what a number can hold"),
        ('[{"a": 1},\n{"a": 1, "a": 2}]', 'a.json:2: "a" is there twice, as 1 and as'),
        ("[" * 100_000, "a.json:1: "),
        ("", "a.json:1: no array"),
        ("text,label", "a.json:1: no array, at 'text,label'"),
    ],
)
def test_a_fault_is_told_with_its_line(content, reason):
    with pytest.raises(DataError) as error:
        read(content)
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ('{"a": 1}\n{"a": 2}\n', "--format jsonl"),
        ('{"text": {"0": "a"}}', "to_json(orient='records')"),
        ('[{"id": 1, "data": {}, "annotations": []}]', "--format label-studio"),
    ],
)
def test_other_json_is_refused_with_what_reads_it(content, advice):
    with pytest.raises(DataError) as error:
        read(content)
    assert advice in str(error.value)


def test_more_than_a_few_objects_are_never_in_memory(monkeypatch):
    monkeypatch.setattr(text_files, "CHUNK_CHARS", 100)
    longest = 0

    def joined(parts, join="".join):
        nonlocal longest
        longest = max(longest, len(text := join(parts)))
        return text

    grow = json_arrays._Window._grow

    def watched(self):
        more = grow(self)
        joined([self._text])
        return more

    monkeypatch.setattr(json_arrays._Window, "_grow", watched)
    assert len(read(json.dumps([{"text": "a" * 50}] * 1000))) == 1000
    assert longest < 1000


def test_a_task_has_data_and_annotations():
    assert is_task({"data": {}, "completions": []})
    assert not is_task({"data": {}, "text": ""})
    assert not is_task([])
