"""Who is first, who cannot be told from it, and who is on the frontier."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leaderboard_cases import board, entry, scored, truth

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.evaluation.ranked_models import build_leaderboard, frontier
from kerascls.evaluation.reports.leaderboards import render_leaderboard

TARGETS = truth(400)


def test_the_best_is_first_and_what_is_near_is_level_with_it():
    entries = [
        entry("worst", 0.5, TARGETS, first=20),
        entry("good", 0.88, TARGETS, first=40),
        entry("best", 0.9, TARGETS, first=60),
    ]
    found = build_leaderboard(entries, resamples=200)
    assert [one.name for one in found.standings] == ["best", "good", "worst"]
    assert [one.is_level for one in found.standings] == [True, True, False]
    assert found.standings[0].p is None
    assert found.standings[2].p < 0.001
    pairs = {(one.better, one.worse): one for one in found.pairs}
    assert list(pairs) == [("best", "good"), ("best", "worst"), ("good", "worst")]
    assert all(one.low <= one.difference <= one.high for one in found.pairs)
    assert all(one.difference >= 0 for one in found.pairs)
    assert found.standings[1].p == pairs["best", "good"].corrected_p


def test_scores_are_of_all_seeds():
    [first, *_] = board().standings
    spread = first.scores["accuracy"]
    assert len(spread.values) == 3 and spread.std > 0
    assert spread.mean == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize(
    ("seeds", "said"), [((1, 1), "each model"), ((1, 3), "one, "), ((3, 3), None)]
)
def test_one_seed_says_that_the_spread_of_seeds_is_not_in_it(seeds, said):
    entries = [
        entry(name, 0.8, TARGETS, number, first=place)
        for place, (name, number) in enumerate(zip(("one", "two"), seeds, strict=True))
    ]
    notes = build_leaderboard(entries, resamples=20).notes
    if said is None:
        assert notes == ()
    else:
        assert f"one seed of {said.strip(', ')}" in notes[0]
        assert "seed to seed is not in intervals" in notes[0]


def test_other_rows_are_refused():
    a, b = entry("a", 0.8, TARGETS, 1), entry("b", 0.8, TARGETS, 1)
    other = replace(b, rows=(scored(TARGETS, TARGETS, rows_sha256="b" * 64),))
    with pytest.raises(SettingsError, match="runs/b-0"):
        build_leaderboard([a, other])


places = st.lists(
    st.tuples(st.none() | st.integers(1, 5).map(float), st.integers(0, 5).map(float)),
    max_size=8,
)


@given(places)
def test_the_frontier_is_what_no_other_beats(places):
    found = frontier(places)
    for (speed, score), is_front in zip(places, found, strict=True):
        if speed is None:
            assert is_front is None
            continue
        beaten = [
            (s, q)
            for s, q in places
            if s is not None and s >= speed and q >= score and (s > speed or q > score)
        ]
        assert is_front is (not beaten)


def shares_of(noise, seed):
    """Rows of distributions that a model knows more or less."""
    random = np.random.default_rng(0)
    weights = np.float32(random.dirichlet(np.ones(3), 200))
    noisy = weights * np.exp(np.random.default_rng(seed).normal(0, noise, (200, 3)))
    predicted = np.float32(noisy / noisy.sum(axis=1, keepdims=True))
    return scored(
        weights > 0,
        predicted > 0.3,
        task=Task.DISTRIBUTION,
        weights=weights,
        probabilities=predicted,
    )


def board_of_shares(**options):
    entries = [
        replace(
            entry(name, 0.9, truth(200), 2),
            rows=(shares_of(noise, 1), shares_of(noise, 2)),
        )
        for name, noise in (("worse", 0.8), ("better", 0.2))
    ]
    return build_leaderboard(entries, resamples=50, **options)


@pytest.mark.parametrize("by", [None, "cosine", "chebyshev"])
def test_distributions_are_ranked_by_their_distances(by):
    found = board_of_shares(by=by)
    assert found.by == by or found.by == "kl"
    assert [one.name for one in found.standings] == ["better", "worse"]
    [pair] = found.pairs
    assert (pair.better, pair.worse) == ("better", "worse")
    assert 0 < pair.low < pair.difference < pair.high
    assert found.shown_scores[:3] == ("kl", "jensen_shannon", "top_1")
    assert "KL" in render_leaderboard(found)


def test_distributions_can_be_ranked_by_the_labels_given():
    found = board_of_shares(by="macro_f1")
    assert found.shown_scores[-1] == "macro_f1"
    assert found.pairs[0].difference >= 0


def test_sets_of_labels_are_not_ranked_by_distances():
    with pytest.raises(SettingsError, match="by='kl'"):
        board(by="kl")
