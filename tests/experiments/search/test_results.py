"""Tables, and settings as TOML."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascls.experiments.search.proxy_data import Stage
from kerascls.experiments.search.results import ranked, render_trials, settings_toml
from kerascls.experiments.search.trials import Goal, Trial
from kerascls.settings.run_settings import RunSettings

KEYS = ["train.batch_size", "model.pooling"]


def trial(number, outcome="done", score=0.5, stage=Stage.FULL):
    values = {"train.batch_size": 8 * number, "model.pooling": "mean"}
    return Trial(number, stage, outcome, values, score, 1, 2, 0.25)


@settings(max_examples=30)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.floats(1e-9, 1)
)
def test_settings_come_back_from_toml(text, rate):
    stated = RunSettings.from_options(
        encoding=text, text=(text, "b"), learning_rate=rate, from_scratch=True
    )
    groups = tomllib.loads(settings_toml(stated, ["a comment"]))
    assert RunSettings.from_dict(groups) == stated


def test_only_what_was_set_is_written():
    stated = RunSettings.from_options(epochs=3, batch_size=None)
    assert tomllib.loads(settings_toml(stated)) == {"train": {"epochs": 3}}


def test_the_best_come_first_and_others_have_no_rank():
    trials = [trial(1, score=0.1), trial(2, "pruned", 0.9), trial(3), trial(4)]
    assert [one.number for one in ranked(trials, Stage.FULL, Goal("accuracy"))] == [
        *(3, 4, 1)
    ]


def test_the_least_loss_comes_first():
    trials = [trial(1, score=0.5), trial(2, score=0.1)]
    assert ranked(trials, Stage.FULL, Goal("loss"))[0].number == 2


@pytest.mark.parametrize(
    "cells",
    [
        ["trial", "val_macro_f1", "epoch", "minutes", "batch_size", "pooling"],
        ["full", "2", "0.7000", "1/2", "0.2", "16", "mean"],
        ["full", "3", "pruned", "0.5000", "1/2", "0.2", "24", "mean"],
        ["full", "4", "diverged", "1/2", "0.2", "32", "mean"],
        ["proxy", "1", "0.9000", "1/2", "0.2", "8", "mean"],
    ],
)
def test_the_table_shows_all_rows_first_and_the_best_first(cells):
    trials = [
        trial(1, score=0.9, stage=Stage.PROXY),
        trial(2, score=0.7),
        trial(3, "pruned"),
        trial(4, "diverged", None),
    ]
    shown = render_trials(trials, KEYS, Goal("macro_f1")).splitlines()
    words = [line.split() for line in shown]
    assert cells in words
    numbers = [
        line[1] for line in words if len(line) > 1 and line[0] in ("full", "proxy")
    ]
    assert numbers == ["2", "3", "4", "1"]


@pytest.mark.parametrize("width", [80, 60, 40])
def test_a_table_that_is_too_wide_has_what_was_tried_below_each_trial(width):
    keys = [f"train.setting_number_{n}" for n in range(9)]
    trials = [
        Trial(n, stage, "done", dict.fromkeys(keys, f"{n}e-05"), 0.5, 1, 2, 0.25)
        for n, stage in ((1, Stage.PROXY), (2, Stage.FULL), (3, Stage.FULL))
    ]
    lines = render_trials(trials, keys, Goal("loss"), width).splitlines()
    assert max(map(len, lines)) <= width
    begin = next(n for n, line in enumerate(lines) if "full 3" in line)
    below = " ".join(lines[begin + 1 :]).split("proxy")[0]
    assert below.count("3e-05") == len(keys)
