"""A key of a JSON object that is there twice is not lost without a word."""

import json

import pytest

from kerascls.system.json_objects import without_repeats


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        ('{"a": 1, "b": {"a": 2}}', {"a": 1, "b": {"a": 2}}),
        ('{"a": [1], "a": [1]}', {"a": [1]}),  # nothing is lost
    ],
)
def test_objects_are_read_as_json_reads_them(text, value):
    assert json.loads(text, object_pairs_hook=without_repeats) == value


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '[{"b": {"a": 1, "c": 1, "a": 2}}]', '{"a":1,"a":1,"a":2}'],
)
def test_a_key_with_two_values_is_an_error(text):
    with pytest.raises(ValueError, match='"a" is there twice, as 1 and as 2'):
        json.loads(text, object_pairs_hook=without_repeats)
