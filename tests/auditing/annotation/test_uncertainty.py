"""Measures of uncertainty: where they are 0 and 1, and what rare labels count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kerascls.auditing.annotation.uncertainty import (
    UNCERTAINTIES,
    check_uncertainty,
    default_uncertainty,
    label_uncertainty,
    rare_weights,
)
from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError

HALF = Rule("threshold", 0.5)
BEST = Rule("argmax")
MEASURES_OF_ROWS = [name for name, one in UNCERTAINTIES.items() if one.of_rows]


def of_multilabel(name, rows, rule=HALF):
    measure = UNCERTAINTIES[name]
    return label_uncertainty(measure, np.float32(rows), Task.MULTILABEL, rule)


def of_multiclass(name, rows):
    measure = UNCERTAINTIES[name]
    return label_uncertainty(measure, np.float32(rows), Task.MULTICLASS, BEST)


@pytest.mark.parametrize("name", UNCERTAINTIES)
def test_a_label_is_unsure_in_the_middle_and_sure_at_the_ends(name):
    found = of_multilabel(name, [[0, 0.5], [1, 0.25]])
    assert found[:, 0].tolist() == [0, 0]
    assert found[0, 1] == pytest.approx(0.5)  # of two labels
    assert 0 < found[1, 1] < 0.5


def test_entropy_and_margin_of_a_label_are_those_of_its_two_outcomes():
    bits = -(0.25 * np.log2(0.25) + 0.75 * np.log2(0.75))
    assert of_multilabel("entropy", [[0.25]])[0, 0] == pytest.approx(bits)
    assert of_multilabel("margin", [[0.25]])[0, 0] == pytest.approx(0.5)


def test_the_threshold_is_that_of_each_label():
    rule = Rule("threshold", thresholds=(0.1, 0.8))
    found = of_multilabel("threshold", [[0.1, 0.8], [0.05, 0.9]], rule) * 2
    np.testing.assert_allclose(found, [[1, 1], [0.5, 0.5]], atol=1e-6)


@pytest.mark.parametrize("threshold", [0, 1])
def test_a_threshold_at_an_end_has_a_side(threshold):
    found = of_multilabel("threshold", [[0.3]], Rule("threshold", threshold))
    assert found[0, 0] == pytest.approx(0.7 if threshold == 0 else 0.3)


@pytest.mark.parametrize("name", MEASURES_OF_ROWS)
def test_a_row_of_one_label_is_unsure_where_classes_are_equal(name):
    found = of_multiclass(name, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.6, 0.3, 0.1]])
    unsure = found.sum(axis=1)
    assert unsure[:2] == pytest.approx([0, 1])
    assert 0 < unsure[2] < 1


def test_the_margin_is_that_of_the_two_likeliest():
    assert of_multiclass("margin", [[0.6, 0.1, 0.3]]).sum() == pytest.approx(0.7)
    assert of_multiclass("margin", [[1.0]]).sum() == 0


def test_a_row_of_one_label_is_shared_out_by_probability():
    found = of_multiclass("entropy", [[0.6, 0.3, 0.1]])[0]
    np.testing.assert_allclose(found / found.sum(), [0.6, 0.3, 0.1], rtol=1e-5)


@given(arrays(np.float32, (4, 3), elements=st.floats(0, 1, width=32)))
def test_a_row_is_from_0_to_1_whatever_the_probabilities(probabilities):
    for name in UNCERTAINTIES:
        unsure = of_multilabel(name, probabilities)
        assert (unsure >= -1e-9).all() and (unsure.sum(axis=1) <= 1 + 1e-9).all()
    shares = probabilities + np.float32(0.01)
    shares /= shares.sum(axis=1, keepdims=True)
    for name in MEASURES_OF_ROWS:
        unsure = of_multiclass(name, shares).sum(axis=1)
        assert (unsure >= -1e-9).all() and (unsure <= 1 + 1e-5).all()


def test_thresholds_need_a_rule_that_has_them():
    with pytest.raises(SettingsError, match="uncertainty='threshold'.*'argmax'.*marg"):
        check_uncertainty("threshold", Task.MULTICLASS, BEST)
    assert check_uncertainty("threshold", Task.MULTILABEL, HALF).reads_thresholds


def test_thresholds_are_looked_at_where_there_are_such():
    assert default_uncertainty(HALF) == "threshold"
    assert default_uncertainty(BEST) == "entropy"


def test_a_mixture_is_no_doubt():
    with pytest.raises(SettingsError, match="task='distribution'.*by lot"):
        check_uncertainty("entropy", Task.DISTRIBUTION, BEST)


def test_an_unknown_measure_is_refused_with_the_nearest():
    with pytest.raises(SettingsError, match="Did you mean 'entropy'"):
        check_uncertainty("entropie", Task.MULTICLASS, BEST)


def test_rare_labels_count_more_by_the_boost():
    rows = np.array([99, 9, 0])
    assert rare_weights(rows, 0).tolist() == [1, 1, 1]
    weights = rare_weights(rows, 1)
    assert weights.mean() == pytest.approx(1)
    assert weights[1] / weights[0] == pytest.approx(10)
    assert weights[2] / weights[1] == pytest.approx(10)
    assert rare_weights(rows, 0.5)[1] / rare_weights(rows, 0.5)[0] == pytest.approx(
        10**0.5
    )
