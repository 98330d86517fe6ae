import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.decision.rule import KINDS, Rule
from kerascls.errors import BundleError, NotFiniteError, SettingsError

SHARES = st.floats(0, 1, width=32)


@st.composite
def tables(draw, max_classes=5):
    shape = (draw(st.integers(1, 6)), draw(st.integers(1, max_classes)))
    return draw(hnp.arrays(np.float32, shape, elements=SHARES))


@st.composite
def rules(draw, num_classes=3):
    kind = draw(st.sampled_from(KINDS))
    values = {
        "argmax": {},
        "threshold": draw(
            st.one_of(
                st.fixed_dictionaries({"threshold": SHARES}),
                st.fixed_dictionaries({"thresholds": st.tuples(*[SHARES] * 3)}),
            )
        ),
        "top_k": {"k": draw(st.integers(1, 5))},
        "cumulative": {"mass": draw(st.floats(0.01, 1))},
        "cost": {"costs": draw(st.tuples(*[st.tuples(*[st.floats(0, 9)] * 3)] * 3))},
    }[kind]
    if kind in ("threshold", "cumulative"):
        values["min_labels"] = draw(st.integers(0, 2))
        values["max_labels"] = draw(st.sampled_from([None, 2, 3]))
    return Rule(kind, **values, abstain_below=draw(st.none() | SHARES))


def test_argmax_gives_each_row_one_label():
    chosen = Rule("argmax").apply(np.float32([[0.2, 0.8], [0.5, 0.5]]))
    assert chosen.dtype == np.bool_
    assert chosen.tolist() == [[False, True], [True, False]]


def test_a_threshold_gives_a_row_any_number_of_labels():
    chosen = Rule("threshold", 0.5).apply(np.float32([[0.5, 0.8], [0.1, 0.2]]))
    assert chosen.tolist() == [[True, True], [False, False]]


@given(tables(), st.data())
def test_thresholds_of_labels_act_column_by_column(probs, data):
    width = probs.shape[1]
    thresholds = data.draw(st.tuples(*[SHARES] * width))
    chosen = Rule("threshold", thresholds=thresholds).apply(probs)
    for column, threshold in enumerate(thresholds):
        alone = Rule("threshold", threshold).apply(probs[:, [column]])
        assert (chosen[:, [column]] == alone).all()


@given(tables(), st.integers(1, 7))
def test_top_k_gives_the_k_likeliest(probs, k):
    chosen = Rule("top_k", k=k).apply(probs)
    assert (chosen.sum(axis=1) == min(k, probs.shape[1])).all()
    for row, given_labels in zip(probs, chosen, strict=True):
        assert row[given_labels].min() >= row[~given_labels].max(initial=0)


@given(tables(max_classes=4), st.floats(0.01, 1))
def test_cumulative_sets_are_the_smallest_that_reach_the_mass(probs, mass):
    chosen = Rule("cumulative", mass=mass).apply(probs)
    for row, given_labels in zip(probs.astype(np.float64), chosen, strict=True):
        total = sum(sorted(row, reverse=True))
        size = given_labels.sum()
        assert row[given_labels].sum() >= mass * total * (1 - 1e-12)
        smaller = combinations(row, size - 1) if size else []
        assert all(sum(one) < mass * total * (1 + 1e-12) for one in smaller)


def test_cumulative_mass_is_a_share_of_the_sum_of_the_row():
    rule = Rule("cumulative", mass=0.5)
    small, large = np.float32([[0.1, 0.05, 0.04]]), np.float32([[1, 0.5, 0.4]])
    assert rule.apply(small).tolist() == rule.apply(large).tolist()
    assert rule.apply(large).tolist() == [[True, False, False]]


def test_a_row_of_zeros_has_no_cumulative_set():
    assert not Rule("cumulative", mass=0.9).apply(np.zeros((1, 3))).any()


def test_the_label_of_the_least_expected_cost_is_given():
    costs = ((0, 1), (20, 0))  # missing the second class is dear
    chosen = Rule("cost", costs=costs).apply(np.float32([[0.9, 0.1], [0.99, 0.01]]))
    assert chosen.tolist() == [[False, True], [True, False]]


@given(hnp.arrays(np.int64, (5, 4), elements=st.integers(1, 50)))
def test_when_all_faults_cost_the_same_the_likeliest_is_given(weights):
    probs = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    chosen = Rule("cost", costs=tuple(map(tuple, 1 - np.eye(4)))).apply(probs)
    # Rows of float32 do not sum to 1 exactly.
    assert (probs[chosen] >= probs.max(axis=1) - 1e-6).all()


