import numpy as np
import pytest
from loss_cases import loss_of, value_and_gradient

from kerascls.data.labels import Task

LOSS = loss_of("zlpr", Task.MULTILABEL)


def loss_at(logits, targets=(1, 0, 0, 1)) -> float:
    rows = (np.array([one], np.float32) for one in (targets, logits))
    return float(LOSS(*rows))


def test_labels_are_to_be_above_zero_and_others_below():
    assert loss_at([30, -30, -30, 30]) == pytest.approx(0, abs=1e-6)
    assert loss_at([0, 0, 0, 0]) == pytest.approx(2 * np.log(3))
    assert loss_at([30, -30, -30, -30]) == pytest.approx(30, rel=1e-3)


def test_the_worst_of_them_has_most_of_the_gradient():
    logits = np.array([[5.0, 4.0, -4.0, -5.0]], np.float32)
    targets = np.array([[1, 0, 0, 1]], np.float32)
    _, gradient = value_and_gradient(LOSS, targets, logits)
    assert gradient[0, 3] < 10 * gradient[0, 0] < 0
    assert gradient[0, 1] > 10 * gradient[0, 2] > 0


@pytest.mark.parametrize("targets", [[0, 0, 0, 0], [1, 1, 1, 1]])
def test_rows_with_no_label_or_with_all_have_a_loss(targets):
    assert loss_at([0, 0, 0, 0], targets) == pytest.approx(np.log(5))
