"""`kerascls explain` finds its texts and shows what speaks for labels."""

import json
import sys
from types import SimpleNamespace

import pytest
from explained_models import counting_predictor

from kerascls.cli import explain as module


@pytest.fixture
def calls(replace, monkeypatch, tmp_path) -> list:
    """Explains any text as a model does that counts 国."""
    (tmp_path / "model").mkdir()
    predictor = counting_predictor(tmp_path / "model", max_tokens=6)
    monkeypatch.setattr(
        "kerascls.inference.bundle.open_bundle", lambda _: predictor.bundle
    )
    made = []

    def explain(*arguments, **options):
        made.append((arguments, options))
        texts = arguments[1] if isinstance(arguments[1], list) else ["国"]
        return [predictor.explain(text, labels=("c",)) for text in texts]

    replace(explain=explain)
    return made


def test_texts_are_shown_with_what_counts(run, calls, tmp_path):
    outcome = run("explain", tmp_path, "足国 好好好", "--label", "c", "--steps", "9")
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[0].startswith("Occlusion: how far the logit before calibration falls")
    assert lines[1].startswith("Cut off and not read: 1 of 6 characters of text")
    assert lines[3:] == [
        "c: predicted, score 0.953, logit 3.000, 0.000 with nothing of the text",
        "足国 好好好",
        "attribution  place  part",
        "+3.000       1-2    国",
        "+0.000       0-1    足",
        "+0.000       3-4    好",
        "+0.000       4-5    好",
        "",
    ]
    ((arguments, options),) = calls
    assert arguments == (tmp_path, ["足国 好好好"], None)
    assert options == {"labels": ("c",), "steps": 9, "on_progress": None}


def test_a_terminal_shows_colours(run, calls, tmp_path, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    shown = run("explain", tmp_path, "足国<b>")
    assert "\x1b[30;48;2;124;161;243m国\x1b[0m" in shown.out


def test_json_lines_are_written_if_asked_for(run, calls, tmp_path):
    outcome = run("explain", tmp_path, "国", "足", "--json")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row["texts"] for row in rows] == [{"text": "国"}, {"text": "足"}]


def test_files_are_handed_over(run, calls, tmp_path):
    outcome = run(
        *("explain", tmp_path, "--input", "a.csv", "--output", "b.html"),
        *("--text", "title", "--encoding", "gb18030", "--language", "zh"),
    )
    assert outcome.err == "Written: b.html.\n" and outcome.out == ""
    ((arguments, options),) = calls
    assert arguments == (tmp_path, "a.csv", "b.html")
    assert options == {
        "text": ("title",),
        "encoding": "gb18030",
        "language": "zh",
        "on_progress": None,
    }


def test_a_pipe_is_read_when_nothing_is_named(run, calls, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False))
    run("explain", tmp_path)
    assert calls[0][0] == (tmp_path, "-", None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("国", "--input", "a.csv"), "TEXT or --input FILE, not both"),
        (("国", "--json", "--output", "a.json"), "leave out it or --output"),
        ((__file__,), "kerascls explain"),
        (("国", "--method", "shap"), "'shap' is not one of"),
        ((), "Give a TEXT"),
    ],
)
def test_what_makes_no_sense_is_refused(
    run, calls, tmp_path, monkeypatch, arguments, told
):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    outcome = run("explain", tmp_path, *arguments)
    assert outcome.code == 2 and told in outcome.err
    assert calls == []


def test_the_help_names_all_methods(run):
    shown = run("explain", "--help").out
    assert all(name in shown for name in module.EXPLAINERS)
