"""The rows of tokens in the texts, trained alone, give what training all rows gives."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest
import used_row_cases
from safetensors.numpy import load_file
from tiny_jobs import KillAt, Killed, check_equal
from tiny_models import FAMILIES, tiny_batch
from used_row_cases import NUM_UPDATES, STRONG, USED, learned, start, steps

from kerascls.experiments.rising_rates import losses_at_rising_rates
from kerascls.models.backend.compute import Compute
from kerascls.settings.training import TrainSettings
from kerascls.training import used_rows
from kerascls.training.build import build_classifier
from kerascls.training.used_rows import TABLE, UsedRowsModel, used_ids, with_used_rows

UNUSED = np.setdiff1d(np.arange(40), USED)


@pytest.fixture
def at_once(eagerly):
    """Runs a test without tracing."""
    with eagerly():
        yield


@pytest.fixture
def always(monkeypatch):
    """Trains the rows of texts alone, however few others there are."""
    monkeypatch.setattr(used_rows, "SPARED_AT_LEAST", 1)


CASES = {
    "as usual": {},
    "parts": {"accumulate_steps": 2},
    "slower layers, clipped": {"layer_decay": 0.5, "clip_norm": 0.01},
    "averages": {"ema_momentum": 0.9},
    "FGM, R-Drop, parts": {"fgm": 0.5, "r_drop": 1.0, "accumulate_steps": 2},
    "no decay": {"weight_decay": 0.0},
    "bfloat16": {"precision": "bfloat16"},
    "float16": {"precision": "float16", "ema_momentum": 0.9},
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
@pytest.mark.slow
def test_all_weights_are_those_of_a_training_of_all_rows(at_once, case):
    check_close(learned(True, **case), learned(False, **case))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.slow
def test_every_family_trains_the_same(at_once, family):
    check_close(learned(True, family=family), learned(False, family=family))


def check_close(found, expected):
    assert found.keys() == expected.keys()
    before = start().named_arrays()[TABLE]
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, atol=2e-6, err_msg=name)
    if before.shape == expected[TABLE].shape:
        assert np.abs(expected[TABLE] - before)[list(USED[4:])].max() > 0.05


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="jax is not installed")
def test_jax_trains_the_same():
    cases = [CASES[name] for name in ("as usual", "averages", "FGM, R-Drop, parts")]
    result = subprocess.run(
        [sys.executable, used_row_cases.__file__, json.dumps({"cases": cases})],
        env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    assert max(json.loads(result.stdout.splitlines()[-1])) < 2e-5


def gradients_at(weights, batch):
    """The gradients of all weights by name, the table's as a dense one, of numpy."""
    tf = pytest.importorskip("tensorflow")
    model = start()
    model.load_named_weights(weights)
    inputs, targets, shares = batch
    with tf.GradientTape() as tape:
        losses = keras.ops.categorical_crossentropy(
            targets, model(inputs), from_logits=True
        )
        loss = tf.reduce_sum(losses * shares)
    names = model.weights_by_name()
    found = tape.gradient(loss, [variable.value for variable in names.values()])
    found = map(tf.convert_to_tensor, found)
    return {name: np.float64(array) for name, array in zip(names, found, strict=True)}


def test_updates_are_those_of_adamw_on_the_dense_table_in_numpy(at_once):
    weights = {n: np.float64(w) for n, w in start().named_arrays().items()}
    first = {name: np.zeros_like(array) for name, array in weights.items()}
    second = {name: np.zeros_like(array) for name, array in weights.items()}
    clip, rate, decay = 0.5, STRONG["learning_rate"], STRONG["weight_decay"]
    for update, batch in enumerate(steps(), start=1):
        gradients = gradients_at(weights, batch)
        norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
        assert norm > clip
        # Linear decay over one update more than there are.
        lr = rate * (NUM_UPDATES + 2 - update) / (NUM_UPDATES + 1)
        for name, gradient in gradients.items():
            gradient = gradient * clip / norm
            first[name] = 0.9 * first[name] + 0.1 * gradient
            second[name] = 0.999 * second[name] + 0.001 * gradient**2
            if gradient.ndim > 1:
                weights[name] -= lr * decay * weights[name]
            step = lr * np.sqrt(1 - 0.999**update) / (1 - 0.9**update)
            weights[name] -= step * first[name] / (np.sqrt(second[name]) + 1e-6)
    model = start()
    trained = UsedRowsModel(model, USED)
    compiled = used_row_cases.compiled(trained, TrainSettings(**STRONG, clip_norm=clip))
    for batch in steps():
        compiled.train_on_batch(*batch)
    trained.give_to(model)
    found = model.named_arrays()[TABLE]
    np.testing.assert_allclose(found, weights[TABLE], atol=2e-5)
    # Rows without gradient are decayed, and nothing else.
    shrunk = start().named_arrays()[TABLE][UNUSED]
    assert 0.8 < np.mean(found[UNUSED] / shrunk) < 0.9


def test_without_decay_other_rows_keep_every_bit():
    model = start()
    before = model.named_arrays()[TABLE]
    UsedRowsModel(model, USED).give_to(model)
    np.testing.assert_array_equal(model.named_arrays()[TABLE], before)


