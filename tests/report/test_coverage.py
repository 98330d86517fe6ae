import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kerascls.labels import Task
from kerascls.report.coverage import coverage_curve


def rows_of(make_scored, probabilities, targets):
    chosen = np.eye(2)[np.argmax(probabilities, axis=1)]
    return make_scored(targets, probabilities, chosen, ("a", "b"), Task.MULTICLASS)


def test_surer_rows_are_the_last_to_go_unanswered(make_scored):
    found = [[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]]
    curve = coverage_curve(rows_of(make_scored, found, [[1, 0], [1, 0], [1, 0]]))
    assert np.allclose(curve.thresholds, [0.6, 0.7, 0.9])
    assert np.allclose(curve.coverage, [1, 2 / 3, 1 / 3])
    assert np.allclose(curve.accuracy, [2 / 3, 1, 1])


@given(
    first=arrays(np.float32, st.integers(1, 300), elements=st.floats(0, 1, width=32))
)
def test_the_counts_are_those_of_the_rows_that_reach_the_threshold(first):
    from kerascls.scored_rows import ScoredRows

    found = np.stack([first, 1 - first], axis=1)
    chosen = np.eye(2, dtype=bool)[found.argmax(axis=1)]
    targets = np.eye(2, dtype=bool)[np.arange(len(first)) % 2]
    scored = ScoredRows(
        task=Task.MULTICLASS,
        labels=("a", "b"),
        targets=targets,
        probabilities=found,
        chosen=chosen,
        known=2,
        rows_sha256="",
        lines=np.arange(len(first)),
    )
    curve = coverage_curve(scored)
    assert curve.coverage[0] == 1
    for threshold, answered, right in zip(
        curve.thresholds, curve.answered, curve.right, strict=True
    ):
        reached = found.max(axis=1) >= threshold
        assert answered == reached.sum()
        assert right == (reached & (targets == chosen).all(axis=1)).sum()
