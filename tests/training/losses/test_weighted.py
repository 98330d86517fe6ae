import numpy as np
import pytest
from loss_cases import COUNTS, ONE_LABEL, loss_of, value_and_gradient

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import Task
from kerascls.training.losses.cross_entropy import loss_for

ROWS = COUNTS[Task.MULTICLASS]  # 70, 25, 5 and none


def losses_by_row(loss, logits=0.0):
    """Returns what a row of each label loses, where all logits are the same."""
    logits = np.full((4, 4), logits, np.float32)
    return np.asarray(loss.call(np.eye(4, dtype=np.float32), logits))


def test_a_row_counts_by_the_inverse_of_the_rows_of_its_label():
    rows = losses_by_row(loss_of("class_weight", Task.MULTICLASS))
    np.testing.assert_allclose(rows[:3] * ROWS.positives[:3], rows[0] * 70, rtol=1e-5)


def test_the_root_is_half_way():
    loss = loss_of("class_weight", Task.MULTICLASS, weight_power=0.5)
    rows = losses_by_row(loss)
    assert rows[2] / rows[0] == pytest.approx((70 / 5) ** 0.5)


@pytest.mark.parametrize("name", ["class_weight", "class_balanced"])
def test_a_label_without_a_row_counts_as_one_with_a_single_row(name):
    single = LabelCounts(101, np.array([70, 25, 5, 1]))
    for counts in (ROWS, single):
        rows = losses_by_row(loss_of(name, Task.MULTICLASS, counts))
        ratio = rows[3] / rows[0]
        if name == "class_weight":
            assert ratio == pytest.approx(70)
        else:
            assert ratio == pytest.approx((1 - 0.999**70) / (1 - 0.999))


def test_no_weight_is_larger_than_it_may_be():
    rows = losses_by_row(loss_of("class_weight", Task.MULTICLASS, max_weight=3.0))
    assert rows.max() / rows.min() == pytest.approx(3)
    loss = loss_of("pos_weight", Task.MULTILABEL, max_weight=3.0)
    assert (loss.positive / loss.negative).max() == pytest.approx(3)


def test_smoothed_targets_keep_the_weight_of_what_is_true():
    y = np.eye(4, dtype=np.float32)
    logits = np.array([[0, 0, 5, 0]] * 4, np.float32)
    plain = loss_for(Task.MULTICLASS, 0.3).call(y, logits)
    smoothed = loss_of("class_weight", Task.MULTICLASS, label_smoothing=0.3)
    weights = losses_by_row(smoothed) / losses_by_row(loss_for(Task.MULTICLASS))
    np.testing.assert_allclose(smoothed.call(y, logits), weights * plain, rtol=1e-5)


def test_weights_of_labels_are_those_of_yes_and_of_no():
    loss = loss_of("class_weight", Task.MULTILABEL)
    np.testing.assert_array_equal(loss.positive, loss.negative)
    np.testing.assert_allclose(loss.positive[2] / loss.positive[0], 20)


def test_a_yes_weighs_as_much_as_all_there_is_of_no_for_it():
    loss = loss_of("pos_weight", Task.MULTILABEL)
    np.testing.assert_allclose(loss.positive / loss.negative, [4 / 6, 4, 97 / 3, 100])


def test_effective_rows_grow_slower_than_rows():
    rows = losses_by_row(loss_of("class_balanced", Task.MULTICLASS))
    assert 1 < rows[2] / rows[0] < 70 / 5
    near_one = loss_of("class_balanced", Task.MULTICLASS, class_balanced_beta=0.9999999)
    rows = losses_by_row(near_one)
    assert rows[2] / rows[0] == pytest.approx(70 / 5, rel=1e-4)


def test_a_row_of_no_label_changes_nothing_where_rows_have_one():
    loss = loss_of("class_weight", Task.MULTICLASS)
    _, gradient = value_and_gradient(loss, 0 * ONE_LABEL, np.ones((4, 4), np.float32))
    assert not gradient.any()
