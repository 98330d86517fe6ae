"""Encoder and head as one model: what it gives, keeps and learns."""

import importlib.util
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
import two_backends
from tiny_models import (
    FAMILIES,
    random_weights,
    tiny_batch,
    tiny_classifier,
    tiny_config,
    tiny_feed,
    tiny_windows,
)

from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder import Encoder
from kerascls.models.encoder_config import weight_shapes
from kerascls.models.heads import ClassificationHead
from kerascls.models.transformer import TransformerClassifier
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.optimizers.fine_tuning import adamw

HEADS = {
    "cls": {},
    "mean": {"mlp_dim": 5},
    "pooler": {},
    "label_attention": {"mix_layers": 2, "mlp_dim": 5},
    "cnn": {"mix_layers": 2},
    "lstm": {},
}
every_head = pytest.mark.parametrize(("pooling", "more"), HEADS.items(), ids=HEADS)
TASKS = tuple(two_backends.LABELS)
one_task_is_enough = pytest.mark.parametrize(
    "task", ["multilabel", pytest.param("multiclass", marks=pytest.mark.slow)]
)


def logits_of(model, batch) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(batch))


@pytest.mark.parametrize(
    ("family", "pooling"),
    [
        *((family, pooling) for family in FAMILIES for pooling in ("cls", "mean")),
        *(("albert", pooling) for pooling in ("pooler", "label_attention")),
        *(("albert", pooling) for pooling in ("cnn", "lstm")),
    ],
)
def test_logits_do_not_depend_on_neighbours_or_padding(family, pooling):
    model = tiny_classifier(family=family, pooling=pooling, **HEADS[pooling])
    together = logits_of(model, tiny_batch((8, 5, 3), num_tokens=13))
    for row, length in enumerate((8, 5, 3)):
        batch = tiny_batch((8, 5, 3))
        alone = {name: array[row : row + 1, :length] for name, array in batch.items()}
        np.testing.assert_allclose(logits_of(model, alone)[0], together[row], atol=1e-5)
    assert np.ptp(together, axis=0).max() > 0.01


@pytest.mark.parametrize("family", FAMILIES)
def test_names_are_those_of_encoder_and_head(family):
    model = tiny_classifier(family=family)
    shapes = {name: array.shape for name, array in model.named_arrays().items()}
    head = {"classifier/kernel": (16, 3), "classifier/bias": (3,)}
    assert shapes == weight_shapes(tiny_config(family)) | head
    assert len(shapes) == len(model.trainable_variables)


def test_weights_go_from_one_model_to_another():
    model, other = tiny_classifier(seed=1), tiny_classifier(seed=2)
    other.load_named_weights(model.named_arrays())
    batch = tiny_batch()
    np.testing.assert_array_equal(logits_of(model, batch), logits_of(other, batch))


def test_named_arrays_are_copies_in_float32():
    model = tiny_classifier(dtype="mixed_bfloat16")
    arrays = model.named_arrays()
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float32)}
    model.load_named_weights(random_weights(arrays))
    before = arrays["classifier/kernel"]
    assert np.abs(model.named_arrays()["classifier/kernel"] - before).max() > 0.01


def test_weights_of_another_number_of_classes_are_refused():
    with pytest.raises(CheckpointError, match=r"classifier/kernel is \(16, 3\)"):
        tiny_classifier(4).load_named_weights(tiny_classifier(3).named_arrays())


def test_one_seed_fixes_the_whole_model():
    one, same, other = (tiny_classifier(seed=seed).named_arrays() for seed in (5, 5, 6))
    for name, array in one.items():
        np.testing.assert_array_equal(array, same[name], err_msg=name)
    assert np.abs(one["classifier/kernel"] - other["classifier/kernel"]).max() > 0.01


def test_every_dropout_has_its_own_seed():
    model = tiny_classifier(dropout=0.1, attention_dropout=0.1)
    states = map(keras.ops.copy, model.non_trainable_variables)
    seeds = [tuple(keras.ops.convert_to_numpy(state)) for state in states]
    assert len(set(seeds)) == len(seeds) == 8


@pytest.mark.parametrize(
    ("encoder", "head", "told"),
    [
        ({"with_pool": True}, {}, "with_pool=True"),
        ({}, {"pooling": "pooler"}, "with_pool=False.*Build it with with_pool=True"),
        ({"num_outputs": 2}, {}, "num_outputs=2"),
        ({}, {"mix_layers": 2}, "num_outputs=1.*Build it with num_outputs=2"),
    ],
)
def test_an_encoder_that_gives_what_the_head_does_not_take_is_refused(
    encoder, head, told
):
    with pytest.raises(SettingsError, match=told):
        TransformerClassifier(Encoder(tiny_config(), **encoder), 3, **head)


