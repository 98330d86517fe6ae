import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kerascls.decision.coverage import coverage_curve
from kerascls.decision.rule import Rule

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 3))


@given(SHAPES.flatmap(lambda shape: st.tuples(
    hnp.arrays(np.bool_, shape),
    hnp.arrays(np.float32, shape, elements=st.sampled_from([0.1, 0.5, 0.7, 1])),
)))  # fmt: skip
def test_each_point_is_what_abstaining_there_gives(arrays):
    targets, probs = arrays
    curve = coverage_curve(targets, probs, Rule("threshold", 0.5))
    assert (np.diff(curve.thresholds) > 0).all()
    assert curve.coverage[0] == 1
    for threshold, coverage, accuracy in zip(*curve, strict=True):
        rule = Rule("threshold", 0.5, abstain_below=threshold)
        kept = ~rule.abstains(probs)
        right = (rule.apply(probs) == targets).all(axis=1)
        assert coverage == kept.mean()
        assert accuracy == right[kept].mean()


def test_the_limit_of_the_rule_itself_is_not_looked_at():
    targets, probs = np.array([[True], [False]]), np.float32([[0.4], [0.3]])
    curve = coverage_curve(targets, probs, Rule("argmax", abstain_below=0.9))
    assert curve.accuracy.tolist() == [0.5, 1]


def test_without_rows_there_is_no_point():
    empty = np.zeros((0, 2))
    thresholds, _, _ = coverage_curve(empty.astype(bool), empty, Rule("argmax"))
    assert len(thresholds) == 0
