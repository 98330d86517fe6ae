"""What is written for annotators is what they, and we, read back."""

import json
from dataclasses import replace

import pytest
from suggestion_cases import suggestion, two_suggestions

from kerascls.auditing.annotation.suggestion_files import (
    SUGGESTION_FORMATS,
    check_format,
    write_suggestions,
)
from kerascls.data.readers import ReadOptions, read
from kerascls.errors import DataError, SettingsError


@pytest.fixture
def two():
    return two_suggestions()


def written(tmp_path, suggestions, format):
    path = tmp_path / "out"
    notes = write_suggestions(path, suggestions, format)
    return path, notes


def test_json_lines_have_all_that_is_known(tmp_path, two):
    path, notes = written(tmp_path, two, "jsonl")
    lines = path.read_text("utf-8").splitlines()
    assert list(map(json.loads, lines)) == [one.to_dict() for one in two]
    assert notes == []


def test_an_unknown_format_is_refused():
    assert SUGGESTION_FORMATS == ("jsonl", "doccano", "label-studio")
    with pytest.raises(SettingsError, match="output_format='docano'.*'doccano'"):
        check_format("docano")


def test_doccano_has_the_predicted_labels_and_gives_them_back(tmp_path, two):
    path, notes = written(tmp_path, two, "doccano")
    found = read(path, ReadOptions(format="doccano", task="multilabel"))
    assert list(found.examples.labels) == [("汽车",), ("汽车",)]
    assert list(found.examples.texts) == [("新车\n上市",)] * 2
    assert notes == []


def test_label_studio_has_predictions_that_nobody_has_looked_at(tmp_path, two):
    path, _ = written(tmp_path, two, "label-studio")
    (task, _) = json.loads(path.read_text("utf-8"))
    assert task["annotations"] == []
    assert task["data"]["why"] == two[0].why
    (prediction,) = task["predictions"]
    assert prediction["model_version"] == "kerascls"
    assert prediction["result"][0]["from_name"] == "labels"
    options = ReadOptions(format="label-studio", label="labels", task="multilabel")
    with pytest.raises(DataError, match="tasks not annotated, left out: 2"):
        read(path, options)
    # What a person does who accepts them.
    tasks = json.loads(path.read_text("utf-8"))
    for one in tasks:
        one["annotations"] = [{"id": 1, "result": one["predictions"][0]["result"]}]
    path.write_text(json.dumps(tasks), "utf-8")
    assert list(read(path, options).examples.labels) == [("汽车",), ("汽车",)]


@pytest.mark.parametrize("format", ["doccano", "label-studio"])
def test_fields_that_are_called_as_ours_are_kept_under_others(tmp_path, two, format):
    rows = tuple(suggestion(labels="old", why="mine") for _ in two)
    path, _ = written(tmp_path, replace(two, rows=rows), format)
    text = path.read_text("utf-8")
    assert '"input_labels": "old"' in text and '"input_why": "mine"' in text


def test_several_texts_become_one_for_doccano_and_that_is_said(tmp_path, two):
    texts = {"title": "新车", "content": "上市"}
    rows = tuple(replace(one, fields=texts, texts_by_column=texts) for one in two)
    both = replace(two, rows=rows, text_columns=("title", "content"))
    path, notes = written(tmp_path, both, "doccano")
    assert notes == ["not kept: rows whose 2 texts became one (2)"]
    assert json.loads(path.read_text("utf-8").splitlines()[0])["text"] == "新车\n上市"


def test_nothing_is_left_of_a_file_that_cannot_be_written(tmp_path, two):
    rows = (two[0], replace(two[1], fields={"text": "a", "bad": {1: object()}}))
    broken = replace(two, rows=(*rows, None))
    with pytest.raises(AttributeError):
        write_suggestions(tmp_path / "out", broken, "jsonl")
    assert list(tmp_path.iterdir()) == []
