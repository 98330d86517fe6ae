import numpy as np
import pytest
from keras import ops
from loss_cases import loss_of

from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.training.losses.focal import softmax_logs


def test_what_is_right_already_counts_less():
    y = np.array([[1, 0, 0, 0]] * 2, np.float32)
    logits = np.array([[4, 0, 0, 0], [-4, 0, 0, 0]], np.float32)
    for task in LABEL_TASKS:
        plain = np.asarray(loss_of("focal", task, focal_gamma=0).call(y, logits))
        focal = np.asarray(loss_of("focal", task, focal_gamma=2).call(y, logits))
        right, wrong = focal / plain
        assert right < wrong <= 1


def test_a_share_of_positives_weighs_them_against_negatives():
    loss = loss_of("focal", Task.MULTILABEL, focal_gamma=0, focal_alpha=0.25)
    logits = np.zeros((1, 4), np.float32)
    yes, no = (float(loss.call(y, logits)[0]) for y in (1 + logits, logits))
    assert yes / no == pytest.approx(0.25 / 0.75)


@pytest.mark.parametrize(
    "logits",
    [[[0.0, 0.0, -3.0]], [[90.0, 0.0, -90.0]], [[2.0]], [[3.0, 3.0]]],
    ids=["tie", "sure", "one label", "only a tie"],
)
def test_logarithms_of_p_and_of_what_is_left_are_exact(logits):
    z = np.array(logits, np.float64)
    yes, no = map(np.asarray, softmax_logs(ops.convert_to_tensor(z, "float32")))
    for label in range(z.shape[1]):
        others = np.logaddexp.reduce(np.append(np.delete(z[0], label), -1e9))
        total = np.logaddexp.reduce(z[0])
        assert yes[0, label] == pytest.approx(z[0, label] - total, abs=1e-6)
        if z.shape[1] > 1:
            assert no[0, label] == pytest.approx(others - total, rel=1e-6, abs=1e-30)
