import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.decision import probabilities
from kerascls.errors import NotFiniteError

FLOAT32 = st.floats(-(2.0**127), 2.0**127, width=32)


@given(hnp.arrays(np.float32, (3, 4), elements=FLOAT32))
def test_softmax_of_any_logits_sums_to_one(logits):
    result = probabilities(logits, Task.MULTICLASS)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-6)
    likeliest = np.take_along_axis(result, logits.argmax(1)[:, None], axis=1)
    assert (likeliest[:, 0] == result.max(axis=1)).all()


@given(hnp.arrays(np.float32, (3, 4), elements=FLOAT32))
def test_sigmoid_of_any_logits_is_a_probability(logits):
    result = probabilities(logits, Task.MULTILABEL)
    assert result.dtype == np.float32
    mirrored = probabilities(-logits, Task.MULTILABEL)
    np.testing.assert_allclose(result + mirrored, 1, rtol=1e-6)
    assert (result[logits >= 0] >= 0.5).all()


def test_small_probabilities_keep_their_digits():
    result = probabilities(np.float32([[-50.0]]), Task.MULTILABEL)
    assert result[0, 0] == pytest.approx(np.exp(-50.0))


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_logit_that_is_no_number_is_an_error(task, value):
    logits = np.float32([[0, 1], [0, value], [value, 1]])
    with pytest.raises(NotFiniteError, match="2 of 3 rows, the first is row 1"):
        probabilities(logits, task)


def test_a_calibration_corrects_the_probabilities():
    logits = np.float32([[2.0, 0.0]])
    halved = probabilities(logits / 2, Task.MULTICLASS)
    calibration = Calibration("temperature", temperature=2.0)
    result = probabilities(logits, Task.MULTICLASS, calibration)
    np.testing.assert_allclose(result, halved, rtol=1e-6)
