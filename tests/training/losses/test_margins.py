import numpy as np
import pytest
from loss_cases import COUNTS, loss_of

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import LABEL_TASKS, Task


def test_the_answer_is_the_one_where_all_labels_are_as_likely():
    # Two labels, 9 to 1, and a text that says nothing: adjusted, the logits are right.
    counts = LabelCounts(9999, np.array([8999, 1000]))
    targets = np.repeat(np.eye(2, dtype=np.float32), counts.positives, axis=0)
    adjusted = loss_of("logit_adjustment", Task.MULTICLASS, counts)
    even, skewed = (np.tile(z, (9999, 1)) for z in ([0, 0], [2.2, 0]))
    losses = [
        float(adjusted(targets, z.astype(np.float32))) for z in (even, skewed, -skewed)
    ]
    assert losses[0] == min(losses)


def test_a_label_without_a_row_is_adjusted_by_a_finite_amount():
    for task in LABEL_TASKS:
        loss = loss_of("logit_adjustment", task)
        assert np.isfinite(loss.always).all()
        assert loss.always[3] == loss.always.min()


def test_the_rarest_label_has_the_whole_margin_and_others_less():
    loss = loss_of("ldam", Task.MULTICLASS, ldam_margin=2.0)
    rows = COUNTS[Task.MULTICLASS].positives[:3]
    np.testing.assert_allclose(-loss.if_true[:3], 2 * (5 / rows) ** 0.25, rtol=1e-5)
    assert loss.if_true[3] == -2  # without a row: none to be asked
    assert not loss.always.any()


def test_a_no_has_a_margin_by_the_rows_that_lack_the_label():
    loss = loss_of("ldam", Task.MULTILABEL, ldam_margin=2.0)
    lacking = COUNTS[Task.MULTILABEL].negatives
    np.testing.assert_allclose(loss.always, 2 * (3 / lacking) ** 0.25, rtol=1e-5)
    of_yes = -(loss.always + loss.if_true)
    assert of_yes[2] == pytest.approx(2)


def test_labels_that_all_rows_lack_have_margins():
    counts = LabelCounts(5, np.zeros(2, np.int64))
    for task in LABEL_TASKS:
        loss = loss_of("ldam", task, counts)
        assert np.isfinite([loss.always, loss.if_true]).all()
