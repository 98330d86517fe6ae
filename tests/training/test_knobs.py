"""Every knob of training does something, and what it says, when a run is fitted."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_jobs import WINDOWS, job_on

from kerascls.models.backend.compute import Compute
from kerascls.training.build import build_classifier

EMBEDDINGS = "embeddings/word_embeddings"
LAYER = "encoder/layer_0/intermediate/dense/kernel"
HEAD = "classifier/kernel"


@pytest.fixture(scope="module", autouse=True)
def _eagerly():
    tf = pytest.importorskip("tensorflow")
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def job(multilabel_files):
    """Two updates of 16 rows, without dropout."""
    job = job_on(multilabel_files, epochs=1, batch_size=16, dropout=0.0)
    still = replace(job.start.config, dropout=0.0, attention_dropout=0.0)
    return replace(job, start=replace(job.start, config=still))


@pytest.fixture(scope="module")
def start(job):
    """The weights before training."""
    compute = Compute("tensorflow", "cpu", "float32", False)
    return build_classifier(job, compute).named_arrays()


@pytest.fixture(scope="module")
def weights(job, tmp_path_factory):
    """Returns a function that fits with some settings and gives the weights."""

    fitted = {}

    def fit(**options):
        if repr(options) not in fitted:
            found = job.fit(tmp_path_factory.mktemp("knobs"), **options)
            fitted[repr(options)] = found.model.named_arrays()
        return fitted[repr(options)]

    return fit


@pytest.fixture(scope="module")
def plain(weights):
    return weights()


def moved(arrays, before, name):
    return float(np.abs(arrays[name] - before[name]).mean())


@pytest.mark.parametrize(
    "options",
    [
        {"label_smoothing": 0.2},
        {"fgm": 1.0},
        {"weight_decay": 0.5},
        {"clip_norm": 1e-3},
        {"warmup_share": 0.9},
    ],
    ids=lambda options: " ".join(options),
)
@pytest.mark.slow
def test_a_knob_changes_the_weights(weights, plain, options):
    assert moved(weights(**options), plain, LAYER) > 0


def test_a_head_has_the_parts_that_were_asked_for(weights, plain):
    found = weights(pooling="attention", mlp_dim=4)
    parts = {"head/attention/query", "head/mlp/kernel", "head/mlp/bias"}
    assert set(found) - set(plain) == parts
    assert found["head/mlp/kernel"].shape[1] == 4


def test_r_drop_changes_weights_where_there_is_dropout(weights):
    plain = weights(dropout=0.5)
    assert moved(weights(dropout=0.5, r_drop=5.0), plain, LAYER) > 0


def test_lower_layers_move_less_with_layer_decay(weights, plain, start):
    found = weights(layer_decay=0.1)
    shares = {
        name: moved(found, start, name) / moved(plain, start, name)
        for name in (EMBEDDINGS, LAYER, HEAD)
    }
    assert shares[EMBEDDINGS] < 0.3 < shares[LAYER] <= 1.5
    assert shares[HEAD] > 0.5


def test_a_batch_in_parts_gives_the_weights_of_the_whole(weights, plain):
    found = weights(accumulate_steps=3)
    for name, array in plain.items():
        np.testing.assert_allclose(found[name], array, atol=1e-6, err_msg=name)


@pytest.mark.slow
def test_windows_change_the_weights_and_their_pooling_learns(weights, plain, start):
    found = weights(**WINDOWS)
    assert set(found) - set(plain) == {"head/windows/attention/query"}
    assert moved(found, plain, LAYER) > 0
    rate = weights(**WINDOWS, learning_rate=0.02)
    assert moved(found, rate, "head/windows/attention/query") > 0


def test_windows_in_parts_give_the_weights_of_the_whole(weights):
    whole, found = weights(**WINDOWS), weights(**WINDOWS, accumulate_steps=3)
    for name, array in whole.items():
        np.testing.assert_allclose(found[name], array, atol=1e-6, err_msg=name)


@pytest.mark.slow
def test_windows_are_moved_and_passed_twice_as_sequences_are(weights):
    whole = weights(**WINDOWS, dropout=0.5)
    for options in ({"fgm": 1.0}, {"r_drop": 5.0}):
        found = weights(**WINDOWS, dropout=0.5, **options)
        assert moved(found, whole, LAYER) > 0


def test_windows_of_a_frozen_encoder_stay_and_the_head_learns(weights, start):
    found = weights(**WINDOWS, freeze_encoder=True, pooling="attention")
    for name in (EMBEDDINGS, LAYER):
        np.testing.assert_array_equal(found[name], start[name])
    assert moved(found, start, HEAD) > 0


def test_a_frozen_encoder_stays_and_the_head_learns(weights, start):
    found = weights(freeze_encoder=True)
    for name, array in found.items():
        assert np.array_equal(array, start[name]) != name.startswith("classifier")


def test_frozen_layers_stay_and_the_rest_learns(weights, start):
    found = weights(freeze_layers=1)
    np.testing.assert_array_equal(found[EMBEDDINGS], start[EMBEDDINGS])
    np.testing.assert_array_equal(found[LAYER], start[LAYER])
    assert moved(found, start, HEAD) > 0


@pytest.mark.slow
def test_the_average_is_between_start_and_end(weights, plain, start):
    found = weights(ema_momentum=0.5)
    assert 0 < moved(found, start, LAYER) < moved(plain, start, LAYER)


@pytest.mark.slow
@pytest.mark.parametrize("best_by", ["micro_f1", "accuracy", "loss"])
def test_the_best_epoch_is_chosen_by_the_score_that_was_asked_for(
    job, tmp_path, best_by
):
    from kerascls.evaluation.reports.history import read_history

    found = job.fit(tmp_path, epochs=3, best_by=best_by)
    rows = read_history(tmp_path / "history.csv")
    name = {"micro_f1": "micro avg", "accuracy": "accuracy", "loss": "macro avg"}
    goals = {
        float(row["epoch"]): -float(row["val_loss"])
        if best_by == "loss"
        else float(row["f1"])
        for row in rows
        if row["class"] == name[best_by]
    }
    assert goals[found.best_epoch] == max(goals.values())
