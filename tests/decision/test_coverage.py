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
    right = (Rule("threshold", 0.5).apply(probs) == targets).all(axis=1)
    curve = coverage_curve(probs.max(axis=1), right)
    assert (np.diff(curve.thresholds) > 0).all()
    assert curve.coverage[0] == 1
    for threshold, coverage, accuracy in zip(*curve, strict=True):
        rule = Rule("threshold", 0.5, abstain_below=threshold)
        kept = ~rule.abstains(probs)
        right = (rule.apply(probs) == targets).all(axis=1)
        assert coverage == kept.mean()
        assert accuracy == right[kept].mean()
