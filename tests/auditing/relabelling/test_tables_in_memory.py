"""Corrected labels come back into a table of the same kind."""

import csv

import numpy as np
import pytest

import kerascls
from kerascls.auditing.rows import label_cell, read_rows
from kerascls.data.readers import ReadOptions
from kerascls.errors import DataError, SettingsError

TEXTS = ["国足取胜", "新车上市", "学校开学", "球队七连胜"]
LABELS = ["体育", "汽车", "体育", "教育"]
NEW = ["体育", "汽车", "教育", "新"]
FIXES = {2: ("教育",), 3: ("新",)}


@pytest.fixture
def corrected(tmp_path):
    """Returns a table with other labels in some rows, by way of findings.csv."""

    def correct(table, fixes=FIXES, **reading):
        rows = read_rows(table, options=ReadOptions(**reading))
        path = tmp_path / "findings.csv"
        with open(path, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "line", "row", "corrected"))
            for row, labels in fixes.items():
                cell = label_cell(labels)
                writer.writerow((rows.file(row), rows.lines[row], rows.key(row), cell))
        return kerascls.relabel(table, corrections=path, **reading)

    return correct


@pytest.mark.parametrize("dtype", [object, "str", "category"])
def test_a_frame_of_pandas_keeps_index_columns_and_types(corrected, dtype):
    pandas = pytest.importorskip("pandas")
    columns = {"id": [4, 3, 2, 1], "text": TEXTS, "label": LABELS}
    frame = pandas.DataFrame(columns, index=list("wxyz")).astype({"label": dtype})
    before = frame.copy()
    new = corrected(frame)
    assert new["label"].tolist() == NEW
    assert new.index.tolist() == list("wxyz")
    assert new.drop(columns="label").equals(before.drop(columns="label"))
    assert frame.equals(before)
    if dtype != "category":
        assert new["label"].dtype == before["label"].dtype


def test_numbers_stay_numbers_unless_a_name_comes(corrected):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": TEXTS, "label": [0, 1, 0, 2]})
    assert corrected(frame, {2: ("2",)})["label"].to_list() == [0, 1, 2, 2]
    assert corrected(frame, {2: ("2",)})["label"].dtype == np.int64
    assert corrected(frame, {2: ("新",)})["label"].to_list() == [0, 1, "新", 2]


def test_several_labels_are_lists_or_joined_as_they_were(corrected):
    pandas = pytest.importorskip("pandas")
    lists = [["体育"], ["汽车", "教育"], [], ["教育"]]
    frame = pandas.DataFrame({"text": TEXTS, "labels": lists})
    new = corrected(frame, {0: (), 2: ("教育", "体育")})["labels"].to_list()
    assert new == [[], ["汽车", "教育"], ["教育", "体育"], ["教育"]]
    frame["labels"] = ["|".join(row) or None for row in lists]
    new = corrected(frame, {0: (), 2: ("教育", "a|b")})["labels"].to_list()
    assert new[0] == "" and new[1:] == ["汽车|教育", r"教育|a\|b", "教育"]


def test_one_hot_columns_are_set(corrected):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"text": TEXTS, "体育": [1, 0, 0, 1]} | {"汽车": [0, 1, 0, 1]}
    )
    new = corrected(frame, {0: ("汽车",), 3: ()}, label=("体育", "汽车"))
    assert new["体育"].to_list() == [0, 0, 0, 0]
    assert new["汽车"].to_list() == [1, 1, 0, 0]
    assert new["汽车"].dtype == np.int64


def test_frames_of_polars_and_arrow_stay_what_they_are(corrected):
    columns = {"text": TEXTS, "label": LABELS}
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(columns)
    new = corrected(table)
    assert (new["label"].to_pylist(), new.schema) == (NEW, table.schema)
    polars = pytest.importorskip("polars")
    assert corrected(polars.DataFrame(columns)).to_dict(as_series=False) == {
        "text": TEXTS,
        "label": NEW,
    }


def test_tables_without_a_library_stay_what_they_are(corrected):
    assert corrected({"text": TEXTS, "label": tuple(LABELS)})["label"] == tuple(NEW)
    rows = [{"text": t, "label": x} for t, x in zip(TEXTS, LABELS, strict=True)]
    assert [row["label"] for row in corrected(rows)] == NEW
    assert [row["label"] for row in rows] == LABELS
    texts, labels = corrected((TEXTS, np.array(LABELS)))
    assert (texts, labels.tolist()) == (TEXTS, NEW)


def test_a_table_that_has_changed_is_told_by_position(corrected, tmp_path):
    corrected((TEXTS, LABELS))
    with pytest.raises(DataError, match=r"<list 4 rows> at position 2 is another row"):
        kerascls.relabel(([*TEXTS[:2], "x", "y"], LABELS), tmp_path / "findings.csv")
    with pytest.raises(DataError, match=r"about <list 4 rows>"):
        kerascls.relabel((TEXTS[:3], LABELS[:3]), tmp_path / "findings.csv")


def test_an_output_is_for_files(tmp_path):
    with pytest.raises(SettingsError, match="none for a table in memory"):
        kerascls.relabel((TEXTS, LABELS), "findings.csv", tmp_path / "new.csv")
    with pytest.raises(SettingsError, match="Name the new file"):
        kerascls.relabel("train.csv", "findings.csv")


def test_a_table_of_another_kind_is_told_with_what_to_do(tmp_path):
    class Table:
        """What can be read and not be copied."""

        def to_pandas(self):
            return pytest.importorskip("pandas").DataFrame({"text": [1], "label": [2]})

    (tmp_path / "findings.csv").write_text("file,line,row,corrected\n")
    with pytest.raises(SettingsError, match=r"a Table. Give its to_pandas\(\)"):
        kerascls.relabel(Table(), tmp_path / "findings.csv")


YES_NO = [True, False, True, False]


def test_truth_values_stay_such_unless_a_name_comes(corrected):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": TEXTS, "label": YES_NO})
    assert corrected(frame, {0: ("FALSE",)})["label"].tolist() == [
        False,
        *YES_NO[1:],
    ]
    # pandas alone would make True of any name.
    assert corrected(frame, {0: ("新",)})["label"].tolist() == ["新", *YES_NO[1:]]
    _, labels = corrected((TEXTS, np.array(YES_NO)), {0: ("FALSE",)})
    assert labels.tolist() == [False, *YES_NO[1:]]
    _, labels = corrected((TEXTS, np.array(YES_NO)), {0: ("新",)})
    assert labels.tolist() == ["新", *YES_NO[1:]]


def test_a_number_with_a_fraction_stays_a_number(corrected):
    _, labels = corrected((TEXTS, np.array([1.0, 2.5, 1.0, 2.5])), {0: ("2.5",)})
    assert labels.tolist() == [2.5, 2.5, 1.0, 2.5]
    _, labels = corrected((TEXTS, np.array([1.0, 2.5, 1.0, 2.5])), {1: ("1",)})
    assert labels.tolist() == [1.0, 1.0, 1.0, 2.5]


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_a_label_that_a_typed_column_cannot_hold_is_refused(corrected, library):
    make = {"polars": "DataFrame", "pyarrow": "table"}[library]
    table = getattr(pytest.importorskip(library), make)
    with pytest.raises(SettingsError, match="not fit into the column 'label' of type"):
        corrected(table({"text": TEXTS, "label": [0, 1, 0, 1]}), {0: ("新",)})
