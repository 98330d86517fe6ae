"""Heads: how hidden states become logits."""

import json
from itertools import product

import keras
import numpy as np
import pytest
from keras import ops
from tiny_models import random_weights, tiny_batch

from kerascls.errors import SettingsError
from kerascls.models.heads import ClassificationHead
from kerascls.models.registry import POOLINGS

MASK = tiny_batch()["padding_mask"]
HIDDEN = np.random.default_rng(0).standard_normal((*MASK.shape, 32), np.float32)
MORE = {"plain": {}, "with more": {"mix_layers": 2, "mlp_dim": 5}}
HEADS = {
    f"{pooling}, {name}": {"pooling": pooling, **more}
    for pooling, (name, more) in product(POOLINGS, MORE.items())
    if (pooling, name) != ("pooler", "with more")
}
every_head = pytest.mark.parametrize("options", HEADS.values(), ids=HEADS)
every_pooling = pytest.mark.parametrize("pooling", POOLINGS)


def head_of(pooling="cls", **options) -> ClassificationHead:
    """A head of 3 classes whose weights are all large enough to tell."""
    head = ClassificationHead(3, 16, pooling, **options)
    weights = random_weights(head.weights_by_name(), seed=4)
    for name, variable in head.weights_by_name().items():
        variable.assign(3 * weights[name])
    return head


def hidden_for(head):
    return HIDDEN[:, :, : 16 * head.mix_layers]


def logits_of(head, hidden, mask=MASK, **options) -> np.ndarray:
    return ops.convert_to_numpy(head(hidden, mask, **options))


def arrays_of(head) -> dict[str, np.ndarray]:
    return {
        name: ops.convert_to_numpy(ops.copy(variable))
        for name, variable in head.weights_by_name().items()
    }


def expected_logits(head, pooled):
    kernel, bias = list(arrays_of(head).values())[-2:]
    return pooled @ kernel + bias


@pytest.mark.parametrize("pooling", ["cls", "pooler"])
def test_the_first_token_is_taken(pooling):
    head = head_of(pooling)
    hidden = hidden_for(head)
    np.testing.assert_allclose(
        logits_of(head, hidden), expected_logits(head, hidden[:, 0]), atol=1e-5
    )


@pytest.mark.parametrize("pooling", ["mean", "max"])
def test_mean_and_maximum_are_of_real_tokens_only(pooling):
    head = head_of(pooling)
    hidden = hidden_for(head)
    pooled = [
        getattr(row[mask == 1], pooling)(axis=0)
        for row, mask in zip(hidden, MASK, strict=True)
    ]
    np.testing.assert_allclose(
        logits_of(head, hidden), expected_logits(head, np.array(pooled)), atol=1e-5
    )


def test_attention_of_equal_scores_is_the_mean_and_learns_to_differ():
    head, mean = head_of("attention"), head_of("mean")
    hidden = hidden_for(head)
    mean.dense.set_weights(head.dense.get_weights())
    assert np.abs(logits_of(head, hidden) - logits_of(mean, hidden)).max() > 0.1
    head.pool.query.assign(np.zeros((16, 1)))
    np.testing.assert_allclose(
        logits_of(head, hidden), logits_of(mean, hidden), atol=1e-5
    )


def test_every_label_has_its_own_attention_and_its_own_column():
    labels = head_of("label_attention")
    weights = arrays_of(labels)
    hidden = hidden_for(labels)
    found = logits_of(labels, hidden)
    for column in range(3):
        head = ClassificationHead(1, 16, "attention")
        for name, variable in head.weights_by_name().items():
            variable.assign(weights[name][..., column : column + 1])
        np.testing.assert_allclose(
            logits_of(head, hidden), found[:, column : column + 1], atol=1e-5
        )


@pytest.mark.parametrize("pooling", ["cls", "label_attention"])
def test_the_mlp_is_a_relu_layer_before_the_last(pooling):
    head, plain = head_of(pooling, mlp_dim=5), head_of(pooling)
    hidden = hidden_for(head)
    plain.dense.set_weights([np.eye(16, 3), np.zeros(3)])
    kernel, bias = arrays_of(head)["head/mlp/kernel"], arrays_of(head)["head/mlp/bias"]
    if pooling == "cls":
        units = np.maximum(hidden[:, 0] @ kernel + bias, 0)
        expected = expected_logits(head, units)
    else:
        head.pool.query.assign(plain.pool.query)
        text = ops.convert_to_numpy(head.pool(hidden, MASK))
        units = np.maximum(text @ kernel + bias, 0)  # (batch, classes, units)
        last, offset = list(arrays_of(head).values())[-2:]
        expected = np.einsum("bcu,uc->bc", units, last) + offset
    assert (units == 0).any() and (units > 0).any()
    np.testing.assert_allclose(logits_of(head, hidden), expected, atol=1e-4)