def test_the_pooled_vector_is_that_of_the_encoder():
    model, batch = tiny_classifier(pooling="pooler"), tiny_batch()
    _, pooled = model.encoder(**batch)
    arrays = model.named_arrays()
    expected = keras.ops.convert_to_numpy(pooled) @ arrays["classifier/kernel"]
    expected += arrays["classifier/bias"]
    np.testing.assert_allclose(logits_of(model, batch), expected, atol=1e-5)
    assert "pooler/dense/kernel" in arrays


@pytest.mark.parametrize(
    ("family", "pooling"),
    [*((family, "cls") for family in FAMILIES), ("bert", "pooler")],
)
def test_the_last_layer_for_one_token_is_learned_like_the_whole(
    family, pooling, monkeypatch
):
    feed = tiny_feed((4, 9, 2), two_backends.LABELS["multiclass"][:3], 3)
    (batch,) = feed
    learned = []
    for first_only in (True, False):
        monkeypatch.setattr(ClassificationHead, "reads_first_only", first_only)
        model = tiny_classifier(family=family, pooling=pooling)
        before = logits_of(model, batch[0])
        sgd = keras.optimizers.SGD(0.1)
        model.compile(sgd, loss_for("multiclass"), run_eagerly=True)
        loss = model.train_on_batch(*batch)
        learned.append({"logits": before, "loss": loss} | model.named_arrays())
    for name, value in learned[0].items():
        np.testing.assert_allclose(value, learned[1][name], atol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    ("head", "first_only"),
    [
        ({"pooling": "cls"}, True),
        ({"pooling": "pooler"}, True),
        ({"pooling": "mean"}, False),
        ({"pooling": "attention"}, False),
    ],
)
def test_tokens_that_nothing_reads_are_not_computed(head, first_only, monkeypatch):
    model, shapes = tiny_classifier(**head), []
    last = model.encoder.blocks[-1]
    compute = last.call
    monkeypatch.setattr(
        last,
        "call",
        lambda *args, **kw: shapes.append(compute(*args, **kw)) or shapes[-1],
    )
    model.features(tiny_batch())
    assert shapes[-1].shape == ((3, 1, 16) if first_only else (3, 8, 16))


@every_head
def test_features_give_the_logits_of_the_whole(pooling, more):
    model, batch = tiny_classifier(pooling=pooling, **more), tiny_batch()
    features = keras.ops.convert_to_numpy(model.features(batch))
    num_vectors = 1 if model.head.pools_beforehand else 8
    assert features.shape == (3, num_vectors, 16 * more.get("mix_layers", 1))
    logits = model.head(features, batch["padding_mask"][:, :num_vectors])
    np.testing.assert_allclose(logits, logits_of(model, batch), atol=1e-5)


@every_head
def test_the_configuration_gives_the_same_model_again(pooling, more):
    model = tiny_classifier(5, pooling=pooling, dropout=0.3, seed=9, **more)
    again = TransformerClassifier.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    batch = tiny_batch()
    np.testing.assert_array_equal(logits_of(again, batch), logits_of(model, batch))


def test_keras_saves_and_loads_the_model(tmp_path):
    head = {"pooling": "label_attention", "mix_layers": 2, "mlp_dim": 5}
    model = tiny_classifier(family="albert", **head)
    model.load_named_weights(random_weights(model.weights_by_name()))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    batch = tiny_batch()
    np.testing.assert_array_equal(logits_of(again, batch), logits_of(model, batch))


@pytest.mark.parametrize(
    ("precision", "task"), [("bfloat16", "multiclass"), ("float16", "multilabel")]
)
def test_half_precision_trains(precision, task):
    model = tiny_classifier(dtype=f"mixed_{precision}", pooling="mean")
    before = model.named_arrays()
    optimizer = adamw(model.trainable_variables, 0.01, 10)
    if precision == "float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer, loss_for(task), run_eagerly=True, auto_scale_loss=False)
    feed = tiny_feed(two_backends.LENGTHS, two_backends.LABELS[task], 10)
    (batch,) = feed
    losses = [model.train_on_batch(*batch) for _ in range(3)]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    for name, array in model.named_arrays().items():
        assert np.isfinite(array).all(), name
        assert (array != before[name]).any() or name.endswith("key/bias"), name


