import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import LabelSet
from kerascls.data.targets import Targets

LABELS = LabelSet(("体育", "军事", "从未"))
ROWS = st.lists(st.sets(st.sampled_from(LABELS.names)), max_size=20)


def counts_of(rows) -> LabelCounts:
    return LabelCounts.of(Targets.from_labels(rows, LABELS))


@given(ROWS)
def test_rows_that_have_and_lack_a_label_are_counted(rows):
    counts = counts_of([tuple(row) for row in rows])
    for column, name in enumerate(LABELS):
        assert counts.positives[column] == sum(name in row for row in rows)
    assert (counts.positives + counts.negatives == len(rows)).all()
    assert counts.num_rows == len(rows)


@given(ROWS)
def test_shares_have_finite_log_odds(rows):
    shares = counts_of([tuple(row) for row in rows]).shares
    assert np.isfinite(np.log(shares / (1 - shares))).all()


def test_a_label_that_no_row_has_keeps_its_place():
    counts = counts_of([("体育",), ("体育", "军事"), ()])
    assert counts.positives.tolist() == [2, 1, 0]
    assert counts.positives.dtype == np.int64
