import numpy as np
import pytest
from hypothesis import given, settings
from metrics_cases import decisions

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.row_scores import extra_scores
from kerascls.evaluation.metrics.scores import pad_columns


@settings(max_examples=50)
@given(decisions())
def test_samples_scores_and_hamming_loss_equal_those_of_sklearn(arrays):
    from sklearn.metrics import hamming_loss, precision_recall_fscore_support

    ours = extra_scores(*arrays)
    # sklearn takes a single column for a binary problem: give it one empty column.
    truth, guess = (pad_columns(array, array.shape[1] + 1) for array in arrays)
    theirs = precision_recall_fscore_support(
        truth, guess, average="samples", zero_division=0
    )
    samples = ours.samples
    assert (samples.precision, samples.recall, samples.f1) == pytest.approx(theirs[:3])
    cells = hamming_loss(truth, guess) * truth.shape[1] / arrays[0].shape[1]
    assert ours.hamming == pytest.approx(cells)


def test_a_row_without_labels_adds_nothing_to_samples_f1():
    targets = np.array([[True, False], [False, False]])
    scores = extra_scores(targets, targets)
    assert scores.samples.f1 == 0.5
    assert scores.hamming == 0


def test_other_shapes_are_an_error():
    with pytest.raises(SettingsError, match=r"shapes=\(2, 2\), \(2, 1\)"):
        extra_scores(np.ones((2, 2), bool), np.ones((2, 1), bool))
