"""`kerascls compare` hands models, settings and runs over."""

import json

import pytest
from leaderboard_cases import board


@pytest.fixture
def called(replace):
    """What `kerascls.compare` was called with; it returns a leaderboard."""
    calls = {}

    def compare(runs, **options):
        calls.update(options, runs=runs)
        return board()

    replace(compare=compare)
    return calls


def test_models_and_settings_are_handed_over(run, called):
    outcome = run(
        *("compare", "--models", "linear,tiny=albert_tiny", "--seeds", 2),
        *("--set", "tiny:train.epochs=3", "--set", "train.best_by=micro_f1"),
        *("--by", "accuracy", "--no-speed", "--out", "board", "--seed", 7),
    )
    assert outcome.code == 0
    assert called["models"] == "linear,tiny=albert_tiny"
    assert called["model_options"] == {"tiny": {"epochs": 3}}
    assert called["settings"].train.best_by == "micro_f1"
    assert called["settings"].train.seed == 7
    assert (called["seeds"], called["by"], called["speed"]) == (2, "accuracy", False)


def test_runs_are_handed_over(run, called, tmp_path):
    runs = [tmp_path / name for name in "ab"]
    for one in runs:
        one.mkdir()
    assert run("compare", *runs).code == 0
    assert called["runs"] == runs and called["models"] is None


def test_the_result_is_json_if_asked_for(run, called):
    values = json.loads(run("compare", "--models", "a,b", "--json").out)
    assert len(values["standings"]) == 3


def test_a_setting_that_there_is_not_is_bad_input(run):
    outcome = run("compare", "--models", "linear,bert", "--set", "bert:train.epoch=3")
    assert outcome.code == 2 and "train.epochs" in outcome.err


def test_nothing_to_compare_is_bad_input(run):
    outcome = run("compare")
    assert outcome.code == 2 and "--models linear,albert_tiny" in outcome.err
