"""`kerascls export` hands options over and shows what was compared."""

import json
from pathlib import Path

import pytest

from kerascls.errors import ExportError
from kerascls.serving.exporters.comparison import Comparison, Side
from kerascls.serving.exporters.export import ExportResult


def result(f1=None) -> ExportResult:
    sides = (Side(f1, f1, 20.0, 100.0), Side(f1, f1, 5.0, 1000.0))
    found = Comparison(200, 0.01, 0.002, 3, *sides)
    place = Path("run/bundle/model-1.onnx")
    head = (Path("run/bundle"), "onnx", True, place, None, "a.csv")
    return ExportResult(*head, 2_000_000, 8_000_000, found)


@pytest.fixture
def calls(replace) -> list:
    calls = []

    def export(*arguments, **options):
        calls.append((arguments, options))
        if options.get("max_changed") == 0:
            raise ExportError("3 of 200 rows get other labels")
        return result(0.5 if "input" in options else None)

    replace(export=export)
    return calls


def test_both_models_are_shown(run, calls, tmp_path):
    outcome = run("export", tmp_path, "--int8")
    assert outcome.code == 0, outcome.err
    assert outcome.out.splitlines() == [
        "                             keras        onnx int8",
        "size                         8.0 MB       2.0 MB",
        "one text                     20.0 ms      5.0 ms",
        "in batches                   100 texts/s  1,000 texts/s",
        "other labels                              3 of 200 rows (1.50%)",
        "difference of a probability               0.01 at most, 0.002 mean",
        "Written: run/bundle/model-1.onnx",
    ]


def test_f1_is_shown_where_there_are_labels(run, calls, tmp_path):
    (tmp_path / "a.csv").touch()
    outcome = run("export", tmp_path, "--input", tmp_path / "a.csv")
    assert "macro F1                     0.5000       0.5000" in outcome.out


def test_only_what_was_given_is_handed_over(run, calls, tmp_path):
    run("export", tmp_path, "--max-f1-drop", 0, "--input-format", "txt")
    ((arguments, options),) = calls
    assert arguments == (tmp_path,)
    assert options == {
        **{"format": "onnx", "max_f1_drop": 0.0, "input_format": "txt"},
        "on_progress": None,
    }


def test_the_result_is_written_as_json(run, calls, tmp_path):
    outcome = run("export", tmp_path, "--json")
    written = json.loads(outcome.out)
    assert (written["bytes"], written["comparison"]["changed"]) == (2_000_000, 3)


def test_what_is_not_accepted_exits_with_1_and_says_why(run, calls, tmp_path):
    outcome = run("export", tmp_path, "--int8", "--max-changed", 0)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "error: 3 of 200 rows get other labels\n"