@pytest.mark.parametrize("pooling", [name for name in POOLINGS if name != "pooler"])
def test_a_mix_of_a_layer_with_itself_is_that_layer(pooling):
    mixed, plain = head_of(pooling, mix_layers=2), head_of(pooling)
    plain_names = plain.weights_by_name()
    for name, array in arrays_of(mixed).items():
        if name in plain_names:
            plain_names[name].assign(array)
    mixed.mix.gamma.assign(1.0)
    once = HIDDEN[:, :, :16]
    twice = np.concatenate([once, once], axis=-1)
    np.testing.assert_allclose(
        logits_of(mixed, twice), logits_of(plain, once), rtol=1e-5, atol=1e-5
    )
    assert np.abs(logits_of(mixed, HIDDEN) - logits_of(plain, once)).max() > 0.1


@every_head
def test_logits_do_not_depend_on_neighbours_or_padding(options):
    head = head_of(**options)
    hidden = hidden_for(head)
    together = logits_of(head, np.where(MASK[:, :, None] == 1, hidden, 99.0))
    for row, length in enumerate(MASK.sum(axis=1)):
        alone = hidden[row : row + 1, :length]
        logits = logits_of(head, alone, np.ones((1, length), np.int32))
        np.testing.assert_allclose(logits[0], together[row], atol=1e-5)
    assert np.ptp(together, axis=0).min() > 0.1


@every_head
def test_a_summary_gives_the_logits_of_the_whole(options):
    head = head_of(**options)
    hidden = hidden_for(head)
    summary = ops.convert_to_numpy(head.summary(hidden, MASK))
    expected = logits_of(head, hidden)
    if head.pools_beforehand:
        assert summary.shape == (3, 1, hidden.shape[-1])
        ones = np.ones((3, 1), np.int32)
        np.testing.assert_array_equal(logits_of(head, summary, ones), expected)
    else:
        np.testing.assert_array_equal(summary, hidden)
        assert options["pooling"] == "max" or POOLINGS[options["pooling"]].has_weights


def test_only_what_is_linear_is_pooled_before_layers_are_mixed():
    before = {
        name
        for name in POOLINGS
        for mixing in [2 if name != "pooler" else 1]
        if ClassificationHead(3, 16, name, mix_layers=mixing).pools_beforehand
    }
    assert before == {"cls", "pooler", "mean"}
    assert ClassificationHead(3, 16, "max").pools_beforehand


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@every_pooling
def test_logits_are_finite_float32_in_half_precision(pooling, policy):
    options = {"mlp_dim": 5, "mix_layers": 1 if pooling == "pooler" else 2}
    head = head_of(pooling, **options, dtype=policy)
    hidden = ops.cast(hidden_for(head) * 20, head.compute_dtype)
    logits = head(hidden, MASK)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    full = logits_of(head_of(pooling, **options), hidden_for(head) * 20)
    np.testing.assert_allclose(logits, full, atol=0.05 * np.abs(full).max())
    shapes = ((None, None, hidden.shape[-1]), (None, None))
    symbolic = head(*map(keras.KerasTensor, shapes))
    assert (symbolic.shape, symbolic.dtype) == ((None, 3), "float32")


@every_head
def test_every_weight_learns(options):
    head = head_of(**options)
    before = arrays_of(head)
    width = 16 * head.mix_layers
    inputs = [keras.Input((None, width)), keras.Input((None,), dtype="int32")]
    model = keras.Model(inputs, head(*inputs))
    model.compile("sgd", "mean_squared_error", run_eagerly=True)
    loss = model.train_on_batch([hidden_for(head), MASK], np.eye(3))
    assert np.isfinite(loss)
    for name, array in arrays_of(head).items():
        assert (array != before[name]).any(), name
        assert np.isfinite(array).all(), name


@every_pooling
def test_dropout_works_in_training_only(pooling):
    head = head_of(pooling, dropout=0.5)
    hidden = hidden_for(head)
    plain, again = logits_of(head, hidden), logits_of(head, hidden)
    np.testing.assert_array_equal(plain, again)
    trained = logits_of(head, hidden, training=True)
    assert np.abs(trained - plain).max() > 0.01


def test_units_behind_the_relu_are_dropped_too():
    head = head_of(mlp_dim=5, dropout=0.5)
    head.dropout.rate = 0.0
    hidden = hidden_for(head)
    trained = logits_of(head, hidden, training=True)
    assert np.abs(trained - logits_of(head, hidden)).max() > 0.01


@pytest.mark.parametrize("seed", [0, 2**31 - 1])
def test_one_seed_fixes_weights_and_dropout(seed):
    options = {"mix_layers": 2, "mlp_dim": 5, "dropout": 0.3, "seed": seed}
    one, other = (ClassificationHead(3, 16, "attention", **options) for _ in range(2))
    np.testing.assert_array_equal(
        logits_of(one, HIDDEN, training=True), logits_of(other, HIDDEN, training=True)
    )


