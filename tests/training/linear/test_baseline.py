"""The linear model beside a neural one."""

import json
from types import SimpleNamespace

import pytest

import kerascls
from kerascls.evaluation.metrics.scores import pad_columns
from kerascls.evaluation.reports.report import Report
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.training.linear import baseline
from kerascls.training.linear.baseline import fit_baseline
from kerascls.training.preparation import load_labelled_text

pytest.importorskip("sklearn")


def job_of(data, **options):
    settings = RunSettings.from_options(**options)
    lines = []
    screen = Screen(quiet=True)
    screen.say = lines.append
    return SimpleNamespace(settings=settings, data=data, screen=screen, said=lines)


def test_it_answers_as_a_run_of_the_linear_model_does(multilabel_files, tmp_path):
    settings = RunSettings.from_options(**multilabel_files)
    job = job_of(load_labelled_text(settings.data, settings.split_seed))
    found = fit_baseline(job)
    options = {"model": "linear", "out": tmp_path / "run", "quiet": True}
    result = kerascls.fit(**options, **multilabel_files)
    targets = job.data.targets("test").multi_hot()
    chosen = pad_columns(found.chosen, targets.shape[1])
    right = float((chosen == targets).all(axis=1).mean())
    assert right == result.report.scores.accuracy
    assert found.facts["rows"] == len(job.data.parts["train"].rows)
    said = "to be beaten, a linear model: validation macro_f1 0."
    assert job.said[0].startswith(said)


def test_it_is_left_out_when_not_wanted_or_nothing_is_scored(sample, multilabel_files):
    assert fit_baseline(job_of(sample, baseline=False)) is None
    files = {name: multilabel_files[name] for name in ("train", "valid")}
    data = load_labelled_text(RunSettings.from_options(**files).data, 1)
    assert fit_baseline(job_of(data)) is None


def test_of_much_text_some_rows_are_read_and_that_is_said(
    sample, multilabel_files, monkeypatch
):
    monkeypatch.setattr(baseline, "MAX_WORK", 10_000)
    job = job_of(sample)
    found = fit_baseline(job)
    assert found.facts["rows"] < 150
    note = f" of {found.facts['rows']} of 287 rows"
    assert note in job.said[0]
    assert found.how.endswith(note)
    assert found.how == (
        "{ngrams} n-grams of 1 and 2 {unit}, {model}, C {strength}, class weights "
        "{weights} of {rows} of {all_rows} rows"
    ).format(**found.terms)


def test_rows_that_take_turns_are_not_all_of_one_label(
    write_csv, tmp_path, monkeypatch
):
    rows = [("球队赢了", "a"), ("新车来了", "b")] * 50
    files = {
        name: write_csv(tmp_path / f"{name}.csv", ("text", "label"), rows)
        for name in ("train", "valid", "test")
    }
    data = load_labelled_text(RunSettings.from_options(**files).data, 1)
    monkeypatch.setattr(baseline, "MAX_WORK", 400)  # every other row
    found = fit_baseline(job_of(data))
    assert found.facts["rows"] == 50
    assert found.chosen.sum(axis=0).tolist() == [50, 50]


def test_labels_that_few_rows_lack_are_never_given(write_csv, tmp_path, monkeypatch):
    rows = [("球队赢了", "a"), ("新车来了", "b")] * 20 + [("军演", "c")]
    valid = [("球队", "a"), ("新车", "b")]
    files = {
        name: write_csv(tmp_path / f"{name}.csv", ("text", "label"), some)
        for name, some in {"train": rows[::-1], "valid": valid, "test": valid}.items()
    }
    data = load_labelled_text(RunSettings.from_options(**files).data, 1)
    monkeypatch.setattr(baseline, "MAX_WORK", 170)  # of which the rare one is none
    found = fit_baseline(job_of(data))
    assert found.facts["rows"] < len(rows)
    assert found.chosen.argmax(axis=1).tolist() == [0, 1]


def test_text_without_anything_to_learn_is_said_and_does_not_end_the_run(
    write_csv, tmp_path
):
    path = write_csv(
        tmp_path / "t.csv", ("text", "label"), [("!", "x"), ("?", "y")] * 9
    )
    job = job_of(load_labelled_text(RunSettings.from_options(train=path).data, 1))
    assert fit_baseline(job) is None
    assert job.said[0].startswith("no linear model to compare with: Expected training")


def test_a_run_is_told_whether_it_beats_it_wherever_its_scores_are(multilabel_run):
    out, report = multilabel_run.out, multilabel_run.result.report
    assert "to be beaten, a linear model: validation macro_f1" in multilabel_run.shown
    for line in ("Linear model on the same rows (", "macro-F1 by ", "All labels"):
        assert line in multilabel_run.shown
        for file in ("report.md", "report.html"):
            assert line in (out / file).read_text("utf-8")
    stored = json.loads((out / "report.json").read_text("utf-8"))
    assert stored["linear"]["differences"]["macro_f1"]["a"] == pytest.approx(
        report.linear.scores.macro.f1
    )
    assert Report.from_dict(stored).to_dict() == report.to_dict()
    facts = json.loads((out / "run.json").read_text("utf-8"))
    assert facts["baseline"]["seconds"] >= 0


def test_a_run_without_it_says_nothing_of_it(pair_run):
    assert "inear model" not in pair_run.shown
    assert pair_run.result.report.linear is None


def test_the_linear_model_is_not_compared_with_itself(linear_run):
    assert linear_run.result.report.linear is None
    with pytest.raises(kerascls.errors.SettingsError, match="train.baseline=False"):
        kerascls.fit(model="linear", baseline=False, quiet=True)


def test_weights_of_labels_are_not_those_of_the_linear_model_beside(sample):
    weights = dict.fromkeys(list(sample.label_set)[:1], 9.0)
    plain, weighted = (
        fit_baseline(job_of(sample, **options))
        for options in ({}, {"label_weights": weights})
    )
    assert (plain.chosen == weighted.chosen).all()
