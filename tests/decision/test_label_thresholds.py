import time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.data.labels import Task
from kerascls.decision.costs import CostMatrix, LabelCosts
from kerascls.decision.global_threshold import candidate_thresholds, fit_threshold
from kerascls.decision.label_thresholds import fit_rule, shrink
from kerascls.decision.rule import Rule
from kerascls.errors import NotFiniteError, SettingsError

COARSE = st.sampled_from([np.float32(v) for v in (0, 0.1, 0.3, 0.5, 0.7, 1)])


@st.composite
def judged_rows(draw, max_classes=4):
    shape = draw(st.tuples(st.integers(1, 15), st.integers(1, max_classes)))
    elements = draw(st.sampled_from([COARSE, st.floats(0, 1, width=32)]))
    probs = draw(hnp.arrays(np.float32, shape, elements=elements))
    return draw(hnp.arrays(np.bool_, shape)), probs


def labels_of(targets, probs, fitted):
    """Target, probabilities, threshold and default of each label."""
    thresholds = fitted.rule.threshold_of(targets.shape[1])
    return zip(targets.T, probs.T, thresholds, fitted.default, strict=True)


def counts(target, prob, threshold):
    chosen = prob >= threshold
    return (target & chosen).sum(), chosen.sum(), target.sum()


def f_beta(target, prob, threshold, beta):
    hits, given_rows, positives = counts(target, prob, threshold)
    return (1 + beta**2) * hits / max(given_rows + beta**2 * positives, 1)


@settings(max_examples=150)
@given(judged_rows(), st.sampled_from([0.5, 1, 2]))
def test_the_f_beta_of_a_label_is_that_of_brute_force(arrays, beta):
    fitted = fit_rule(*arrays, f"f{beta}", shrinkage=0)
    for target, prob, threshold, default in labels_of(*arrays, fitted):
        if not target.any():
            assert threshold == default
            continue
        candidates = candidate_thresholds(target[:, None], prob[:, None])
        scores = np.array([f_beta(target, prob, t, beta) for t in candidates])
        best = candidates[scores >= scores.max() - 1e-9]
        assert threshold == min(best, key=lambda t: abs(t - default))  # noqa: B023


@given(judged_rows(), st.sampled_from([0.5, 0.8, 1]), st.sampled_from([0, 1, 20]))
def test_precision_is_held_wherever_it_can_be_reached(arrays, target_of, shrinkage):
    objective = f"precision@{target_of}"
    fitted = fit_rule(*arrays, objective, shrinkage=shrinkage)
    reached = ~fitted.unreached & ~fitted.without_positives
    for ok, (target, prob, threshold, _) in zip(
        reached, labels_of(*arrays, fitted), strict=True
    ):
        candidates = candidate_thresholds(target[:, None], prob[:, None])
        pairs = [counts(target, prob, t) for t in candidates]
        enough = [hits / n >= target_of - 1e-9 for hits, n, _ in pairs]
        hits, given_rows, positives = counts(target, prob, threshold)
        assert ok == (any(enough) and positives > 0)
        if ok:
            assert hits / given_rows >= target_of - 1e-9
            most = max(h for good, (h, _, _) in zip(enough, pairs, strict=True) if good)
            assert hits == most or shrinkage
        elif positives and not shrinkage:
            assert hits / given_rows == max(h / n for h, n, _ in pairs)


@given(judged_rows(), st.sampled_from([0.3, 0.8, 1]), st.sampled_from([0, 1, 20]))
def test_recall_is_held_by_the_highest_threshold(arrays, target_of, shrinkage):
    fitted = fit_rule(*arrays, f"recall@{target_of}", shrinkage=shrinkage)
    assert not fitted.unreached.any()
    for target, prob, threshold, _ in labels_of(*arrays, fitted):
        hits, _, positives = counts(target, prob, threshold)
        if not positives:
            continue
        assert hits >= target_of * positives - 1e-9
        higher = prob[prob >= threshold].min()
        hits, _, _ = counts(target, prob, np.nextafter(higher, np.float32(2)))
        assert hits < target_of * positives - 1e-9 or shrinkage


@given(judged_rows(max_classes=3), st.data())
def test_no_threshold_costs_less_than_the_fitted_one(arrays, data):
    targets, probs = arrays
    width = targets.shape[1]
    price = st.integers(1, 9)
    wrong, missed = (
        data.draw(hnp.arrays(np.float64, width, elements=price)) for _ in range(2)
    )
    fitted = fit_rule(targets, probs, LabelCosts(wrong, missed), shrinkage=0)
    np.testing.assert_allclose(fitted.default, wrong / (wrong + missed), rtol=1e-6)
    places = zip(wrong, missed, labels_of(*arrays, fitted), strict=True)
    for false_positive, false_negative, (target, prob, threshold, _) in places:

        def cost(t, target=target, prob=prob, price=(false_positive, false_negative)):
            hits, given_rows, positives = counts(target, prob, t)
            return price[0] * (given_rows - hits) + price[1] * (positives - hits)

        if target.any():
            anywhere = np.concatenate([[0, 1], prob])
            assert cost(threshold) <= min(cost(t) for t in anywhere) + 1e-9


