"""A column of 0 and 1 is no column of labels."""

import pytest

from kerascls.data.readers import ReadOptions, read
from kerascls.errors import DataError


def table(tmp_path, write_csv, cells):
    rows = [(f"x{n}", cell) for n, cell in enumerate(cells)]
    return write_csv(tmp_path / "a.csv", ("text", "toxic"), rows)


@pytest.mark.parametrize(
    "cells", ["0110" * 5, ["TRUE", "FALSE"] * 9, ["1.0", "", "0.0"] * 9]
)
def test_bits_of_one_column_are_refused_for_multilabel(tmp_path, write_csv, cells):
    options = ReadOptions(label="toxic", task="multilabel")
    with pytest.raises(DataError, match="nothing but 0 and 1.*`--label` once for each"):
        read(table(tmp_path, write_csv, cells), options)


def test_yes_and_no_are_two_classes(tmp_path, write_csv):
    options = ReadOptions(label="toxic", task="multiclass")
    assert len(read(table(tmp_path, write_csv, "0110" * 5), options).examples) == 20


def test_other_names_beside_them_are_names(tmp_path, write_csv):
    options = ReadOptions(label="toxic", task="multilabel")
    path = table(tmp_path, write_csv, ["0", "1", "2", "0|1"] * 5)
    assert len(read(path, options).examples) == 20


def test_numbers_in_a_column_of_labels_are_told(tmp_path, write_csv):
    rows = [(f"x{n}", n % 2) for n in range(20)]
    path = write_csv(tmp_path / "a.csv", ("text", "labels"), rows)
    assert any("nothing but 0 and 1" in note for note in read(path).notes)
