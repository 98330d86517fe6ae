"""Encoders: names and sizes of weights, calls, precision, seeds, configuration."""

import json
from dataclasses import replace
from itertools import combinations

import keras
import numpy as np
import pytest
from keras import ops
from tiny_models import FAMILIES, random_weights, tiny_batch, tiny_config

from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder import build_encoder
from kerascls.models.encoder_config import weight_shapes

LENGTHS = (8, 5, 3)
HALF = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}


def hidden_of(encoder, batch, **options) -> np.ndarray:
    return ops.convert_to_numpy(ops.cast(encoder(**batch, **options), "float32"))


def arrays_of(encoder) -> dict[str, np.ndarray]:
    return {
        name: ops.convert_to_numpy(ops.copy(variable))
        for name, variable in encoder.weights_by_name().items()
    }


@pytest.mark.parametrize("with_pool", [False, True])
@pytest.mark.parametrize("embedding_dim", [8, 16])
@pytest.mark.parametrize("family", FAMILIES)
def test_names_and_shapes_are_those_of_the_configuration(
    family, embedding_dim, with_pool
):
    config = tiny_config(family, embedding_dim=embedding_dim)
    encoder = build_encoder(config, with_pool=with_pool)
    variables = encoder.weights_by_name()
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    assert shapes == weight_shapes(config, with_pool)
    named = sorted(id(variable) for variable in variables.values())
    assert named == sorted(id(variable) for variable in encoder.trainable_variables)


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_go_from_one_encoder_to_another(family):
    encoder = build_encoder(tiny_config(family), with_pool=True)
    weights = random_weights(encoder.weights_by_name())
    encoder.load_named_weights(weights)
    for name, array in arrays_of(encoder).items():
        np.testing.assert_array_equal(array, weights[name], err_msg=name)


def test_weights_that_do_not_fit_are_told_and_none_is_set():
    encoder = build_encoder(tiny_config())
    before = arrays_of(encoder)
    weights = random_weights(before, seed=1)
    weights["cls/extra"] = weights.pop("encoder/layer_1/output/dense/bias")
    weights["embeddings/LayerNorm/beta"] = np.zeros(17, np.float32)
    with pytest.raises(CheckpointError, match="3 problems") as caught:
        encoder.load_named_weights(weights)
    assert "missing: encoder/layer_1/output/dense/bias" in str(caught.value)
    assert "unexpected: cls/extra" in str(caught.value)
    assert "LayerNorm/beta is (17,), not (16,)" in str(caught.value)
    for name, array in arrays_of(encoder).items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


def test_only_the_first_ten_problems_are_listed():
    with pytest.raises(CheckpointError, match="37 problems") as caught:
        build_encoder(tiny_config()).load_named_weights({})
    assert str(caught.value).count("missing: ") == 10


@pytest.mark.parametrize("family", FAMILIES)
def test_neither_padding_nor_neighbours_change_a_text(family):
    encoder = build_encoder(tiny_config(family))
    alone = hidden_of(encoder, tiny_batch(LENGTHS[:1]))
    padded = hidden_of(encoder, tiny_batch(LENGTHS, num_tokens=13))
    np.testing.assert_allclose(padded[:1, : LENGTHS[0]], alone, atol=1e-5)


def test_tokens_segments_and_positions_all_count():
    encoder, batch = build_encoder(tiny_config()), tiny_batch((8,))
    plain = hidden_of(encoder, batch)
    for name in ("token_ids", "segment_ids"):
        other = hidden_of(encoder, batch | {name: batch[name][:, ::-1].copy()})
        assert np.abs(other - plain).max() > 0.01, name
    same = {"token_ids": np.full((1, 4), 7), "segment_ids": np.zeros((1, 4), int)}
    hidden = hidden_of(encoder, same | {"padding_mask": np.ones((1, 4), int)})
    assert np.abs(hidden[0, 0] - hidden[0, 1]).max() > 0.01