@given(judged_rows())
def test_without_shrinkage_labels_do_not_know_of_each_other(arrays):
    targets, probs = arrays
    together = fit_rule(*arrays, "f1", shrinkage=0, default=0.3).rule.thresholds
    for column, threshold in enumerate(together):
        alone = slice(column, column + 1)
        one = fit_rule(targets[:, alone], probs[:, alone], shrinkage=0, default=0.3)
        assert one.rule.thresholds == (threshold,)


@given(judged_rows(), st.floats(0.1, 100))
def test_shrunk_thresholds_lie_between_their_own_and_the_default(arrays, shrinkage):
    own = np.array(fit_rule(*arrays, shrinkage=0).rule.thresholds)
    fitted = fit_rule(*arrays, shrinkage=shrinkage)
    shrunk = np.array(fitted.rule.thresholds)
    low, high = np.minimum(own, fitted.default), np.maximum(own, fitted.default)
    assert (shrunk >= np.minimum(low, 1 - 1e-6) - 1e-6).all()
    assert (shrunk <= np.maximum(high, 1e-6) + 1e-6).all()


def test_the_logit_moves_by_the_share_of_pseudo_positives():
    shrunk = shrink(np.array([0.9, 0.9]), np.array([0.1, 0.1]), np.array([0, 30]), 10)
    logit = np.log(9)
    expected = 1 / (1 + np.exp([logit, -(0.75 * logit - 0.25 * logit)]))
    np.testing.assert_allclose(shrunk, expected, rtol=1e-6)


def test_a_threshold_at_the_edge_moves_only_so_far():
    shrunk = shrink(np.zeros(1), np.full(1, 0.5), np.ones(1), 9.0)
    assert 0.1 < shrunk[0] < 0.5


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    probs = rng.random((200, 5), dtype=np.float32) ** [1, 1, 2, 3, 4]
    return rng.random(probs.shape) < probs**2, probs.astype(np.float32)


def test_the_default_of_f1_is_the_global_threshold_for_macro_f1(table):
    assert (fit_rule(*table).default == fit_threshold(*table).threshold).all()


@pytest.mark.parametrize("objective", ["precision@0.8", "recall@0.8"])
def test_the_default_of_a_target_is_that_of_all_labels_as_one(table, objective):
    as_one = [array.reshape(-1, 1) for array in table]
    one = fit_rule(*as_one, objective, shrinkage=0).rule.thresholds
    assert fit_rule(*table, objective).default.tolist() == pytest.approx([*one] * 5)


@pytest.mark.parametrize(("objective", "shrinkage"), [("f1", 200), ("recall@0.8", 10)])
def test_each_objective_has_a_shrinkage_of_its_own(table, objective, shrinkage):
    stated = fit_rule(*table, objective, shrinkage=shrinkage).rule
    assert fit_rule(*table, objective).rule == stated


def test_a_label_without_a_positive_keeps_the_default_and_is_flagged():
    probs = np.float32([[0.9, 0.2], [0.1, 0.3]])
    targets = np.array([[True, False], [False, False]])
    fitted = fit_rule(targets, probs, "precision@0.9", default=0.4)
    assert fitted.without_positives.tolist() == [False, True]
    assert fitted.unreached.tolist() == [False, False]
    assert fitted.rule.thresholds[1] == pytest.approx(0.4)


@pytest.mark.parametrize("shape", [(4, 3), (0, 3)])
@pytest.mark.parametrize("objective", ["f1", "precision@0.9", "recall@0.9", "macro_f1"])
def test_without_any_positive_every_threshold_is_one_half(shape, objective):
    fitted = fit_rule(np.zeros(shape, bool), np.full(shape, 0.2, np.float32), objective)
    assert (fitted.rule.threshold_of(3) == 0.5).all()


def test_a_precision_never_reached_gives_the_highest_one_and_a_flag():
    probs = np.float32([[0.9], [0.8], [0.7], [0.1]])
    targets = np.array([[False], [True], [True], [False]])
    fitted = fit_rule(targets, probs, "precision@0.95", shrinkage=0)
    assert fitted.unreached.tolist() == [True]
    assert fitted.rule.apply(probs)[:, 0].tolist() == [True, True, True, False]