@pytest.mark.parametrize("pooling", ["pooler", "label_attention", "cnn", "lstm"])
def test_the_encoder_learns_through_any_head(pooling):
    model = tiny_classifier(pooling=pooling, **HEADS[pooling])
    before = model.named_arrays()
    model.compile("adam", loss_for("multiclass"), run_eagerly=True)
    labels = two_backends.LABELS["multiclass"]
    (batch,) = tiny_feed(two_backends.LENGTHS, labels, batch_size=len(labels))
    model.train_on_batch(*batch)
    for name, array in model.named_arrays().items():
        assert (array != before[name]).any() or name.endswith("key/bias"), name


@pytest.mark.parametrize("task", TASKS)
def test_padded_rows_do_not_change_what_a_step_learns(task):
    labels = two_backends.LABELS[task][:3]
    plain, padded = (
        tiny_feed((4, 9, 2), labels, batch_size, buckets=buckets)
        for batch_size, buckets in ((3, None), (8, (20,)))
    )
    learned = []
    for feed in (plain, padded):
        model = tiny_classifier(3 if task == "multiclass" else 2)
        sgd = keras.optimizers.SGD(0.1)
        model.compile(sgd, loss_for(task), run_eagerly=True)
        (batch,) = feed
        loss = model.train_on_batch(*batch)
        learned.append({"loss": loss} | model.named_arrays())
    for name, value in learned[0].items():
        np.testing.assert_allclose(value, learned[1][name], atol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    ("lengths", "pooling", "eagerly"),
    [
        ((4,), "cls", False),
        ((4, 9, 2), "cls", False),
        ((4, 9, 2), "max", True),
        ((4, 9, 2), "label_attention", True),
    ],
)
@pytest.mark.slow
def test_halves_of_a_batch_learn_what_the_whole_learns(lengths, pooling, eagerly):
    learned = []
    for in_halves in (False, True):
        (batch,) = tiny_feed(lengths, two_backends.LABELS["multiclass"][:3], 3)
        model = tiny_classifier(pooling=pooling)
        model.in_halves = in_halves
        before = logits_of(model, batch[0])
        sgd = keras.optimizers.SGD(0.1)
        model.compile(sgd, loss_for("multiclass"), run_eagerly=eagerly)
        loss = model.train_on_batch(*batch)
        learned.append({"logits": before, "loss": loss} | model.named_arrays())
    for name, value in learned[0].items():
        np.testing.assert_allclose(value, learned[1][name], atol=1e-5, err_msg=name)


@every_head
def test_halves_have_the_features_of_the_whole(pooling, more):
    model, batch = tiny_classifier(pooling=pooling, **more), tiny_batch()
    whole = keras.ops.convert_to_numpy(model.features(batch))
    model.in_halves = True
    np.testing.assert_allclose(model.features(batch), whole, atol=1e-5)


@cache
def plain_losses(task):
    return two_backends.losses(task, jit_compile=False)


@one_task_is_enough
def test_a_model_learns(task):
    before, between, after = plain_losses(task)
    assert before > between > after
    assert after < 0.9 * before


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_compiled_steps_are_the_same_on_fixed_shapes(task):
    compiled = two_backends.losses(task, jit_compile=True)
    np.testing.assert_allclose(compiled, plain_losses(task), atol=1e-4)


@pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="this run has the JAX backend already"
)
@pytest.mark.slow
@one_task_is_enough
def test_jax_learns_the_same(task):
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    result = subprocess.run(
        [sys.executable, two_backends.__file__, task],
        env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    found = json.loads(result.stdout.splitlines()[-1])
    assert found["backend"] == "jax"
    np.testing.assert_allclose(found["losses"], plain_losses(task), atol=1e-4)
    for name, logits in two_backends.logits_of_heads().items():
        np.testing.assert_allclose(found["logits"][name], logits, atol=1e-4)


@every_head
def test_states_are_what_the_head_pools(pooling, more):
    model = tiny_classifier(pooling=pooling, **more)
    batch = tiny_batch((8, 5, 3))
    hidden = model.encoder(**batch, first_only=model.head.reads_first_only)
    if model.encoder.with_pool:
        hidden = keras.ops.expand_dims(hidden[1], 1)
    pooled = keras.ops.mean(model.head.pooled(hidden, batch["padding_mask"]), axis=1)
    states = keras.ops.convert_to_numpy(model.states(batch))
    assert states.ndim == 2 and len(states) == 3
    np.testing.assert_allclose(states, pooled, atol=1e-5)
    model.in_halves = True
    halves = keras.ops.convert_to_numpy(model.states(batch))
    np.testing.assert_allclose(halves, states, atol=1e-5)


def test_states_of_windows_are_one_vector_of_a_text():
    model = tiny_classifier(pooling="mean", window_pooling="mean")
    states = model.states(tiny_windows(((8, 8, 5), (8, 2), (6,))))
    assert states.shape == (3, 16)
