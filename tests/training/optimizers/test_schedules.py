"""Learning rates: up and down by update, however many of Keras's steps that is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from kerascls.training.optimizers.schedules import GeometricRise, WarmupLinearDecay


def rates(schedule, num_steps):
    return ops.convert_to_numpy(schedule(np.arange(num_steps))).tolist()


def test_the_rate_rises_to_its_peak_and_falls_to_zero():
    expected = [0.25, 0.5, 0.75, 1.0, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6, 0.0, 0.0]
    schedule = WarmupLinearDecay(peak=1.0, warmup_steps=4, total_steps=9)
    np.testing.assert_allclose(rates(schedule, 11), expected, atol=1e-6)


def test_without_warm_up_the_first_step_has_the_peak():
    found = rates(WarmupLinearDecay(2e-5, 0, 4), 5)
    np.testing.assert_allclose(found, [2e-5, 1.5e-5, 1e-5, 5e-6, 0], atol=1e-9)


@given(st.integers(1, 300), st.floats(0, 0.99))
def test_every_step_of_a_training_has_a_rate_above_zero(total_steps, warmup_share):
    warmup_steps = round(total_steps * warmup_share)
    schedule = WarmupLinearDecay(3e-4, warmup_steps, total_steps)
    found = rates(schedule, total_steps)
    assert min(found) > 0
    assert max(found) == pytest.approx(3e-4, rel=1e-5)
    assert found.index(max(found)) <= max(warmup_steps, 1)


def test_the_rate_changes_once_per_update_of_several_steps():
    whole = WarmupLinearDecay(1.0, 4, 9)
    parts = WarmupLinearDecay(1.0, 4, 9, accumulate_steps=3)
    assert rates(parts, 33) == np.repeat(rates(whole, 11), 3).tolist()


def test_a_schedule_is_made_again_from_its_configuration():
    schedule = WarmupLinearDecay(1.0, 4, 9, accumulate_steps=2)
    again = WarmupLinearDecay.from_config(schedule.get_config())
    assert rates(again, 11) == rates(schedule, 11)


def test_a_geometric_rise_multiplies_by_the_same_factor():
    found = rates(GeometricRise(1e-4, 1.0, 5), 5)
    np.testing.assert_allclose(found, [1e-4, 1e-3, 1e-2, 1e-1, 1], rtol=1e-4)


def test_a_rise_waits_for_all_pieces_of_an_update():
    found = rates(GeometricRise(1e-2, 1.0, 3, accumulate_steps=2), 6)
    np.testing.assert_allclose(found, np.repeat([1e-2, 1e-1, 1], 2), rtol=1e-4)


def test_a_rise_of_one_update_has_the_lowest_rate():
    assert rates(GeometricRise(1e-3, 1.0, 1), 1) == [pytest.approx(1e-3)]
