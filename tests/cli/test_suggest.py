"""`kerascls suggest` hands its options over and shows rows and notes."""

import json

import pytest


class Found:
    notes = ("left out: 1 row",)

    def __len__(self):
        return 2

    def lines(self):
        return ["   1  pool.csv:2  新车", "   2  pool.csv:3  国足"]

    def to_dict(self):
        return {"suggestions": []}


@pytest.fixture
def calls(replace) -> list:
    calls = []

    def suggest(*arguments, **options):
        calls.append((arguments, options))
        return Found()

    replace(suggest=suggest)
    return calls


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "pool.csv"
    path.write_text("text\n新车\n")
    return path


def test_rows_are_shown_and_notes_beside_them(run, calls, tmp_path, pool):
    outcome = run("suggest", tmp_path, pool)
    assert outcome.code == 0, outcome.err
    assert outcome.out.splitlines() == Found().lines()
    assert outcome.err == "left out: 1 row\n"
    assert calls == [((tmp_path, pool), {"on_progress": None})]


def test_options_are_handed_over(run, calls, tmp_path, pool):
    outcome = run(
        *("suggest", tmp_path, pool, "-n", "7", "--output", "a.json"),
        *("--output-format", "label-studio", "--uncertainty", "margin"),
        *("--diversity", "badge", "--rare-boost", "0", "--seed", "3"),
        *("--exclude", pool, "--exclude", pool, "--text", "title"),
        *("--encoding", "gb18030", "--overwrite"),
    )
    assert outcome.code == 0, outcome.err
    assert (outcome.out, outcome.err) == (
        "",
        "left out: 1 row\nWritten: a.json, 2 rows.\n",
    )
    ((_, options),) = calls
    assert options == {
        "on_progress": None,
        "n": 7,
        "output": "a.json",
        "output_format": "label-studio",
        "overwrite": True,
        "uncertainty": "margin",
        "diversity": "badge",
        "rare_boost": 0,
        "seed": 3,
        "exclude": (pool, pool),
        "text": ("title",),
        "encoding": "gb18030",
    }


def test_json_is_all_there_is_on_standard_output(run, calls, tmp_path, pool):
    outcome = run("suggest", tmp_path, pool, "--json")
    assert json.loads(outcome.out) == {"suggestions": []}
    assert outcome.err == ""


def test_quiet_shows_rows_alone(run, calls, tmp_path, pool):
    outcome = run("suggest", tmp_path, pool, "--quiet")
    assert outcome.out.splitlines() == Found().lines() and outcome.err == ""


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("-n", "0"),
        ("--uncertainty", "x"),
        ("--diversity", "x"),
        ("--output-format", "csv"),
        ("--rare-boost", "-1"),
    ],
)
def test_what_has_no_meaning_is_refused(run, calls, tmp_path, pool, option, value):
    outcome = run("suggest", tmp_path, pool, option, value)
    assert outcome.code == 2 and option in outcome.err
    assert calls == []


def test_a_pool_that_is_not_there_is_refused(run, calls, tmp_path):
    assert run("suggest", tmp_path, tmp_path / "none.csv").code == 2
