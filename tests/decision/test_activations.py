import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.decision.activations import check_finite, check_rows, sigmoid, softmax
from kerascls.errors import NotFiniteError, SettingsError

FLOAT32 = st.floats(-(2.0**127), 2.0**127, width=32)


@given(hnp.arrays(np.float32, (3, 4), elements=FLOAT32))
def test_softmax_of_any_logits_sums_to_one(logits):
    result = softmax(logits)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-6)
    likeliest = np.take_along_axis(result, logits.argmax(1)[:, None], axis=1)
    assert (likeliest[:, 0] == result.max(axis=1)).all()


@given(hnp.arrays(np.float32, (3, 4), elements=FLOAT32))
def test_sigmoid_of_any_logits_is_a_probability(logits):
    result = sigmoid(logits)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result + sigmoid(-logits), 1, rtol=1e-6)
    assert (result[logits >= 0] >= 0.5).all()


def test_small_probabilities_keep_their_digits():
    assert sigmoid(np.float32([[-50.0]]))[0, 0] == pytest.approx(np.exp(-50.0))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_rows_that_are_no_numbers_are_counted_and_the_first_is_named(value):
    with pytest.raises(NotFiniteError, match="`logits`.*2 of 3 rows.*first is row 1"):
        check_finite(np.float32([[0, 1], [0, value], [value, 1]]), "logits")


def test_one_row_alone_is_no_table():
    with pytest.raises(SettingsError, match=r"shape=\(2,\)\. .*`logits\[None\]`"):
        check_finite(np.zeros(2), "logits")


@pytest.mark.parametrize(
    "targets", [np.ones((2, 3)), np.ones((3, 2), bool), np.ones(3, bool)]
)
def test_targets_are_bool_and_of_the_shape_of_the_scores(targets):
    with pytest.raises(SettingsError, match=rf"{targets.dtype} .*logits \(2, 3\)"):
        check_rows(targets, np.zeros((2, 3)), "logits")


def test_scores_with_targets_are_given_back_as_float32():
    scores = check_rows(np.ones((1, 2), bool), np.array([[0.1, 2]]), "logits")
    assert scores.dtype == np.float32
    assert scores.tolist() == [[np.float32(0.1), 2]]