def test_albert_applies_one_block_as_often_as_it_is_deep():
    shallow, deep = (
        build_encoder(tiny_config("albert", num_layers=layers)) for layers in (1, 3)
    )
    deep.load_named_weights(arrays_of(shallow))
    batch = tiny_batch()
    assert np.abs(hidden_of(deep, batch) - hidden_of(shallow, batch)).max() > 0.01


def test_arrays_are_taken_by_place_and_by_name_in_any_integer_dtype():
    encoder, batch = build_encoder(tiny_config()), tiny_batch()
    expected = hidden_of(encoder, batch)
    by_place = encoder(*(array.astype(np.int64) for array in batch.values()))
    np.testing.assert_array_equal(ops.convert_to_numpy(by_place), expected)
    mask = batch["padding_mask"].astype(bool)
    np.testing.assert_array_equal(
        hidden_of(encoder, batch | {"padding_mask": mask}), expected
    )


def test_too_many_tokens_are_refused_with_their_number():
    encoder = build_encoder(tiny_config(max_positions=8))
    with pytest.raises(SettingsError, match=r"at most 8 tokens.*\(1, 12\)"):
        encoder(**tiny_batch((12,)))


def test_too_many_tokens_are_refused_inside_a_compiled_model():
    encoder = build_encoder(tiny_config(max_positions=8))
    inputs = {
        name: keras.Input((None,), dtype="int32", name=name) for name in tiny_batch()
    }
    model = keras.Model(inputs, encoder(**inputs))
    with pytest.raises(SettingsError, match=r"at most 8 tokens.*\(1, 12\)"):
        model.predict_on_batch(tiny_batch((12,)))


def test_as_many_tokens_as_positions_are_taken():
    assert hidden_of(build_encoder(tiny_config()), tiny_batch((32,))).shape == (
        1,
        32,
        16,
    )


def test_a_text_that_is_no_batch_is_refused():
    row = {name: array[0] for name, array in tiny_batch().items()}
    with pytest.raises(SettingsError, match=r"shape \(batch, tokens\).*\(8,\)"):
        build_encoder(tiny_config())(**row)


def test_the_pooled_vector_is_a_dense_layer_on_the_first_token():
    encoder = build_encoder(tiny_config(), with_pool=True)
    hidden, pooled = map(ops.convert_to_numpy, encoder(**tiny_batch()))
    weights = arrays_of(encoder)
    expected = hidden[:, 0] @ weights["pooler/dense/kernel"]
    expected = np.tanh(expected + weights["pooler/dense/bias"])
    np.testing.assert_allclose(pooled, expected, atol=1e-5)
    shapes = encoder.compute_output_shape((3, 8))
    assert shapes == (hidden.shape, pooled.shape)


@pytest.mark.parametrize("with_pool", [False, True])
@pytest.mark.parametrize("family", ["bert", "albert"])
def test_the_last_layers_are_given_beside_each_other(family, with_pool):
    config, batch = tiny_config(family, num_layers=3), tiny_batch()
    encoder = build_encoder(config, with_pool, num_outputs=2)
    outputs = encoder(**batch)
    shapes = encoder.compute_output_shape((3, 8))
    if with_pool:
        outputs, pooled = outputs
        kernel, bias = list(arrays_of(encoder).values())[-2:]
        expected = np.tanh(ops.convert_to_numpy(outputs)[:, 0, 16:] @ kernel + bias)
        np.testing.assert_allclose(pooled, expected, atol=1e-5)
        shapes = shapes[0]
    assert tuple(outputs.shape) == shapes == (3, 8, 32)
    for num_layers, part in ((2, outputs[..., :16]), (3, outputs[..., 16:])):
        lower = build_encoder(replace(config, num_layers=num_layers))
        weights = arrays_of(encoder)
        names = lower.weights_by_name()
        lower.load_named_weights({name: weights[name] for name in names})
        np.testing.assert_allclose(hidden_of(lower, batch), part, atol=1e-6)