def test_it_says_what_the_whole_classifier_says_of_its_tokens():
    model, (inputs, *_) = start(), next(steps())
    np.testing.assert_allclose(
        UsedRowsModel(model, USED)(inputs), model(inputs), atol=1e-6
    )


def test_callbacks_find_the_head_but_nothing_that_ids_would_look_up_wrongly():
    model = UsedRowsModel(start(), USED)
    assert model.head is model.model.head
    assert not hasattr(model, "encoder") and not hasattr(model, "named_arrays")


def test_texts_with_other_tokens_get_no_number():
    inputs = tiny_batch((4, 4))
    inputs["token_ids"][:] = USED[4]
    inputs["token_ids"][1, 2] = UNUSED[0]
    first, second = np.asarray(UsedRowsModel(start(), USED)(inputs))
    assert np.isfinite(first).all()
    assert np.isnan(second).all()


def test_used_are_special_tokens_and_those_of_train_and_valid(multilabel_job):
    tokenizer = multilabel_job.start.tokenizer
    ids = used_ids(multilabel_job, tokenizer.vocab_size)
    assert {tokenizer.cls_id, tokenizer.sep_id, tokenizer.pad_id} <= set(ids)
    for part in ("train", "valid"):
        assert np.isin(multilabel_job.stores[part].token_ids, ids).all()
    assert len(ids) < tokenizer.vocab_size


def model_for(job):
    return build_classifier(job, Compute("tensorflow", "cpu", "float32", False))


def test_people_are_told_how_many_rows_are_trained(multilabel_job, always, said):
    num_rows = multilabel_job.start.tokenizer.vocab_size
    trained = with_used_rows(multilabel_job, model_for(multilabel_job))
    assert trained.num_rows < num_rows
    assert f"{trained.num_rows} of {num_rows} rows are of tokens in train" in said[-1]


@pytest.mark.parametrize("settings", [{"freeze_layers": 1}, {"freeze_encoder": True}])
def test_frozen_rows_are_left_in_their_table(multilabel_job, always, settings):
    settings = multilabel_job.settings.with_options(**settings)
    job = replace(multilabel_job, settings=settings)
    model = model_for(job)
    assert with_used_rows(job, model) is model


def test_a_small_table_is_trained_as_a_whole(multilabel_job):
    model = model_for(multilabel_job)
    assert with_used_rows(multilabel_job, model) is model


def test_a_run_trains_few_rows_and_ships_all(
    at_once, always, multilabel_job, tmp_path, monkeypatch
):
    found = multilabel_job.train(tmp_path / "some")
    assert found.facts["embedding_rows"] < multilabel_job.start.tokenizer.vocab_size
    monkeypatch.undo()
    whole = multilabel_job.train(tmp_path / "all")
    assert "embedding_rows" not in whole.facts
    np.testing.assert_allclose(found.valid_logits, whole.valid_logits, atol=1e-3)
    for name in ("some", "all"):
        (tmp_path / name / "model").mkdir()
    found.write_model(tmp_path / "some" / "model")
    whole.write_model(tmp_path / "all" / "model")
    some, others = (
        load_file(tmp_path / name / "model" / "model.safetensors")
        for name in ("some", "all")
    )
    assert some[TABLE].shape == others[TABLE].shape
    np.testing.assert_allclose(some[TABLE], others[TABLE], atol=1e-3)


def killed(job, out, step, **options):
    with pytest.raises(Killed):
        job.fit(out, callbacks=[KillAt(step)], save_steps=1, **options)


@pytest.mark.slow
def test_a_killed_fit_goes_on_to_the_same_end(
    at_once, always, multilabel_job, tmp_path
):
    options = {"save_steps": 1, "ema_momentum": 0.9}
    expected = multilabel_job.fit(tmp_path / "whole", **options)
    killed(multilabel_job, tmp_path / "cut", 6, ema_momentum=0.9)
    found = multilabel_job.fit(tmp_path / "cut", True, **options)
    check_equal(found.model.named_arrays(), expected.model.named_arrays())
    assert found.embedding_rows == expected.embedding_rows
    assert found.embedding_rows is not None


@pytest.mark.slow
def test_what_was_trained_as_a_whole_goes_on_as_a_whole(
    at_once, multilabel_job, tmp_path, monkeypatch
):
    expected = multilabel_job.fit(tmp_path / "whole", save_steps=1)
    killed(multilabel_job, tmp_path / "cut", 6)
    monkeypatch.setattr(used_rows, "SPARED_AT_LEAST", 1)
    found = multilabel_job.fit(tmp_path / "cut", True, save_steps=1)
    assert found.embedding_rows is None
    check_equal(found.model.named_arrays(), expected.model.named_arrays())


def test_rising_rates_find_the_same_losses(at_once, multilabel_job, monkeypatch):
    settings = multilabel_job.settings.with_options(dropout=0.0)
    job, rates = replace(multilabel_job, settings=settings), np.geomspace(1e-3, 0.1, 3)
    found = []
    for spared in (10**9, 1):
        monkeypatch.setattr(used_rows, "SPARED_AT_LEAST", spared)
        found.append(losses_at_rising_rates(job, rates, lambda losses: False))
    np.testing.assert_allclose(*found, rtol=1e-4)
