"""`kerascls fit` hands settings over and shows the result."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from kerascls.errors import CheckpointError


@pytest.fixture
def calls(replace) -> list:
    calls = []

    def fit(settings, **options):
        calls.append((settings, SimpleNamespace(**options)))
        result = {"out": "runs/x", "label": "体育"}
        return SimpleNamespace(out=Path("runs/x"), to_dict=result.copy)

    replace(fit=fit)
    return calls


def test_without_options_the_defaults_are_used(run, calls):
    outcome = run("fit")
    settings, options = calls[0]
    assert outcome.code == 0
    assert settings.to_dict() == type(settings)().to_dict()
    assert (options.out, options.overwrite, options.cache) == (None, False, True)
    assert "runs/x" in outcome.out


def test_options_become_settings(run, calls, tmp_path):
    data = tmp_path / "train.csv"
    data.touch()
    outcome = run(
        *("fit", "--train", data, "--text", "title", "--text", "content"),
        *("--task", "multilabel", "--epochs", 3, "--learning-rate", "1e-4"),
        *("--from-scratch", "--skip-bad-rows", "--out", tmp_path / "out"),
        *("--overwrite", "--no-cache"),
    )
    assert outcome.code == 0, outcome.err
    settings, options = calls[0]
    assert settings.data.train == (data,)
    assert settings.data.text == ("title", "content")
    assert settings.data.task == "multilabel"
    assert settings.data.skip_bad_rows
    assert settings.train.epochs == 3
    assert settings.train.learning_rate == 1e-4
    assert settings.model.from_scratch
    assert (options.out, options.overwrite, options.cache) == (
        tmp_path / "out",
        True,
        False,
    )


def test_set_and_options_go_before_the_file(run, calls, tmp_path):
    file = tmp_path / "run.toml"
    file.write_text("[train]\nepochs = 1\nseed = 1\nbatch_size = 1\n")
    run("fit", "--config", file, "--epochs", 2, "--set", "train.seed=3")
    train = calls[0][0].train
    assert (train.epochs, train.seed, train.batch_size) == (2, 3, 1)


def test_json_is_all_there_is_on_standard_output(run, calls):
    outcome = run("fit", "--json")
    assert json.loads(outcome.out) == {"out": "runs/x", "label": "体育"}
    assert calls[0][1].console.stderr


def test_a_wrong_setting_exits_with_2_before_training(run, calls):
    outcome = run("fit", "--set", "train.epoch=3")
    assert (outcome.code, calls) == (2, [])
    assert "train.epochs" in outcome.err


def test_a_missing_file_exits_with_2(run, calls):
    outcome = run("fit", "--train", "nowhere.csv")
    assert (outcome.code, calls) == (2, [])
    assert "nowhere.csv" in outcome.err


def test_missing_weights_exit_with_2(run, replace):
    def fit(settings, **options):
        raise CheckpointError("Expected weights in one of\n  pretrained/x")

    replace(fit=fit)
    outcome = run("fit")
    assert outcome.code == 2
    assert outcome.err == "error: Expected weights in one of\n  pretrained/x\n"


def test_resume_goes_on_with_the_run(run, calls, tmp_path):
    assert run("fit", "--resume", "--out", tmp_path).code == 0
    assert (calls[0][1].resume, calls[0][1].out) == (True, tmp_path)


def test_several_seeds_are_fitted_by_another_function(run, calls, replace):
    several = []

    def fit_seeds(settings, seeds, **options):
        several.append((settings.train.seed, seeds, options["resume"]))
        return SimpleNamespace(out=Path("runs/seeds"), to_dict=dict)

    replace(fit_seeds=fit_seeds)
    outcome = run("fit", "--seeds", 3, "--seed", 7)
    assert "runs/seeds" in outcome.out
    assert (several, calls) == ([(7, 3, False)], [])
