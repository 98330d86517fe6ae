"""`kerascls boost` hands settings over."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def calls(replace) -> list:
    calls = []

    def boost(settings, **options):
        calls.append((settings, SimpleNamespace(**options)))
        return SimpleNamespace(
            out=Path("runs/b/ensemble"), to_dict={"members": []}.copy
        )

    replace(boost=boost)
    return calls


def test_options_become_settings(run, calls):
    outcome = run(
        *("boost", "--model", "linear", "--rounds", 4, "--out", "runs/b", "--resume"),
        *("--set", 'train.label_weights={"小, =": 2.5}', "--no-cache", "--quiet"),
    )
    assert (outcome.code, outcome.out) == (0, "Written: runs/b/ensemble\n")
    settings, options = calls[0]
    assert settings.model.name == "linear"
    assert settings.train.label_weights == {"小, =": 2.5}
    assert (options.rounds, options.resume, options.cache) == (4, True, False)


def test_json_is_shown_on_request(run, calls):
    assert json.loads(run("boost", "--json").out) == {"members": []}
    assert run("boost", "--rounds", 1).code == 2
