"""`kerascls evaluate` hands options over and shows the report."""

import json
from types import SimpleNamespace

import pytest

from kerascls.evaluation import reports


@pytest.fixture
def calls(replace, monkeypatch) -> list:
    calls = []

    def evaluate(*arguments, **options):
        calls.append((arguments, options))
        return SimpleNamespace(to_dict={"macro_f1": 0.5}.copy)

    replace(evaluate=evaluate)
    monkeypatch.setattr(reports, "render_report", lambda report: "a table")
    return calls


@pytest.fixture
def test_file(tmp_path):
    path = tmp_path / "test.csv"
    path.touch()
    return path


def test_the_table_is_shown(run, calls, test_file):
    outcome = run("evaluate", test_file.parent, "--test", test_file)
    assert (outcome.code, outcome.out) == (0, "a table\n")


def test_only_what_was_given_is_handed_over(run, calls, test_file):
    run("evaluate", test_file.parent, "--test", test_file, "--label", "topic")
    ((arguments, options),) = calls
    assert arguments == (test_file.parent, [test_file])
    assert options == {"label": ("topic",), "out": None, "on_progress": None}


def test_several_files_are_handed_over(run, calls, test_file):
    run("evaluate", test_file.parent, "--test", test_file, "--test", test_file)
    assert calls[0][0] == (test_file.parent, [test_file, test_file])


def test_scores_are_written_as_json(run, calls, test_file):
    outcome = run("evaluate", test_file.parent, "--test", test_file, "--json")
    assert json.loads(outcome.out) == {"macro_f1": 0.5}


def test_a_missing_file_exits_with_2(run, calls, tmp_path):
    outcome = run("evaluate", tmp_path, "--test", tmp_path / "none.csv")
    assert (outcome.code, calls) == (2, [])


def test_without_a_test_the_bundle_says_what_there_is(run, replace, linear_run):
    outcome = run("evaluate", linear_run.out)
    assert outcome.code == 2
    assert "--test FILE" in outcome.err
    assert str(linear_run.out / "report.md") in outcome.err
