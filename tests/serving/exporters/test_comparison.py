"""A comparison counts what differs between two models."""

import numpy as np
import pytest

from kerascls.errors import DataError, NotFiniteError
from kerascls.serving.exporters.comparison import compare


class Constant:
    """Gives the same logits to every text, shifted for the first of them."""

    def __init__(self, logits, shift=0.0):
        self.row = np.array([logits], np.float32)
        self.shift = shift

    def logits(self, inputs):
        rows = len(inputs["token_ids"])
        found = np.repeat(self.row, rows, axis=0)
        is_long = inputs["padding_mask"].sum(axis=1) > 8
        return found + self.shift * is_long[:, None].astype(np.float32)


SURE = (4.0, -4.0, -4.0)


def test_equal_models_do_not_differ(bundle, texts):
    found = compare(Constant(SURE), Constant(SURE), texts, bundle)
    assert (found.rows, found.changed, found.largest_difference) == (5, 0, 0)
    assert found.f1_drop is None


def test_differences_and_other_labels_are_counted(bundle, texts):
    found = compare(Constant(SURE), Constant(SURE, -5.0), texts, bundle)
    # Of five texts one has more than eight tokens.
    assert (found.changed, found.changed_share) == (1, 0.2)
    expected = 1 / (1 + np.exp(-4.0)) - 1 / (1 + np.exp(1.0))
    assert found.largest_difference == pytest.approx(expected, abs=1e-6)
    assert 0 < found.mean_difference < found.largest_difference / 5


def test_f1_is_that_of_both_on_true_labels(bundle, texts):
    truth = [("体育",)] * 5
    found = compare(Constant(SURE), Constant(SURE, -5.0), texts, bundle, truth)
    assert found.reference.macro_f1 == 1.0
    assert found.candidate.macro_f1 == pytest.approx(8 / 9)
    assert found.f1_drop == pytest.approx(1 / 9)


def test_labels_that_training_lacked_count_as_misses(bundle, texts):
    found = compare(Constant(SURE), Constant(SURE), texts, bundle, [("教育",)] * 5)
    assert (found.reference.macro_f1, found.candidate.micro_f1) == (0, 0)


def test_times_are_positive_and_progress_is_told(bundle, texts):
    shown = []
    show = lambda *numbers: shown.append(numbers)  # noqa: E731
    found = compare(Constant(SURE), Constant(SURE), texts, bundle, None, show)
    assert shown == [(5, 5)]
    for side in (found.reference, found.candidate):
        assert side.one_text_ms > 0
        assert side.texts_per_s > 0


def test_a_model_that_gives_no_number_is_an_error(bundle, texts):
    with pytest.raises(NotFiniteError):
        compare(Constant(SURE), Constant((np.nan, 0, 0)), texts, bundle)


def test_no_texts_are_an_error(bundle):
    with pytest.raises(DataError, match="at least one text"):
        compare(Constant(SURE), Constant(SURE), [], bundle)
