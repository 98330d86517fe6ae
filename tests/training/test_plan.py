"""Rounds cover the steps of all epochs, whatever their length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.training.plan import Plan

plans = st.builds(
    Plan,
    steps_per_epoch=st.integers(1, 12),
    epochs=st.integers(1, 5),
    validate_steps=st.none() | st.integers(1, 70),
    max_steps=st.none() | st.integers(1, 70),
)


@given(plans)
def test_as_many_steps_end_a_round_as_there_are_rounds(plan):
    ends = [step for step in range(1, plan.num_steps + 1) if plan.ends_round(step)]
    assert len(ends) == plan.num_rounds
    assert ends[-1] == plan.num_steps
    lengths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    assert set(lengths[:-1]) <= {plan.round_steps}
    assert 0 < lengths[-1] <= plan.round_steps


@given(plans)
def test_without_other_wishes_a_round_is_an_epoch(plan):
    if plan.validate_steps is None and plan.max_steps is None:
        assert plan.rounds_are_epochs
        assert (plan.num_rounds, plan.round_steps) == (
            plan.epochs,
            plan.steps_per_epoch,
        )


@given(plans)
def test_there_are_no_more_steps_than_are_allowed(plan):
    of_epochs = plan.steps_per_epoch * plan.epochs
    assert plan.num_steps == min(of_epochs, plan.max_steps or of_epochs)


@pytest.mark.parametrize(
    ("step", "epochs"), [(0, 0), (3, 1), (6, 2), (1, 0.333333), (4, 1.333333)]
)
def test_epochs_done_are_whole_where_they_are(step, epochs):
    found = Plan(3, 2).epoch(step)
    assert (found, type(found)) == (epochs, type(epochs))