def test_it_may_be_cheapest_to_give_a_label_to_no_row():
    probs = np.float32([[0.9], [0.8]])
    targets = np.array([[False], [True]])
    costs = LabelCosts(np.array([5.0]), np.array([1.0]))
    fitted = fit_rule(targets, probs, costs, shrinkage=0)
    assert not fitted.rule.apply(probs).any()


def test_no_threshold_keeps_a_label_from_rows_that_are_certain():
    probs = np.float32([[1], [1], [0.4]])
    targets = np.array([[False], [False], [True]])
    costs = LabelCosts(np.ones(1), np.ones(1))
    fitted = fit_rule(targets, probs, costs, shrinkage=0)
    # Giving it to none would be cheapest, but 1 is reached by every threshold.
    assert fitted.rule.apply(probs).all()


def test_a_threshold_for_precision_rises_by_shrinkage_alone_where_it_may():
    probs = np.float32([[0.1], [0.3], [0.9], [0.95]])
    targets = np.array([[False], [True], [True], [True]])
    own = fit_rule(targets, probs, "precision@0.9", shrinkage=0).rule.thresholds
    fitted = fit_rule(targets, probs, "precision@0.9", shrinkage=3, default=0.6)
    shrunk = shrink(np.array(own), np.array([0.6]), np.array([3]), 3)
    assert own[0] < 0.3 < shrunk[0] < 0.6
    assert fitted.rule.thresholds == pytest.approx(shrunk)


@pytest.mark.parametrize("objective", ["macro_f1", "micro_f1"])
def test_global_objectives_give_one_threshold(objective):
    probs = np.float32([[0.9, 0.4], [0.2, 0.6]])
    targets = probs > 0.5
    fitted = fit_rule(targets, probs, objective)
    assert fitted.rule == fit_threshold(targets, probs, objective)
    assert fitted.default is None


def test_a_matrix_of_costs_is_the_rule_of_a_multiclass_task():
    matrix = CostMatrix(((0.0, 1.0), (5.0, 0.0)))
    probs = np.float32([[0.5, 0.5]])
    fitted = fit_rule(probs > 0.5, probs, matrix, task=Task.MULTICLASS)
    assert fitted.rule == Rule("cost", costs=matrix.costs)


@pytest.mark.parametrize(
    ("task", "objective"),
    [(Task.MULTICLASS, "f1"), (Task.MULTILABEL, CostMatrix(((0.0,),)))],
)
def test_task_and_objective_go_together(task, objective):
    with pytest.raises(SettingsError, match=f"task='{task.value}'"):
        fit_rule(np.ones((1, 1), bool), np.ones((1, 1)), objective, task=task)


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_what_is_no_probability_is_an_error(value):
    with pytest.raises(SettingsError, match="from 0 to 1"):
        fit_rule(np.ones((1, 1), bool), np.full((1, 1), value))


def test_a_probability_that_is_no_number_is_an_error():
    with pytest.raises(NotFiniteError, match="probabilities"):
        fit_rule(np.ones((1, 1), bool), np.full((1, 1), np.nan))


def test_targets_of_another_shape_are_an_error():
    with pytest.raises(SettingsError, match=r"\(1, 2\)"):
        fit_rule(np.ones((1, 2), bool), np.ones((1, 1)))


@pytest.mark.parametrize("shrinkage", [-1, np.inf, np.nan])
def test_shrinkage_is_a_number_of_positives(shrinkage):
    with pytest.raises(SettingsError, match="shrinkage="):
        fit_rule(np.ones((1, 1), bool), np.ones((1, 1)), shrinkage=shrinkage)


def test_labels_are_fitted_alike_in_one_chunk_or_several(monkeypatch):
    rng = np.random.default_rng(0)
    probs = rng.random((50, 7), dtype=np.float32)
    targets = rng.random(probs.shape) < probs
    costs = LabelCosts(np.arange(1.0, 8), np.ones(7))
    whole = [fit_rule(targets, probs, one).rule for one in ("f1", costs)]
    monkeypatch.setattr("kerascls.decision.label_thresholds._CHUNK", 100)
    assert [fit_rule(targets, probs, one).rule for one in ("f1", costs)] == whole


@given(judged_rows())
def test_negative_zeros_sort_as_zeros(arrays):
    targets, probs = arrays
    assume((probs == 0).any())
    signed = np.where(probs == 0, np.float32(-0.0), probs)
    assert fit_rule(targets, signed).rule == fit_rule(targets, probs).rule


def test_a_large_table_is_tuned_in_seconds():
    rng = np.random.default_rng(0)
    probs = rng.random((50_000, 40), dtype=np.float32)
    targets = rng.random(probs.shape, dtype=np.float32) < probs**3
    start = time.perf_counter()
    fit_rule(targets, probs)
    assert time.perf_counter() - start < 5
