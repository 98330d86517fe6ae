"""Several seeds: the same split, every seed once, a table of mean and spread."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.report import Report
from kerascls.experiments import series
from kerascls.experiments.seeds import fit_seeds
from kerascls.training.run_directory import RunDirectory


@pytest.fixture
def fits(monkeypatch, multilabel_report):
    """The calls of `training.fit`, which does nothing."""
    calls = []

    def fit(settings, *, out, resume, overwrite, **_):
        calls.append((settings.train.seed, settings.data.split_seed, resume))
        run = RunDirectory.create(out, overwrite=True)
        run.finish("done", settings=settings.to_dict())
        return SimpleNamespace(out=out, report=multilabel_report, to_dict=dict)

    monkeypatch.setattr(series.training, "fit", fit)
    monkeypatch.setattr(series, "forget_models", lambda: None)
    return calls


@pytest.fixture
def multilabel_report():
    found = np.eye(2, dtype=bool)
    scores = score(found, found, ("体育", "教育"))
    return Report(
        task=Task.MULTICLASS,
        scores=scores,
        baseline=scores,
        baseline_label="体育",
        rule=Rule("argmax"),
        train_support={},
        unseen={},
    )


def test_each_seed_is_fitted_once_on_the_split_of_the_first(fits, tmp_path):
    result = fit_seeds(seeds=3, out=tmp_path / "out", seed=7, quiet=True)
    assert fits == [(7, 7, False), (8, 7, False), (9, 7, False)]
    assert list(result.runs) == [7, 8, 9]
    assert result.runs[8].out == tmp_path / "out" / "seed-8"


def test_a_split_that_was_asked_for_stays(fits, tmp_path):
    fit_seeds(seeds=2, out=tmp_path / "out", split_seed=1, quiet=True)
    assert [split for _, split, _ in fits] == [1, 1]


def test_mean_and_spread_are_written(fits, tmp_path):
    result = fit_seeds(seeds=2, out=tmp_path, quiet=True)
    with open(tmp_path / "seeds.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["score"]: row for row in csv.DictReader(file)}
    assert rows["macro avg"]["seed 43"] == "1.0"
    assert {one.name for one in result.scores} == set(rows)


def test_an_interrupted_series_goes_on_with_its_settings(fits, tmp_path):
    options = {"out": tmp_path, "seeds": 3, "quiet": True}
    fit_seeds(**options | {"seeds": 2}, epochs=9, seed=5)
    fits.clear()
    result = fit_seeds(**options, resume=True)
    assert fits == [(5, 5, True), (6, 5, True), (7, 5, False)]
    facts = RunDirectory.open(result.runs[7].out).facts
    assert facts["settings"]["train"]["epochs"] == 9


def test_ctrl_c_says_how_the_series_goes_on(monkeypatch, tmp_path):
    def fit(*_, **__):
        raise KeyboardInterrupt("To go on: something else")

    monkeypatch.setattr(series.training, "fit", fit)
    with pytest.raises(KeyboardInterrupt, match="--resume --seeds 2 --out"):
        fit_seeds(seeds=2, out=tmp_path, quiet=True)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"seeds": 1}, "seeds=1"),
        ({"valid": "v.csv", "train": "t.csv"}, "v.csv, no test"),
    ],
)
def test_what_has_no_spread_is_an_error(options, expected):
    with pytest.raises(SettingsError, match=expected):
        fit_seeds(**options)


@pytest.mark.parametrize("named", [True, False])
def test_there_must_be_a_series_to_go_on_with(tmp_path, named):
    with pytest.raises(SettingsError, match="series.json"):
        fit_seeds(out=tmp_path if named else None, resume=True)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_directory_of_other_files_is_refused(fits, tmp_path, overwrite):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(SettingsError, match="holds other files"):
        fit_seeds(seeds=2, out=tmp_path, overwrite=overwrite, quiet=True)
    assert fits == []


def test_seeds_of_an_earlier_series_do_not_count(fits, tmp_path):
    fit_seeds(seeds=2, out=tmp_path, seed=3, epochs=1, quiet=True)
    fit_seeds(seeds=2, out=tmp_path, seed=7, epochs=2, overwrite=True, quiet=True)
    fits.clear()
    fit_seeds(seeds=2, out=tmp_path, resume=True, quiet=True)
    assert [seed for seed, *_ in fits] == [7, 8]


@pytest.mark.slow
def test_real_seeds_differ_and_are_scored_on_the_same_rows(
    tiny_checkpoint, tmp_path, write_csv
):
    rows = [(f"足球 今天 {n}", "体育") for n in range(20)]
    rows += [(f"新车 上海 {n}", "汽车") for n in range(20)]
    train = write_csv(tmp_path / "train.csv", ("text", "label"), rows)
    result = fit_seeds(
        train=train, checkpoint=tiny_checkpoint, epochs=1, batch_size=8, seeds=2,
        out=tmp_path / "out", quiet=True,
    )  # fmt: skip
    one, two = result.runs.values()
    supports = [run.report.scores.support.tolist() for run in (one, two)]
    assert supports[0] == supports[1]
    histories = [(run.out / "history.csv").read_bytes() for run in (one, two)]
    assert histories[0] != histories[1]
