"""One look, whatever the command."""

import shutil

import pytest

import kerascls
from kerascls.data.label_checks import look as looking
from kerascls.data.label_checks.column import Finding
from kerascls.data.readers import join_labels
from kerascls.errors import DataError
from kerascls.inference.bundle import open_bundle


@pytest.fixture
def vectors(tmp_path, write_csv):
    rows = [(f"t{n}", "[0, 1, 0]" if n % 2 else "[1, 1, 0]") for n in range(12)]
    return write_csv(tmp_path / "vectors.csv", ("text", "labels"), rows)


@pytest.mark.parametrize("name", ["fit", "search", "find_rate"])
def test_every_training_looks_before_anything_else(vectors, tmp_path, name):
    out = {} if name == "find_rate" else {"out": tmp_path / "out"}
    with pytest.raises(DataError, match=r"vectors.csv.*multi-hot"):
        getattr(kerascls, name)(train=vectors, from_scratch=True, quiet=True, **out)


def test_an_audit_looks(vectors):
    with pytest.raises(DataError, match=r"vectors.csv.*multi-hot"):
        kerascls.audit(vectors)


@pytest.mark.parametrize("name", ["evaluate", "tune"])
def test_what_scores_a_bundle_looks(vectors, multilabel_run, name):
    with pytest.raises(DataError, match=r"vectors.csv.*multi-hot"):
        getattr(kerascls, name)(multilabel_run.out, vectors)


def test_what_is_likely_is_told_on_by_what_scores_a_bundle(
    multilabel_run, multilabel_files, write_csv, tmp_path
):
    names = open_bundle(multilabel_run.out).label_set
    known = [join_labels([name]) for name in names]
    rows = [(f"t{n}", known[n % len(known)]) for n in range(12)] + [("x", "NaN")]
    path = write_csv(tmp_path / "test.csv", ("text", "labels"), rows)
    report = kerascls.evaluate(multilabel_run.out, path)
    assert any("'NaN' (1 row)" in line for line in report.notes)
    copy = shutil.copytree(multilabel_run.out / "bundle", tmp_path / "bundle")
    tuned = kerascls.tune(copy, path)
    assert any("'NaN' (1 row)" in line for line in tuned.notes)


def test_a_check_is_a_row_of_the_table(look, monkeypatch):
    def always(column):
        yield Finding("nothing", f"{len(column.counts)} labels in {column.name}", "Go.")

    monkeypatch.setattr(looking, "CHECKS", (always,))
    assert look(["a", "b"]) == "2 labels in labels. Go."
