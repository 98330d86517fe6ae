"""`kerascls tune` hands options over and shows before and after."""

import json
from types import SimpleNamespace

import pytest

import kerascls
from kerascls.evaluation import reports
from kerascls.evaluation.reports import rules


@pytest.fixture
def calls(replace, monkeypatch) -> list:
    calls = []

    def tune(*arguments, **options):
        calls.append((arguments, options))
        return SimpleNamespace(
            before="old",
            after="new",
            bundle="run/bundle",
            decision=SimpleNamespace(lines=lambda: ["n/a: 健康"]),
            decision_before=None,
            unknown={"新": 2},
            source="valid.csv",
            notes=("3 of 4 rows were trained on.",),
            to_dict={"rule": 1}.copy,
        )

    def render_table(scores, title, best=None, change=None):
        return f"{title}: {scores}, {change} {best}"

    replace(tune=tune)
    monkeypatch.setattr(reports, "render_table", render_table)
    monkeypatch.setattr(
        rules, "decision_line", lambda found: "new rule" if found else "old rule"
    )
    return calls


@pytest.fixture
def valid(tmp_path):
    path = tmp_path / "valid.csv"
    path.touch()
    return path


def test_before_and_after_are_shown(run, calls, valid):
    outcome = run("tune", valid.parent, valid, "--objective", "f1")
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "Before, on valid.csv: old, None None",
        "old rule",
        "After: new, Δ before old",
        "new rule",
        "n/a: 健康",
        "Note: 3 of 4 rows were trained on.",
        "Left out, training lacked them: 新.",
        "Written: run/bundle. Reports made before are of the old rule.",
    ]


def test_a_decision_that_stays_is_not_said_to_be_written(run, calls, valid, replace):
    result = kerascls.tune()
    result.decision_before = result.decision
    replace(tune=lambda *_, **__: result)
    lines = run("tune", valid.parent, valid).out.splitlines()
    assert lines[-1] == "Nothing changed: run/bundle decides as before."


def test_only_what_was_given_is_handed_over(run, calls, valid):
    run("tune", valid.parent, valid, "--top-k", 2, "--label", "topic")
    ((arguments, options),) = calls
    assert arguments == (valid.parent, [valid])
    assert options == {"top_k": 2, "label": ("topic",), "on_progress": None}


def test_without_a_file_the_run_says_what_to_fit_on(run, calls, tmp_path):
    assert run("tune", tmp_path, "--objective", "f1").code == 0
    assert calls[0][0] == (tmp_path, None)


def test_undo_is_handed_over(run, calls, tmp_path):
    assert run("tune", tmp_path, "--undo").code == 0
    assert calls[0][1] == {"undo": True, "on_progress": None}


def test_zero_is_something_that_was_given(run, calls, valid):
    run("tune", valid.parent, valid, "--shrinkage", 0)
    assert calls[0][1]["shrinkage"] == 0


def test_the_result_is_written_as_json(run, calls, valid):
    outcome = run("tune", valid.parent, valid, "--json")
    assert json.loads(outcome.out) == {"rule": 1}


def test_a_missing_file_exits_with_2(run, calls, tmp_path):
    outcome = run("tune", tmp_path, tmp_path / "none.csv")
    assert (outcome.code, calls) == (2, [])
