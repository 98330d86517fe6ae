"""What can be judged, and what is said of the rest."""

import shutil

import pytest

from kerascls.auditing.judging import (
    default_judge,
    judged_by_bundle,
    judged_by_cross_validation,
    trained_on,
)
from kerascls.auditing.rows import read_rows
from kerascls.evaluation.seen_texts import SEEN_TEXTS_FILE
from kerascls.inference.bundle import open_bundle

MANY = [(f"球队比赛{n}", "体育") for n in range(6)]
MORE = [(f"新车发布{n}", "汽车") for n in range(6)]


def test_labels_rarer_than_folds_are_left_out_and_named(rows_of):
    rows = rows_of([*MANY, *MORE, ("医院", "健康|体育")])
    judged = judged_by_cross_validation(rows, None, folds=5, seed=0)
    assert judged.names == ("体育", "汽车")
    assert judged.targets.shape == judged.probabilities.shape == (13, 2)
    assert judged.lines[1].endswith("fewer than 5 texts: 健康")


def test_copies_of_one_text_make_no_label_frequent(rows_of):
    rows = rows_of([*MANY, *MORE, *[("医院", "健康")] * 9])
    assert "健康" not in judged_by_cross_validation(rows, None, 5, 0).names


def test_rows_of_a_rare_class_and_empty_texts_are_not_judged(rows_of):
    rows = rows_of([("", "体育"), *MANY, ("医院", "健康"), *MORE], label="label")
    judged = judged_by_cross_validation(rows, None, folds=5, seed=0)
    assert judged.rows.tolist() == [*range(1, 7), *range(8, 14)]


@pytest.mark.parametrize("label", ["label", "labels"])
def test_without_frequent_labels_nothing_is_judged(rows_of, label):
    rows = rows_of([("医院", "健康"), ("新车", "汽车")], label=label)
    assert judged_by_cross_validation(rows, None, folds=5, seed=0) is None


def test_a_bundle_judges_the_labels_it_knows(multilabel_run, multilabel_files):
    bundle = open_bundle(multilabel_run.out)
    rows = read_rows([multilabel_files["test"]], bundle)
    judged = judged_by_bundle(rows, bundle, folds=5, seed=0)
    assert judged.names == tuple(bundle.label_set)
    assert len(judged.rows) == len(rows) - 1  # one text is empty
    assert judged.probabilities.any()
    assert "健康" in judged.lines[-1]


def test_files_the_bundle_was_trained_on_are_warned_of(
    multilabel_run, multilabel_files, write_csv, tmp_path
):
    bundle = open_bundle(multilabel_run.out)
    header, rows = ("text", "labels"), [("好  车", "汽车"), (" 新车 足球", "汽车")]
    new = write_csv(tmp_path / "new.csv", header, rows)
    both = read_rows([multilabel_files["train"], new], bundle)
    train = both.files[0]
    assert trained_on(both, bundle).startswith(
        f"WARNING: the bundle was trained on 29 of 30 rows of {train}, 1 of 2 rows of "
        f"{new};"
    )
    assert default_judge(both, bundle)[0] == "cross-validation"
    unseen = write_csv(tmp_path / "unseen.csv", header, rows[:1])
    assert "none of the rows" in trained_on(read_rows([unseen], bundle), bundle)


def test_some_rows_of_many_that_it_was_trained_on_leave_the_bundle_judge(
    multilabel_run, write_csv, tmp_path
):
    rows = [("新车 足球", "汽车"), *((f"新闻{n}", "体育") for n in range(30))]
    path = write_csv(tmp_path / "many.csv", ("text", "labels"), rows)
    bundle = open_bundle(multilabel_run.out)
    rows = read_rows([path], bundle)
    assert default_judge(rows, bundle) == ("bundle", ())
    assert "on 1 of 31 rows" in trained_on(rows, bundle)


def test_the_files_are_compared_where_a_run_kept_no_hashes(
    multilabel_run, multilabel_files, tmp_path
):
    run = shutil.copytree(multilabel_run.out, tmp_path / "run")
    (run / SEEN_TEXTS_FILE).unlink()
    bundle = open_bundle(run)
    rows = read_rows([multilabel_files["train"], multilabel_files["test"]], bundle)
    assert f"30 of 30 rows of {rows.files[0]};" in trained_on(rows, bundle)


def test_without_its_run_what_a_bundle_was_trained_on_is_not_known(
    multilabel_run, multilabel_files, tmp_path
):
    shutil.copytree(multilabel_run.out / "bundle", tmp_path / "shipped")
    bundle = open_bundle(tmp_path / "shipped")
    assert "is not known" in trained_on(read_rows([multilabel_files["test"]]), bundle)


def test_models_that_learned_from_a_part_say_so(rows_of, monkeypatch):
    monkeypatch.setattr("kerascls.auditing.cross_validation.MAX_CHARS", 40)
    judged = judged_by_cross_validation(rows_of([*MANY, *MORE]), None, 5, 0)
    assert len(judged.rows) == 12
    assert "the models learned from 8 of these rows, drawn by lot" in judged.lines[1]


def test_a_label_too_rare_among_what_is_learned_from_is_not_judged(
    rows_of, monkeypatch
):
    common = [(f"{name} {number}", name) for number in range(100) for name in "ab"]
    rare = [(f"cooking {number}", "c") for number in range(6)]
    rows = rows_of([*common, *rare])
    assert len(judged_by_cross_validation(rows, None, 5, 0).rows) == 206
    monkeypatch.setattr("kerascls.auditing.cross_validation.MAX_CHARS", 300)
    judged = judged_by_cross_validation(rows, None, 5, 0)
    assert judged.names == ("a", "b")
    assert (
        judged.lines[-1] == "not judged, for they have fewer than 5 texts among them: c"
    )
