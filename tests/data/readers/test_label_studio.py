"""Tasks of Label Studio."""

import io
import json

import pytest

from kerascls.data.labels import Task
from kerascls.data.readers import FileOptions, ReadOptions, read
from kerascls.data.readers.label_studio import save_label_studio, task_rows
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.data.readers.rows import BadRow, Record, Unlabelled

READING = ReadOptions(format="label-studio", label="topic", task="multilabel")


def result(names, control="topic"):
    value = {"choices": names}
    kind = {"from_name": control, "to_name": "text", "type": "choices"}
    return {"result": [{**kind, "id": "x", "value": value}]}


def task(*annotations, **more):
    return {"id": 7, "data": {"text": "新车"}, "annotations": list(annotations)} | more


def rows_of(*tasks):
    handle = io.BytesIO(json.dumps(tasks, indent=1).encode())
    return list(task_rows(handle, "a.json", FileOptions()))


def test_the_choices_of_a_task_are_a_list_beside_its_data():
    assert rows_of(task(result(["体育", "健康"]))) == [
        Record(1, {"id": 7, "text": "新车", "topic": ["体育", "健康"]})
    ]


def test_a_choice_that_is_a_plain_text_is_one():
    (row,) = rows_of(task(result("体育")))
    assert row.fields["topic"] == ["体育"]


def test_an_annotation_without_choices_has_none_of_them():
    _, row = rows_of(task(result(["体育"])), task({"result": []}))
    assert row.fields["topic"] == []


def test_old_files_call_annotations_completions():
    old = task(result(["体育"]))
    old["completions"] = old.pop("annotations")
    assert rows_of(old)[0].fields["topic"] == ["体育"]


@pytest.mark.parametrize(
    ("annotations", "reason"),
    [
        ([], "tasks not annotated"),
        ([result(["体育"]) | {"was_cancelled": True}], "tasks skipped"),
    ],
)
def test_tasks_without_an_answer_are_unlabelled(annotations, reason):
    first, second = rows_of(task(*annotations), task(result(["体育"])))
    assert isinstance(first, Unlabelled) and isinstance(second, Record)
    assert first.reason == reason
    assert first.fields["text"] == "新车"


def test_a_cancelled_annotation_beside_another_does_not_count():
    skipped = result(["体育"]) | {"was_cancelled": True}
    (row,) = rows_of(task(skipped, result(["健康"])))
    assert row.fields["topic"] == ["健康"]


def test_annotations_that_agree_are_one_and_those_that_differ_a_bad_row():
    same, other = result(["a", "b"]), result(["b", "a"])
    good, bad = rows_of(task(same, other), task(same, result(["a"])))
    assert isinstance(good, Record)
    assert isinstance(bad, BadRow)
    assert bad.reason == '2 annotations that differ in "topic"; keep one'


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "a", "topic": "b"},
        {"data": {"text": "a"}, "annotations": "x"},
        {"data": "a", "annotations": []},
        {"data": {"topic": "a"}, "annotations": [result(["b"])]},
    ],
)
def test_what_is_no_task_is_a_bad_row(wrong):
    first, second = rows_of(task(result(["a"])), wrong)
    assert isinstance(first, Record)
    assert isinstance(second, BadRow | Unlabelled)


def test_other_kinds_of_result_are_passed_over():
    other = {"from_name": "stars", "type": "rating", "value": {"rating": 3}}
    both = {"result": [other, *result(["a"])["result"]]}
    assert rows_of(task(both))[0].fields == {"id": 7, "text": "新车", "topic": ["a"]}


def test_left_out_tasks_are_counted(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([task(), task(), *[task(result(["a"]))] * 3]))
    dataset = read(path, READING)
    assert len(dataset.examples) == 3
    assert "a.json: tasks not annotated, left out: 2" in dataset.notes


def test_what_was_written_comes_back(tmp_path):
    rows = [
        {"text": "甲", "topic": ("a", "b"), "id": 3},
        {"text": "乙", "topic": (), "id": None},
    ]
    table = LabelledTable(
        ("text", "topic", "id"), ("text",), "topic", Task.MULTILABEL, lambda: rows
    )
    save_label_studio(tmp_path / "a.json", table)
    written = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert written[0]["data"] == {"text": "甲", "id": 3}
    assert written[0]["annotations"][0]["result"][0]["to_name"] == "text"
    found = read(tmp_path / "a.json", READING).examples
    assert [(row.texts, row.labels) for row in found] == [
        (("甲",), ("a", "b")),
        (("乙",), ()),
    ]
    assert not table.lost


MINIMAL = [
    {
        "text": "甲",
        "topic": {"choices": ["a", "b"]},
        "annotator": 1,
        "annotation_id": 1,
    },
    {"text": "乙", "topic": "a", "annotator": 1, "annotation_id": 2},
    {"text": "丙", "annotator": 1, "annotation_id": 3},
    {"text": "丁", "annotator": None, "annotation_id": None},
]


def test_of_the_short_exports_tasks_without_annotation_are_left_out(
    tmp_path, write_csv
):
    (tmp_path / "a.json").write_text(json.dumps(MINIMAL))
    names = ("text", "topic", "annotator", "annotation_id")
    cells = [
        [json.dumps(v) if isinstance(v, dict) else v for v in map(row.get, names)]
        for row in MINIMAL
    ]
    table = write_csv(tmp_path / "a.csv", names, cells)
    options = ReadOptions(label="topic", task="multilabel")
    for path in (tmp_path / "a.json", table):
        dataset = read(path, options)
        assert [row.labels for row in dataset.examples] == [("a", "b"), ("a",), ()]
        assert f"{path.name}: tasks not annotated, left out: 1" in dataset.notes


def test_predicted_labels_are_no_annotation(tmp_path):
    rows = [{"text": "国足", "topic": ("体育",)}, {"text": "?", "topic": ()}]
    table = LabelledTable(
        columns=("text", "topic"),
        text_columns=("text",),
        label_column="topic",
        task=Task.MULTILABEL,
        rows=lambda: iter(rows),
        predicted_by="a classifier",
    )
    save_label_studio(tmp_path / "a.json", table)
    first, second = json.loads((tmp_path / "a.json").read_text("utf-8"))
    (prediction,) = first["predictions"]
    assert prediction["model_version"] == "a classifier"
    assert prediction["result"][0]["value"] == {"choices": ["体育"]}
    assert second["predictions"][0]["result"] == []
    found = rows_of(first, second)
    assert [type(row) for row in found] == [Unlabelled, Unlabelled]
    assert found[0].fields == {"id": 1, "text": "国足"}