def test_every_part_has_its_own_seed():
    options = {"hidden_dim": 3, "mlp_dim": 3, "dropout": 0.5}
    head = ClassificationHead(3, pooling="label_attention", **options)
    arrays = arrays_of(head)
    queries, last = arrays["head/attention/query"], arrays["classifier/kernel"]
    assert np.abs(queries - last).max() > 1e-3
    states = [head.dropout.seed_generator.state, head.mlp_dropout.seed_generator.state]
    one, other = (ops.convert_to_numpy(ops.copy(state)) for state in states)
    assert (one != other).any()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"pooling": "min"}, "cls, pooler, mean, max, .*pooling='min'"),
        ({"mix_layers": 0}, "`mix_layers`.*at least 1.*mix_layers=0"),
        ({"mix_layers": None}, "`mix_layers`.*mix_layers=None"),
        ({"mlp_dim": 0}, "`mlp_dim`.*at least 1.*mlp_dim=0"),
        ({"mlp_dim": 2.5}, "`mlp_dim`.*mlp_dim=2.5"),
        ({"pooling": "pooler", "mix_layers": 2}, "pooler.*mix_layers=2.*'cls'"),
    ],
)
def test_what_cannot_be_is_refused(options, told):
    with pytest.raises(SettingsError, match=told):
        ClassificationHead(3, 16, **options)


@every_head
def test_the_configuration_gives_the_same_head_again(options):
    given = {"dropout": 0.3, "initializer_range": 0.5, "seed": 9}
    head = ClassificationHead(3, 16, **given, **options, dtype="mixed_bfloat16")
    config = json.loads(json.dumps(head.get_config()))
    again = ClassificationHead.from_config(config)
    assert again.get_config() == head.get_config()
    hidden = hidden_for(head)
    np.testing.assert_array_equal(logits_of(again, hidden), logits_of(head, hidden))


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, {}),
        (
            {"pooling": "attention", "mix_layers": 2},
            {
                "head/attention/query": (16, 1),
                "head/mix/weights": (2,),
                "head/mix/gamma": (),
            },
        ),
        (
            {"pooling": "label_attention", "mlp_dim": 5},
            {
                "head/attention/query": (16, 3),
                "head/mlp/kernel": (16, 5),
                "head/mlp/bias": (5,),
                "classifier/kernel": (5, 3),
            },
        ),
        (
            {"pooling": "cnn", "window_pooling": "lstm", "mlp_dim": 5},
            {
                **{f"head/cnn/width_{n}/kernel": (n, 16, 100) for n in (2, 3, 4)},
                **{f"head/cnn/width_{n}/bias": (100,) for n in (2, 3, 4)},
                **{
                    f"head/windows/lstm/{direction}/{name}": shape
                    for direction in ("forward", "backward")
                    for name, shape in {
                        "kernel": (300, 512),
                        "recurrent_kernel": (128, 512),
                        "bias": (512,),
                    }.items()
                },
                "head/mlp/kernel": (256, 5),
                "head/mlp/bias": (5,),
                "classifier/kernel": (5, 3),
            },
        ),
    ],
    ids=["plain", "mix", "labels", "sequences"],
)
def test_weights_have_the_stable_names(options, more):
    head = ClassificationHead(3, 16, **options)
    variables = head.weights_by_name()
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    assert shapes == {"classifier/kernel": (16, 3), "classifier/bias": (3,)} | more
    assert len(shapes) == len(head.trainable_variables)


@pytest.mark.parametrize("pooling", ["mean", "label_attention"])
@pytest.mark.parametrize("log_odds", [True, False])
def test_the_first_answers_are_the_frequencies(pooling, log_odds):
    head = ClassificationHead(3, 16, pooling, initializer_range=1e-9)
    frequencies = np.array([0.7, 0.2, 0.1])
    head.start_at(frequencies, log_odds)
    hidden, mask = np.ones((2, 4, 16), np.float32), np.ones((2, 4), np.int32)
    logits = head(hidden, mask)
    found = keras.ops.sigmoid(logits) if log_odds else keras.ops.softmax(logits)
    np.testing.assert_allclose(found, np.stack([frequencies] * 2), atol=1e-5)


@every_head
def test_logits_are_made_of_the_pooled_vectors(options):
    head = head_of(**options)
    pooled = head.pooled(hidden_for(head), MASK)
    per_label = options["pooling"] == "label_attention"
    assert pooled.shape[:2] == (len(MASK), 3 if per_label else 1)
    vectors = pooled if per_label else pooled[:, 0]
    if head.mlp is not None:
        vectors = head.mlp(vectors)
    expected = ops.convert_to_numpy(head.dense(vectors))
    np.testing.assert_allclose(logits_of(head, hidden_for(head)), expected, atol=1e-5)
