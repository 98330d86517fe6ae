import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.decision.global_threshold import (
    OBJECTIVES,
    candidate_thresholds,
    fit_threshold,
    macro_threshold,
)
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.scores import score

COARSE = st.sampled_from([np.float32(v) for v in (0, 0.1, 0.3, 0.5, 0.7, 1)])


@st.composite
def judged_rows(draw):
    shape = draw(st.tuples(st.integers(1, 15), st.integers(1, 4)))
    elements = draw(st.sampled_from([COARSE, st.floats(0, 1, width=32)]))
    probs = draw(hnp.arrays(np.float32, shape, elements=elements))
    return draw(hnp.arrays(np.bool_, shape)), probs


def f1_of(targets, probs, threshold, objective):
    predicted = Rule("threshold", threshold).apply(probs)
    scores = score(targets, predicted, [str(c) for c in range(targets.shape[1])])
    return getattr(scores, objective.removesuffix("_f1")).f1


def brute_force(targets, probs, objective):
    if not targets.any():
        return 0.5
    candidates = candidate_thresholds(targets, probs)
    f1 = np.array([f1_of(targets, probs, t, objective) for t in candidates])
    best = candidates[f1 >= f1.max() - 1e-9]
    return float(min(best, key=lambda t: abs(t - np.float32(0.5))))


@pytest.mark.parametrize("objective", OBJECTIVES)
@settings(max_examples=200)
@given(arrays=judged_rows())
def test_the_fitted_threshold_is_that_of_brute_force(objective, arrays):
    fitted = fit_threshold(*arrays, objective=objective).threshold
    assert fitted == brute_force(*arrays, objective)


@given(judged_rows())
def test_no_threshold_at_all_beats_the_fitted_one(arrays):
    targets, probs = arrays
    best = f1_of(targets, probs, fit_threshold(*arrays).threshold, "macro_f1")
    anywhere = np.unique(np.concatenate([probs.ravel(), [0, 1]]))
    every = [f1_of(targets, probs, t, "macro_f1") for t in anywhere]
    assert best >= max(every) - 1e-9


@given(judged_rows())
def test_candidates_part_neighbouring_probabilities(arrays):
    targets, probs = arrays
    values = np.unique(probs)
    candidates = candidate_thresholds(targets, probs)
    assert candidates.dtype == np.float32
    assert len(candidates) == len(values)
    assert (candidates <= values).all()
    assert (candidates[1:] > values[:-1]).all()


@given(judged_rows())
def test_fewer_candidates_lose_nothing_while_true_labels_fit(arrays):
    targets, probs = arrays
    limit = max(1, len(np.unique(probs[targets])))
    few = candidate_thresholds(targets, probs, limit)
    if targets.any():
        best = max(f1_of(targets, probs, t, "macro_f1") for t in few)
        every = candidate_thresholds(targets, probs)
        assert best >= max(f1_of(targets, probs, t, "macro_f1") for t in every) - 1e-9


@given(judged_rows())
def test_the_threshold_for_macro_f_beta_is_that_of_macro_f1_for_beta_one(arrays):
    assert macro_threshold(*arrays) == fit_threshold(*arrays).threshold


@pytest.mark.parametrize("beta", [0.5, 2])
def test_the_threshold_for_macro_f_beta_is_that_of_brute_force(beta):
    from sklearn.metrics import fbeta_score

    rng = np.random.default_rng(0)
    probs = rng.random((40, 3), dtype=np.float32)
    targets = rng.random(probs.shape) < probs

    def f_beta(threshold):
        chosen = probs >= threshold
        return fbeta_score(targets, chosen, beta=beta, average="macro", zero_division=0)

    best = max(map(f_beta, candidate_thresholds(targets, probs)))
    assert f_beta(macro_threshold(targets, probs, beta)) == pytest.approx(best)


def test_a_large_table_has_nearly_the_threshold_of_all_its_candidates(monkeypatch):
    rng = np.random.default_rng(0)
    probs = rng.random((4000, 5), dtype=np.float32)
    targets = rng.random(probs.shape) < probs**3
    exact = macro_threshold(targets, probs)
    monkeypatch.setattr("kerascls.decision.global_threshold._LARGE", 2000)
    monkeypatch.setattr("kerascls.decision.global_threshold._FEW_CANDIDATES", 100)
    thin = macro_threshold(targets, probs)
    best, near = (f1_of(targets, probs, t, "macro_f1") for t in (exact, thin))
    assert thin != exact
    assert near == pytest.approx(best, abs=0.005)


def test_candidates_stay_below_the_limit():
    probs = np.linspace(0, 1, 1000, dtype=np.float32)[:, None]
    candidates = candidate_thresholds(np.ones_like(probs, bool), probs, limit=10)
    assert len(candidates) == 10
    assert (np.diff(candidates) > 0).all()


def test_the_threshold_lies_between_the_probabilities_it_parts():
    probs = np.float32([[0.2], [0.3], [0.7], [0.8]])
    targets = np.array([[False], [False], [True], [True]])
    assert fit_threshold(targets, probs).threshold == pytest.approx(0.5)


def test_equally_good_thresholds_give_the_nearest_to_one_half():
    probs = np.float32([[0.1, 0.1], [0.9, 0.4], [0.8, 0.2]])
    targets = np.array([[False, False], [True, False], [True, False]])
    fitted = fit_threshold(targets, probs, "micro_f1").threshold
    assert fitted == pytest.approx(0.6)


def test_without_true_labels_the_threshold_is_one_half():
    probs = np.float32([[0.1, 0.9]])
    assert fit_threshold(np.zeros((1, 2), bool), probs) == Rule("threshold", 0.5)


def test_a_large_table_is_fitted_in_seconds():
    rng = np.random.default_rng(0)
    probs = rng.random((100_000, 20), dtype=np.float32)
    targets = rng.random(probs.shape, dtype=np.float32) < probs**3
    start = time.perf_counter()
    fit_threshold(targets, probs)
    assert time.perf_counter() - start < 10


def test_an_unknown_objective_is_an_error():
    with pytest.raises(SettingsError, match="objective='recall'"):
        fit_threshold(np.ones((1, 1), bool), np.ones((1, 1)), "recall")


def test_targets_of_another_shape_are_an_error():
    with pytest.raises(SettingsError, match=r"\(1, 2\)"):
        fit_threshold(np.ones((1, 2), bool), np.ones((1, 1)))


def test_rows_that_take_turns_have_the_threshold_of_all(monkeypatch):
    rng = np.random.default_rng(0)
    probs = rng.random((4000, 1), dtype=np.float32)
    probs[::2] *= 0.3  # of the others alone, no candidate is where F1 is best
    targets = probs > 0.7
    targets[::2] = probs[::2] > 0.295
    exact = macro_threshold(targets, probs)
    monkeypatch.setattr("kerascls.decision.global_threshold._LARGE", 2000)
    monkeypatch.setattr("kerascls.decision.global_threshold._FEW_CANDIDATES", 100)
    assert macro_threshold(targets, probs) == pytest.approx(exact, abs=0.02)
    assert macro_threshold(targets[::2], probs[::2]) < 0.3
