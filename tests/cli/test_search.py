"""`kerascls search` hands settings over and shows the result."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def calls(replace) -> list:
    calls = []

    def search(settings, **options):
        calls.append((settings, SimpleNamespace(**options)))
        result = {"out": "runs/x", "best": None}
        return SimpleNamespace(
            config=Path("runs/x/best.toml"), table=None, to_dict=result.copy
        )

    replace(search=search)
    return calls


def test_without_options_the_defaults_are_used(run, calls):
    outcome = run("search")
    settings, options = calls[0]
    assert outcome.code == 0
    assert settings.to_dict() == type(settings)().to_dict()
    assert (options.trials, options.proxy_rows) == (20, 2000)
    assert (options.out, options.overwrite, options.cache) == (None, False, True)
    assert outcome.out == "Written: runs/x/best.toml\n"


def test_options_become_settings(run, calls, tmp_path):
    outcome = run(
        *("search", "--trials", 5, "--proxy-rows", 0, "--out", tmp_path / "out"),
        *("--epochs", 3, "--set", "train.best_by=accuracy", "--overwrite"),
        *("--no-cache", "--quiet"),
    )
    assert outcome.code == 0, outcome.err
    settings, options = calls[0]
    assert (settings.train.epochs, settings.train.best_by) == (3, "accuracy")
    assert (options.trials, options.proxy_rows) == (5, 0)
    assert (options.out, options.overwrite, options.cache, options.quiet) == (
        *(tmp_path / "out", True),
        *(False, True),
    )


def test_json_is_all_there_is_on_standard_output(run, calls):
    outcome = run("search", "--json")
    assert json.loads(outcome.out) == {"out": "runs/x", "best": None}
    assert calls[0][1].console.stderr


@pytest.mark.parametrize(
    "words", [["--trials", "0"], ["--proxy-rows", "-1"], ["--set", "train.epoch=3"]]
)
def test_what_cannot_be_used_exits_with_2(run, calls, words):
    assert run("search", *words).code == 2
    assert calls == []


def test_an_interrupt_exits_with_130(run, replace):
    def search(settings, **options):
        raise KeyboardInterrupt("the same command again goes on")

    replace(search=search)
    assert run("search").code == 130
