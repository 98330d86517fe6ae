import numpy as np
import pytest
from loss_cases import LOGITS, ONE_LABEL, loss_of, value_and_gradient

from kerascls.data.labels import Task


def test_negatives_below_the_margin_do_not_count():
    logits = np.full((1, 4), -4.0, np.float32)  # p = 0.018
    for margin, counts in ((0.05, False), (0.01, True)):
        loss = loss_of("asymmetric", Task.MULTILABEL, negative_margin=margin)
        _, gradient = value_and_gradient(loss, 0 * logits, logits)
        assert bool(gradient.any()) is counts


def test_easy_negatives_count_less_than_easy_positives():
    loss = loss_of("asymmetric", Task.MULTILABEL)
    easy = np.full((1, 4), 2.0, np.float32)
    yes = float(loss.call(1 + 0 * easy, easy)[0])
    no = float(loss.call(0 * easy, -easy)[0])
    assert no < yes / 10


def test_with_one_label_and_no_smoothing_it_is_the_focal_loss():
    asymmetric = loss_of("asymmetric", Task.MULTICLASS, gamma_positive=1.5)
    focal = loss_of("focal", Task.MULTICLASS, focal_gamma=1.5)
    expected = float(focal(ONE_LABEL, LOGITS))
    assert float(asymmetric(ONE_LABEL, LOGITS)) == pytest.approx(expected)


def test_with_one_label_others_count_less_the_less_likely_they_are():
    values = [
        float(
            loss_of(
                *("asymmetric", Task.MULTICLASS),
                label_smoothing=0.2,
                gamma_negative=gamma,
            )(ONE_LABEL, LOGITS)
        )
        for gamma in (0.0, 1.0, 4.0)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[2]
