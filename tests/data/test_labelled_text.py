"""What is known of the parts before a model is chosen."""

from pathlib import Path

import numpy as np
import pytest

from kerascls.data.examples import Examples
from kerascls.data.labelled_text import LabelledText, one_task, sample_path
from kerascls.data.labels import Task
from kerascls.data.readers import Dataset, Example, read
from kerascls.data.splits.parts import Part
from kerascls.errors import DataError


def dataset(name="train.csv", rows=(), task=Task.MULTILABEL, columns=("text",), **more):
    examples = Examples.of(Example(2, (text,), tuple(labels)) for text, *labels in rows)
    options = {"skipped_rows": 0, "empty_texts": 0} | more
    return Dataset(Path(name), examples, columns, "labels", task, sha256="", **options)


def parts_of(**datasets):
    return {
        name: Part(data, np.arange(len(data.examples)))
        for name, data in datasets.items()
    }


def known(notes=(), is_sample=False, **datasets):
    parts = parts_of(**datasets)
    return LabelledText.from_parts(Task.MULTILABEL, parts, list(notes), is_sample)


TRAIN = dataset(rows=[("a", "x", "y"), ("b", "y"), ("c",)])


def test_labels_are_those_of_training_in_order():
    data = known(train=TRAIN, test=dataset("test.csv", [("d", "z")]))
    assert data.label_set.names == ("x", "y")
    assert data.unseen == {"train": {}, "test": {"z": 1}}
    assert data.scored_labels("test").names == ("x", "y", "z")
    assert data.scored_labels("train") == data.label_set


def test_targets_have_unseen_labels_last_and_are_made_once():
    data = known(train=TRAIN, test=dataset("test.csv", [("d", "z", "y"), ("e",)]))
    assert data.targets("test").multi_hot().tolist() == [[0, 1, 1], [0, 0, 0]]
    assert data.targets("test") is data.targets("test")


@pytest.mark.parametrize(
    ("rows", "received"),
    [([("a", "x")], "only the label 'x' in 1 rows"), ([], "no label in 0 rows")],
)
def test_labels_of_which_nothing_can_be_learned_are_refused(rows, received):
    for task, least in (("multiclass", "two labels"), ("multilabel", "one label, and")):
        parts = parts_of(train=dataset(rows=rows))
        with pytest.raises(DataError, match=f"at least {least}.*train.csv.*{received}"):
            LabelledText.from_parts(Task(task), parts, [], False)


def test_one_label_that_some_rows_lack_is_enough_for_multilabel():
    assert known(train=dataset(rows=[("a", "x"), ("b",)])).label_set.names == ("x",)


def test_a_file_with_no_label_of_training_is_refused_unless_it_is_tiny():
    test = dataset("test.csv", [(f"t{n}", "z") for n in range(10)])
    with pytest.raises(DataError, match=r"labels of train.csv.*'z' \(10 rows\)"):
        known(train=TRAIN, test=test)


def test_labels_can_be_put_in_another_order():
    data = known(train=TRAIN).with_labels(("y", "x"))
    assert data.targets("train").multi_hot().tolist() == [[1, 1], [1, 0], [0, 0]]


def test_parts_of_one_file_are_one_dataset():
    valid = dataset("valid.csv", [("d", "x")])
    data = known(train=TRAIN, valid=valid, test=TRAIN)
    assert [one.path.name for one in data.datasets] == ["train.csv", "valid.csv"]


def test_notes_come_in_order_and_the_callers_are_left_as_they_were():
    notes = ["was split"]
    data = known(
        notes,
        train=dataset(rows=[("a", "x"), ("a", "y")], skipped_rows=1, empty_texts=2),
        test=dataset("test.csv", [("b", "new"), ("c", "new")]),
    )
    assert notes == ["was split"]
    assert data.notes == [
        "was split",
        "test.csv: 1 label that train.csv lacks, 2 of 2 that are given: 'new' (2 "
        "rows); train.csv has 'x', 'y'. Check the label column and its separator, and "
        "that both files name labels alike.",
        "labels that are not in every part (2), not scored where they are not, and "
        "where their rows went: 'x' (train 1), 'y' (train 1)",
        "train.csv: 1 bad row left out",
        "train.csv: 2 empty texts kept",
        "labels of test that training lacks (1), scored as misses: new (2 rows)",
        "train: 1 of 2 rows repeat an earlier row's text",
    ]


@pytest.mark.parametrize(("labels", "end"), [(10, "l9 (1 row)"), (11, " and 1 more")])
def test_ten_unseen_labels_are_named(labels, end):
    new = [(f"t{n}", f"l{n}") for n in range(labels)]
    test = dataset("test.csv", [*new, ("x", "x"), ("y", "y")])
    note = known(train=TRAIN, test=test).notes[-1]
    assert note.startswith("labels of test")
    assert note.endswith(end)


def test_files_of_one_task_and_the_same_columns_have_it():
    files = {"train": TRAIN, "test": dataset("test.csv")}
    assert one_task(files) is Task.MULTILABEL


@pytest.mark.parametrize(
    "other", [{"task": Task.MULTICLASS}, {"columns": ("title", "text")}]
)
def test_files_that_differ_in_task_or_columns_are_refused(other):
    with pytest.raises(DataError, match="same task and text columns.*test.csv: mult"):
        one_task({"train": TRAIN, "test": dataset("test.csv", **other)})


def test_the_sample_has_labelled_texts():
    assert len(read(sample_path()).examples) == 410


def test_a_remark_on_a_file_is_told_once():
    remarkable = dataset(rows=[("a", "x"), ("b", "y")], notes=("odd labels",))
    data = known(train=remarkable, test=remarkable)
    assert data.notes.count("odd labels") == 1
    assert data.label_notes == ("odd labels",)
