"""Corrections are read as the audit or doccano writes them; bad ones are named."""

import pytest

from kerascls.auditing.relabelling.corrections import read_corrections
from kerascls.data.labels import Task
from kerascls.errors import DataError

HEADER = "file,line,row,corrected\n"


def test_an_empty_cell_corrects_nothing_and_brackets_take_all_labels(tmp_path):
    path = tmp_path / "findings.csv"
    path.write_text(f"{HEADER}f.csv,2,r1,\nf.csv,3,r2,[]\nf.csv,5,r3, a|b \n", "utf-8")
    none, two = read_corrections(path, Task.MULTILABEL)
    assert (none.said_at, none.file, none.line, none.key) == (3, "f.csv", 3, "r2")
    assert (none.labels, two.labels) == ((), ("a", "b"))


@pytest.mark.parametrize("label", ["体育", ["体育"]])
def test_doccano_gives_a_list_or_a_single_label(write_jsonl, label):
    row = {"label": label, "file": "f", "line": 1, "row": "r"}
    (found,) = read_corrections(write_jsonl("x.jsonl", [row]), Task.MULTICLASS)
    assert found.labels == ("体育",)


@pytest.mark.parametrize(
    ("cell", "label"), [("a|b", "a|b"), (r"a\|b", "a|b"), ("[x", "[x"), ("c", "c")]
)
def test_a_known_class_may_be_written_as_it_is(tmp_path, cell, label):
    path = tmp_path / "findings.csv"
    path.write_text(f"file,line,row,corrected\nf,2,r1,{cell}\n", "utf-8")
    (one,) = read_corrections(path, Task.MULTICLASS, classes={"a|b", "[x"})
    assert one.labels == (label,)


def test_multiclass_needs_exactly_one_label(tmp_path):
    path = tmp_path / "findings.csv"
    path.write_text("file,line,row,corrected\nf,2,r1,a|b\nf,3,r2,[]\n", "utf-8")
    message = "(?s):2: 2 labels.*:3: 0 labels.*\nCorrect these lines; nothing was"
    with pytest.raises(DataError, match=message):
        read_corrections(path, Task.MULTICLASS)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"label": 3, "file": "f", "line": 1, "row": "r"}, "must be a list"),
        ({"label": [], "file": "f", "line": "x", "row": "r"}, "number of a line"),
        ({"label": [], "line": 1}, '"file" and "row"'),
        ({"label": [""], "file": "f", "line": 1, "row": "r"}, "is empty"),
    ],
)
def test_a_bad_correction_is_named(write_jsonl, row, reason):
    path = write_jsonl("rows.jsonl", [row])
    with pytest.raises(DataError, match=f"rows.jsonl:1: .*{reason}"):
        read_corrections(path, Task.MULTILABEL)