@given(tables(), st.floats(0, 1), st.integers(0, 3), st.integers(1, 4))
def test_rows_keep_within_the_limits(probs, threshold, least, more):
    most = max(1, least) + more - 1
    free = Rule("threshold", threshold).apply(probs)
    rule = Rule("threshold", threshold, min_labels=least, max_labels=most)
    chosen = rule.apply(probs)
    width = probs.shape[1]
    wanted = np.clip(free.sum(axis=1), min(least, width), most)
    assert (chosen.sum(axis=1) == wanted).all()
    for row, before, after in zip(probs, free, chosen, strict=True):
        assert (before <= after).all() or (after <= before).all()
        changed = before != after
        if after.sum() > before.sum():
            assert row[changed].min() >= row[~after].max(initial=0)
        elif changed.any():
            assert row[changed].max() <= row[after].min()


def test_a_row_without_labels_falls_back_to_its_likeliest():
    rule = Rule("threshold", thresholds=(0.9, 0.9), min_labels=1)
    chosen = rule.apply(np.float32([[0.2, 0.3], [0.95, 0.99]]))
    assert chosen.tolist() == [[False, True], [True, True]]


@pytest.mark.parametrize(
    "rule",
    [
        Rule("argmax", abstain_below=0.6),
        Rule("threshold", 0.1, min_labels=1, abstain_below=0.6),
    ],
)
def test_an_unsure_row_gets_no_label(rule):
    probs = np.float32([[0.55, 0.45], [0.6, 0.05]])
    assert rule.abstains(probs).tolist() == [True, False]
    assert rule.apply(probs).tolist() == [[False, False], [True, False]]


def test_without_a_limit_no_row_abstains():
    assert not Rule("argmax").abstains(np.zeros((2, 3))).any()


def test_thresholds_are_told_for_every_label():
    assert Rule("threshold", 0.25).threshold_of(3).tolist() == [0.25] * 3
    assert Rule("threshold", thresholds=(0.25, 1)).threshold_of(2).tolist() == [0.25, 1]
    assert Rule("top_k", k=2).threshold_of(3) is None


@pytest.mark.parametrize(
    "rule",
    [Rule("threshold", thresholds=(0.1, 0.2)), Rule("cost", costs=((0, 1),) * 2)],
)
def test_a_rule_for_other_labels_is_refused(rule):
    with pytest.raises(SettingsError, match="for 2 labels .* Received: 3 columns"):
        rule.apply(np.zeros((1, 3)))


def test_a_probability_that_is_no_number_is_an_error():
    with pytest.raises(NotFiniteError, match="first is row 0"):
        Rule("argmax").apply(np.float32([[np.nan]]))


@given(rules())
def test_a_rule_survives_json(rule):
    assert Rule.from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


@pytest.mark.parametrize(
    ("rule", "stored"),
    [
        (Rule("argmax"), {"kind": "argmax"}),
        (Rule("threshold", 0.5), {"kind": "threshold", "threshold": 0.5}),
        (
            Rule("cumulative", mass=0.9, min_labels=1),
            {"kind": "cumulative", "mass": 0.9, "min_labels": 1},
        ),
    ],
)
def test_only_what_a_rule_uses_is_stored(rule, stored):
    assert rule.to_dict() == stored


@pytest.mark.parametrize(
    ("stored", "rule"),
    [
        ({"kind": "argmax", "threshold": None}, Rule("argmax")),
        ({"kind": "threshold", "threshold": 0.25}, Rule("threshold", 0.25)),
    ],
)
def test_rules_of_the_first_version_are_read(stored, rule):
    assert Rule.from_dict(stored) == rule


@pytest.mark.parametrize(
    "values", [{}, {"threshold": 0.5}, {"kind": "argmax", "threshold": None, "x": 1}]
)
def test_a_stored_rule_of_other_keys_is_refused(values):
    with pytest.raises(BundleError, match="keys="):
        Rule.from_dict(values)


def test_a_stored_rule_with_a_wrong_value_is_damage():
    with pytest.raises(BundleError, match="threshold=2"):
        Rule.from_dict({"kind": "threshold", "threshold": 2})


def test_numbers_of_numpy_are_stored_as_plain_ones():
    rule = Rule("top_k", k=np.int64(3))
    assert type(rule.to_dict()["k"]) is int
    rule = Rule("cumulative", mass=np.float64(0.9), max_labels=np.int32(2))
    assert {type(v) for v in rule.to_dict().values()} == {str, float, int}


@pytest.mark.parametrize("row", [[0.5, 0.4, 0.1], [0.7, 0.2, 0.1], [0.6, 0.3, 0.1]])
def test_a_mass_that_is_short_by_rounding_only_is_reached(row):
    assert Rule("cumulative", mass=0.9).apply(np.float32([row])).sum() == 2


def test_one_row_alone_is_refused_with_a_cure():
    with pytest.raises(SettingsError, match=r"probabilities\[None\]"):
        Rule("argmax").apply(np.float32([0.5, 0.5]))
