"""Rows that metrics get wrong: ties, absent labels, empty label sets, one row."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

# Few different values, so that many tie; the ends are among them.
TIED = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0]).map(np.float32)
FREE = st.floats(0, 1, width=32)


@st.composite
def scored_cells(draw, min_labels=1):
    """Any number of true labels, and probabilities of their own."""
    shape = draw(st.tuples(st.integers(1, 20), st.integers(min_labels, 6)))
    elements = draw(st.sampled_from([TIED, FREE]))
    return (
        draw(hnp.arrays(np.bool_, shape)),
        draw(hnp.arrays(np.float32, shape, elements=elements)),
    )


@st.composite
def single_labels(draw):
    """One true label for each row, and probabilities that sum to 1."""
    rows, width = draw(st.tuples(st.integers(1, 20), st.integers(2, 6)))
    ids = draw(hnp.arrays(np.int64, rows, elements=st.integers(0, width - 1)))
    weights = draw(hnp.arrays(np.int64, (rows, width), elements=st.integers(1, 5)))
    return np.eye(width, dtype=bool)[ids], weights / weights.sum(1, keepdims=True)


@st.composite
def decisions(draw, count=2):
    """Bool arrays of one shape: the truth, then decisions."""
    shape = draw(st.tuples(st.integers(1, 20), st.integers(1, 5)))
    return [draw(hnp.arrays(np.bool_, shape)) for _ in range(count)]
