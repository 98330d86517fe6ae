import numpy as np
from keras import ops
from loss_cases import loss_of, value_and_gradient

from kerascls.data.labels import Task


def weights_of(*rows, **parameters):
    loss = loss_of("distribution_balanced", Task.MULTILABEL, **parameters)
    targets = ops.convert_to_tensor(np.array(rows, np.float32))
    return ops.convert_to_numpy(loss.weights(targets))


def test_a_label_beside_a_rarer_one_counts_less_than_alone():
    alone, beside, rare = weights_of([1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 1, 0])
    assert beside[0] < alone[0]
    # The rare one is what the row would be drawn for, in either case.
    np.testing.assert_allclose(beside[2], rare[2], rtol=0.2)


def test_weights_lie_between_the_least_and_one_more():
    weights = weights_of([1, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0], map_alpha=0.3)
    assert weights.min() >= 0.3
    assert weights.max() <= 1.3


def test_a_row_without_labels_has_the_largest_weights():
    (weights,) = weights_of([0, 0, 0, 0])
    np.testing.assert_allclose(weights, 1.1, rtol=1e-5)


def test_negatives_that_are_low_count_less():
    logits = np.full((1, 4), -3.0, np.float32)
    plain, lenient = (
        value_and_gradient(
            loss_of("distribution_balanced", Task.MULTILABEL, negative_scale=scale),
            *(0 * logits, logits),
        )[1]
        for scale in (1.0, 2.0)
    )
    assert (0 < lenient).all()
    assert (lenient < plain / 3).all()


def test_rare_labels_are_asked_for_more():
    loss = loss_of("distribution_balanced", Task.MULTILABEL, bias_kappa=0.1)
    assert (np.diff(loss.margins) > 0).all()  # from the frequent to the one without
