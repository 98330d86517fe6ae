"""What every classic model keeps: shapes, padding, weights by name, learning."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
import classic_steps
from tiny_classics import (
    NAMES,
    every_model,
    lively_classic,
    tiny_classic,
    tiny_classic_config,
)
from tiny_models import tiny_batch

from kerascls.errors import CheckpointError
from kerascls.models.classic.classifier import build_classic_model, rebuilt_classic
from kerascls.models.classic.config import CLASSICS, classic_config

LENGTHS = 11, 5, 1  # one is of nothing but a mark


def logits_of(model, batch) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(batch))


@every_model
def test_logits_are_float32_and_one_for_each_class(name):
    logits = tiny_classic(name, num_classes=4, dtype="mixed_bfloat16")(tiny_batch())
    assert tuple(logits.shape) == (3, 4)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"


@every_model
def test_padding_and_neighbours_change_nothing(name):
    model = lively_classic(name)
    batch = tiny_batch(LENGTHS, num_tokens=17)
    together = logits_of(model, batch)
    for row, length in enumerate(LENGTHS):
        alone = {key: array[row : row + 1, :length] for key, array in batch.items()}
        np.testing.assert_allclose(logits_of(model, alone)[0], together[row], atol=1e-5)
    assert np.ptp(together, axis=0).max() > 0.01


@every_model
def test_what_stands_in_the_place_of_padding_changes_nothing(name):
    model, batch = lively_classic(name), tiny_batch(LENGTHS, num_tokens=17)
    other = dict(batch)
    for key, value in (("token_ids", 9), ("segment_ids", 1)):
        other[key] = np.where(batch["padding_mask"] == 1, batch[key], value)
    np.testing.assert_allclose(
        logits_of(model, batch), logits_of(model, other), atol=1e-5
    )


@every_model
def test_every_token_of_a_text_is_read(name):
    model, batch = lively_classic(name), tiny_batch((9,))
    before = logits_of(model, batch)
    for place in range(9):
        token_ids = batch["token_ids"].copy()
        token_ids[0, place] = 39 if token_ids[0, place] != 39 else 38
        changed = logits_of(model, {**batch, "token_ids": token_ids})
        assert np.abs(changed - before).max() > 1e-6, place


@every_model
def test_a_model_goes_through_its_blueprint(name):
    model = lively_classic(name)
    blueprint = json.loads(json.dumps(model.blueprint()))
    assert blueprint.pop("model") == name
    other = rebuilt_classic(3, **blueprint)
    other.load_named_weights(model.named_arrays())
    batch = tiny_batch()
    np.testing.assert_array_equal(logits_of(model, batch), logits_of(other, batch))


@every_model
def test_names_of_weights_are_the_same_in_every_process(name):
    first, second = (tiny_classic(name).weights_by_name() for _ in range(2))
    assert list(first) == list(second)
    assert len(first) == len(tiny_classic(name).weights)
    assert first["embeddings/word_embeddings"].shape == (40, 12)
    assert {"classifier/kernel", "classifier/bias"} <= set(first)
    assert not [key for key in first if key.rstrip("0123456789").endswith("_cell_")]


def test_weights_of_another_number_of_classes_are_refused():
    with pytest.raises(CheckpointError, match="classifier/kernel is"):
        tiny_classic("textcnn", 4).load_named_weights(
            tiny_classic("textcnn", 3).named_arrays()
        )


@every_model
def test_one_seed_fixes_the_whole_model(name):
    one, same, other = (
        tiny_classic(name, seed=seed).named_arrays() for seed in (5, 5, 6)
    )
    for key, array in one.items():
        np.testing.assert_array_equal(array, same[key], err_msg=key)
    key = "embeddings/word_embeddings"
    assert np.abs(one[key] - other[key]).max() > 0.01


@every_model
def test_no_two_weights_start_alike(name):
    arrays = tiny_classic(name).named_arrays()
    drawn = [array for array in arrays.values() if array.std() > 0]
    for place, array in enumerate(drawn):
        for other in drawn[:place]:
            assert array.shape != other.shape or not np.array_equal(array, other)


@pytest.mark.parametrize("task", classic_steps.TASKS)
@every_model
def test_a_batch_is_learned_by_heart_and_every_weight_learns(name, task):
    model, losses = classic_steps.trained(name, task, epochs=4, steps=25)
    assert losses[-1] < 0.05, losses
    before = tiny_classic(name, 3).named_arrays()
    trained = model.named_arrays()
    still = [key for key in before if np.array_equal(before[key], trained[key])]
    assert still == []


def test_large_tables_are_updated_lazily_and_small_ones_exactly():
    config = tiny_classic_config("fasttext", vocab_size=40)
    sizes = {"ngrams": 2, "buckets": 1 << 19}
    body = build_classic_model(replace(config, sizes=sizes), 3).body
    assert body.ngrams.table.lazy_rows and not body.words.table.lazy_rows


@every_model
def test_rows_of_padding_and_of_words_in_no_text_stay_as_they_are(name):
    before = tiny_classic(name).named_arrays()["embeddings/word_embeddings"]
    model, _ = classic_steps.trained(name, "multiclass", epochs=1, steps=3, lazy=True)
    after = model.named_arrays()["embeddings/word_embeddings"]
    feed = classic_steps.feed_of("multiclass")
    batch, *_ = feed.batch(np.arange(len(feed)))
    is_used = np.isin(
        np.arange(len(after)), batch["token_ids"][batch["padding_mask"] == 1]
    )
    assert 0 < is_used.sum() < len(after)
    np.testing.assert_array_equal(before[~is_used], after[~is_used])
    assert (before[is_used] != after[is_used]).any(axis=1).all()


@every_model
def test_frequencies_are_the_first_answer(name):
    model = tiny_classic(name)
    shares = np.array([0.5, 0.25, 0.25])
    model.start_at(shares, log_odds=False)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(model.body.classifier.bias), np.log(shares)
    )


@pytest.fixture(scope="module")
def told_by_backends() -> dict[str, dict]:
    """What every model computes and how it learns, on either backend."""
    program = [sys.executable, str(Path(__file__).parent / "classic_steps.py")]
    running = {
        backend: subprocess.Popen(
            [*program, *NAMES],
            env=os.environ | {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for backend in ("tensorflow", "jax")
    }
    told = {backend: one.communicate()[0] for backend, one in running.items()}
    assert [one.returncode for one in running.values()] == [0, 0]
    return {
        backend: json.loads(text.splitlines()[-1]) for backend, text in told.items()
    }


@pytest.mark.slow
@every_model
def test_two_backends_compute_and_learn_the_same(name, told_by_backends):
    ours, theirs = (told_by_backends[backend] for backend in ("tensorflow", "jax"))
    assert (ours["backend"], theirs["backend"]) == ("tensorflow", "jax")
    assert ours[name].keys() >= {"logits", *classic_steps.TASKS}
    for key, value in ours[name].items():
        np.testing.assert_allclose(value, theirs[name][key], atol=2e-4, err_msg=key)


@every_model
def test_its_number_of_parameters_is_told_right(name):
    config = classic_config(name, vocab_size=10)
    model = build_classic_model(config, 2)
    last = sum(math.prod(v.shape) for v in model.body.classifier.weights)
    assert config.parameters == model.count_params() - last
    assert CLASSICS[name].parameters == config.parameters - 10 * config.embedding_dim


@every_model
def test_logits_are_made_of_the_states_where_there_are_such(name):
    model, batch = lively_classic(name), tiny_batch(LENGTHS)
    if not model.has_states:
        assert name == "seq2seq"  # which makes a vector at each step
        return
    logits = keras.ops.convert_to_numpy(model.body.classifier(model.states(batch)))
    np.testing.assert_allclose(logits, logits_of(model, batch), atol=1e-5)
