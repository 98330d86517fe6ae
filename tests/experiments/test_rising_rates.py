"""A training whose rate rises with every step, until its loss breaks."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from tiny_jobs import job_on

from kerascls.experiments.rising_rates import LossPerStep, losses_at_rising_rates


@pytest.fixture(scope="module")
def job(multilabel_files):
    """Steps of 8 rows, without dropout."""
    job = job_on(multilabel_files, batch_size=8, dropout=0.0)
    still = replace(job.start.config, dropout=0.0, attention_dropout=0.0)
    return replace(job, start=replace(job.start, config=still))


@pytest.fixture(autouse=True)
def _eagerly():
    tf = pytest.importorskip("tensorflow")
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def losses(job, rates, is_broken=lambda losses: False, **options):
    job = replace(job, settings=job.settings.with_options(**options))
    return losses_at_rising_rates(job, rates, is_broken)


def test_there_is_a_loss_for_each_step(job):
    found = losses(job, np.geomspace(1e-7, 1e-6, 5))
    assert len(found) == 5
    assert np.isfinite(found).all()


def test_rates_near_zero_change_nothing_and_large_ones_do(job):
    still = losses(job, np.geomspace(1e-12, 1e-11, 4))
    again = losses(job, np.geomspace(1e-12, 1e-11, 4))
    moved = losses(job, np.geomspace(1e-2, 1.0, 4))
    assert still == again
    assert still[0] == pytest.approx(moved[0], rel=1e-6)
    assert abs(still[3] - moved[3]) > 1e-3


@pytest.mark.slow
def test_the_loss_of_a_step_in_pieces_is_that_of_the_whole(job):
    rates = np.geomspace(1e-3, 1e-2, 3)
    whole, pieces = losses(job, rates), losses(job, rates, accumulate_steps=2)
    np.testing.assert_allclose(pieces, whole, rtol=1e-3)


def test_it_stops_where_the_losses_are_broken(job):
    seen = []

    def is_broken(losses):
        seen.append(list(losses))
        return len(losses) == 2

    assert len(losses(job, np.geomspace(1e-7, 1e-6, 9), is_broken)) == 2
    assert [len(losses) for losses in seen] == [1, 2]


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_it_and_is_left_out(loss):
    recorder = LossPerStep(lambda losses: False)
    recorder.set_model(keras.Sequential())
    recorder.on_epoch_end(0, {"loss": 0.5})
    assert not recorder.model.stop_training
    recorder.on_epoch_end(1, {"loss": loss})
    assert recorder.model.stop_training
    assert recorder.losses == [0.5]
