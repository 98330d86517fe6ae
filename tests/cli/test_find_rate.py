"""`kerascls find-rate` hands settings over and shows the rate."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def calls(replace) -> list:
    calls = []

    def find_rate(settings, **options):
        calls.append((settings, SimpleNamespace(**options)))
        return SimpleNamespace(suggestion=2.5e-4)

    replace(find_rate=find_rate)
    return calls


def test_options_become_settings(run, calls, tmp_path):
    out = tmp_path / "曲线.csv"
    outcome = run(
        *("find-rate", "--model", "bert", "--batch-size", 8, "--steps", 50),
        *("--set", "train.seed=3", "--out", out),
    )
    assert (outcome.code, outcome.out) == (0, f"Written: {out}\n")
    settings, options = calls[0]
    assert (settings.model.name, settings.train.batch_size) == ("bert", 8)
    assert (settings.train.seed, options.steps, options.out) == (3, 50, out)


def test_the_rate_alone_is_what_quiet_leaves(run, calls):
    assert run("find-rate", "--quiet").out == "2.5e-04\n"
    assert calls[0][1].out == Path("learning_rate.csv")


def test_json_is_all_there_is_on_standard_output(run, calls):
    found = json.loads(run("find-rate", "--json").out)
    assert found == {"learning_rate": 2.5e-4, "curve": "learning_rate.csv"}


def test_no_suggestion_is_null_or_said_but_never_a_number(run, replace, tmp_path):
    replace(find_rate=lambda *_, **options: SimpleNamespace(suggestion=None))
    found = json.loads(run("find-rate", "--json").out)
    assert found == {"learning_rate": None, "curve": "learning_rate.csv"}
    outcome = run("find-rate", "--quiet")
    assert outcome.out == ""
    assert "did not fall clearly: no suggestion" in outcome.err
    assert "Written" in run("find-rate").out


def test_token_ids_are_kept_unless_that_is_not_wanted(run, calls):
    run("find-rate")
    run("find-rate", "--no-cache")
    assert [options.cache for _, options in calls] == [True, False]


def test_a_rate_or_epochs_make_no_sense(run, calls):
    assert run("find-rate", "--learning-rate", 1e-3).code == 2
    assert run("find-rate", "--epochs", 3).code == 2
