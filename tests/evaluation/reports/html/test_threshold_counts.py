import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.html.threshold_counts import (
    COMMON_THRESHOLDS,
    threshold_counts,
)

PROBABILITIES = st.one_of(
    st.floats(0, 1, width=32), st.sampled_from(COMMON_THRESHOLDS.tolist())
)


@given(st.lists(st.tuples(st.booleans(), PROBABILITIES), min_size=1), PROBABILITIES)
def test_scores_at_every_threshold_equal_those_of_the_rows(rows, own):
    target = np.array([one for one, _ in rows])
    probability = np.float32([one for _, one in rows])
    counts = threshold_counts(target, probability, own)
    for at, threshold in enumerate(counts.thresholds):
        chosen = probability >= threshold
        expected = score(target[:, None], chosen[:, None], ["label"])
        assert counts.predicted[at] == expected.predicted[0]
        hits = counts.hits[at]
        assert hits / max(counts.predicted[at], 1) == expected.precision[0]
        assert hits / max(target.sum(), 1) == expected.recall[0]


def test_the_own_threshold_and_the_common_ones_are_in_the_grid():
    counts = threshold_counts(np.array([True]), np.float32([0.25]), own=0.123)
    assert np.isin(COMMON_THRESHOLDS, counts.thresholds).all()
    assert np.isin(np.float32([0.123, 0.25]), counts.thresholds).all()


def test_the_grid_of_a_rare_unlikely_label_is_fine_where_its_rows_lie():
    probability = np.linspace(0, 0.009, 1000, dtype=np.float32)
    counts = threshold_counts(probability > 0.005, probability)
    assert (counts.thresholds < 0.01).sum() > 30
