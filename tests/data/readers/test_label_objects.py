"""Labels in objects."""

import json

import pytest

from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.label_objects import labels_of_object
from kerascls.errors import DataError


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ({"choices": ["体育", "健康"]}, ["体育", "健康"]),
        ({"choices": "体育"}, ["体育"]),
        ({"体育": 1.0, "汽车": 0.0, "健康": 1}, ["体育", "健康"]),
        ({"a": True, "b": False}, ["a"]),
        ({"a": 0.0}, []),
        ({}, []),
    ],
)
def test_label_studio_and_spacy_are_read(value, labels):
    assert labels_of_object(value) == labels


@pytest.mark.parametrize("value", [{"体育": 0.7}, {"a": "1"}, {"name": "体育"}])
def test_other_objects_are_no_labels(value, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "甲", "cats": value}) + "\n")
    with pytest.raises(DataError, match="names of labels"):
        read(path, ReadOptions(label="cats", task="multilabel"))