@pytest.mark.parametrize("num_outputs", [1, 2])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_first_token_alone_is_that_of_the_whole(family, num_outputs):
    encoder = build_encoder(
        tiny_config(family), with_pool=True, num_outputs=num_outputs
    )
    batch = tiny_batch()
    whole, pooled = map(ops.convert_to_numpy, encoder(**batch))
    first, same = map(ops.convert_to_numpy, encoder(**batch, first_only=True))
    np.testing.assert_allclose(first, whole[:, :1], atol=1e-5)
    np.testing.assert_allclose(same, pooled, atol=1e-5)


@pytest.mark.parametrize("num_outputs", [0, 3])
def test_more_outputs_than_layers_are_refused(num_outputs):
    told = f"from 1 to 2, the layers.*num_outputs={num_outputs}"
    with pytest.raises(SettingsError, match=told):
        build_encoder(tiny_config(), num_outputs=num_outputs)


@pytest.mark.parametrize("policy", HALF)
def test_half_precision_computes_in_half_with_float32_weights(policy):
    full = build_encoder(tiny_config())
    half = build_encoder(tiny_config(), dtype=policy)
    half.load_named_weights(arrays_of(full))
    assert {variable.dtype for variable in half.trainable_variables} == {"float32"}
    outputs = half(**tiny_batch())
    assert keras.backend.standardize_dtype(outputs.dtype) == HALF[policy]
    # A product of matrices that was rounded only at the end would be nearer.
    error = np.abs(hidden_of(half, tiny_batch()) - hidden_of(full, tiny_batch()))
    assert 1e-5 < error.max() < 0.1


@pytest.mark.parametrize("policy", ["float32", *HALF])
def test_a_row_of_padding_alone_stays_finite(policy):
    encoder, batch = build_encoder(tiny_config(), dtype=policy), tiny_batch()
    mask = batch["padding_mask"] * [[1], [0], [1]]
    assert np.isfinite(hidden_of(encoder, batch | {"padding_mask": mask})).all()


def test_one_seed_fixes_weights_and_dropout():
    config, batch = tiny_config(dropout=0.1, attention_dropout=0.1), tiny_batch()
    one, same, other = (build_encoder(config, seed=seed) for seed in (7, 7, 8))
    for name, array in arrays_of(one).items():
        np.testing.assert_array_equal(array, arrays_of(same)[name], err_msg=name)
    trained = [hidden_of(encoder, batch, training=True) for encoder in (one, same)]
    np.testing.assert_array_equal(*trained)
    assert np.abs(trained[0] - hidden_of(one, batch)).max() > 0.01
    assert np.abs(hidden_of(one, batch) - hidden_of(other, batch)).max() > 0.01


def test_no_two_layers_start_equal():
    encoder = build_encoder(tiny_config(dropout=0.1, attention_dropout=0.1))
    kernels = [a for name, a in arrays_of(encoder).items() if name.endswith("kernel")]
    for one, other in combinations(kernels, 2):
        assert one.shape != other.shape or np.abs(one - other).max() > 0.01
    states = map(ops.copy, encoder.non_trainable_variables)
    seeds = [tuple(ops.convert_to_numpy(state)) for state in states]
    assert len(set(seeds)) == len(seeds) == 7


@pytest.mark.parametrize("family", FAMILIES)
def test_the_configuration_gives_the_same_encoder_again(family):
    options = {"with_pool": True, "seed": 5, "num_outputs": 2}
    options["dtype"] = "mixed_float16"
    encoder = build_encoder(tiny_config(family), **options)
    config = json.loads(json.dumps(encoder.get_config()))
    again = type(encoder).from_config(config)
    assert again.get_config() == encoder.get_config()
    for name, array in arrays_of(encoder).items():
        np.testing.assert_array_equal(array, arrays_of(again)[name], err_msg=name)
