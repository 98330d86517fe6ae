"""Which parts are cut from which file."""

from dataclasses import replace
from pathlib import Path

import pytest

from kerascls.data.examples import Examples
from kerascls.data.labels import Task
from kerascls.data.readers import Dataset, Example
from kerascls.data.splits.parts import PARTS, divide


def dataset(count):
    examples = Examples.of(
        Example(n + 2, (f"t{n}",), ("xy"[n % 2],)) for n in range(count)
    )
    return Dataset(
        Path("x.csv"), examples, ("text",), "label", Task.MULTICLASS, 0, 0, ""
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"train": 100}, {"train": 70, "valid": 15, "test": 15}),
        ({"train": 100, "test": 7}, {"train": 85, "valid": 15, "test": 7}),
        ({"train": 100, "valid": 7}, {"train": 100, "valid": 7}),
        (
            {"test": 5, "valid": 7, "train": 100},
            {"train": 100, "valid": 7, "test": 5},
        ),
    ],
)
def test_what_has_no_file_is_cut_from_train(files, expected):
    parts, _ = divide({name: dataset(count) for name, count in files.items()}, seed=1)
    assert {name: len(part.rows) for name, part in parts.items()} == expected
    assert list(parts) == [name for name in PARTS if name in parts]


def test_labels_of_one_row_each_are_no_error():
    examples = Examples.of(Example(n, ("t",), (f"label {n}",)) for n in range(30))
    data = replace(dataset(0), examples=examples)
    parts, notes = divide({"train": data}, seed=1)
    assert [len(part.rows) for part in parts.values()] == [28, 1, 1]
    assert notes[0].endswith("train 28, valid 1, test 1")


def test_a_part_knows_its_rows_labels_and_texts():
    parts, _ = divide({"train": dataset(20)}, seed=1)
    part = parts["valid"]
    assert part.texts == [(f"t{row}",) for row in part.rows]
    assert part.labels == [("xy"[row % 2],) for row in part.rows]
