"""`kerascls ensemble` hands runs and options over."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from kerascls.errors import SettingsError


@pytest.fixture
def calls(replace) -> list:
    calls = []

    def ensemble(runs, **options):
        calls.append((runs, options))
        return SimpleNamespace(out=Path("runs/e"), to_dict={"members": []}.copy)

    replace(ensemble=ensemble)
    return calls


@pytest.fixture
def folders(tmp_path):
    paths = [tmp_path / name for name in ("a", "b 小")]
    for path in paths:
        path.mkdir()
    return paths


def test_runs_and_where_to_are_handed_over(run, calls, folders):
    outcome = run("ensemble", *folders, "--out", "runs/e")
    assert (outcome.code, outcome.out) == (0, "Written: runs/e\n")
    (runs, options) = calls[0]
    assert list(runs) == folders
    assert options.pop("console")
    assert options == {"out": Path("runs/e")}


def test_every_option_is_handed_over(run, calls, folders, tmp_path):
    file = tmp_path / "valid.csv"
    file.touch()
    outcome = run(
        *("ensemble", *folders, "--select", "greedy", "--valid", file, "--valid", file),
        *("--test", file, "--best-by", "accuracy", "--objective", "f1", "--overwrite"),
        *("--text", "title", "--language", "zh", "--quiet"),
    )
    assert outcome.code == 0
    options = calls[0][1]
    assert options["valid"] == [file, file] and options["test"] == [file]
    assert options["text"] == ("title",)
    names = ("select", "best_by", "objective", "overwrite", "language", "quiet")
    assert [options[name] for name in names] == [
        *("greedy", "accuracy", "f1", True, "zh", True)
    ]


def test_json_is_all_that_goes_to_standard_output(run, calls, folders):
    outcome = run("ensemble", *folders, "--json")
    assert json.loads(outcome.out) == {"members": []}


def test_bad_input_has_exit_code_2(run, replace, folders):
    def ensemble(runs, **options):
        raise SettingsError("Expected two runs or more.")

    replace(ensemble=ensemble)
    outcome = run("ensemble", folders[0])
    assert outcome.code == 2
    assert "Expected two runs or more." in outcome.err
    assert run("ensemble").code == 2
    assert run("ensemble", folders[0] / "absent").code == 2
