"""Lazy Adam: rows with a gradient move by its rule, all others stay as they are."""

import keras
import numpy as np
import pytest
import update_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from update_cases import assert_same, learned_elsewhere

from kerascls.errors import SettingsError
from kerascls.training.optimizers.adamw import AdamW
from kerascls.training.optimizers.fine_tuning import adamw
from kerascls.training.optimizers.lazy_rows import is_lazy, is_rows, summed_rows
from kerascls.training.state import put_snapshot, take_snapshot

ROWS, WIDTH = 7, 3
RATE, DECAY, LIMIT = 0.1, 0.5, 0.7


def table_and_bias() -> list[keras.Variable]:
    random = np.random.default_rng(0)
    table = keras.Variable(random.standard_normal((ROWS, WIDTH)).astype("f4"))
    table.lazy_rows = True
    return [table, keras.Variable(np.ones(WIDTH, "f4"))]


def optimizer_of(variables, **options) -> AdamW:
    optimizer = adamw(
        variables, RATE, 10**9, 1e-9, weight_decay=DECAY, clip_norm=LIMIT, **options
    )
    optimizer.gathers_rows = True
    return optimizer


def as_rows(ids, values):
    """The gradient of some rows as TensorFlow has it: each as often as it occurs."""
    import tensorflow as tf

    values = tf.constant(values, tf.float32)
    return tf.IndexedSlices(values, tf.constant(ids, tf.int32), (ROWS, WIDTH))


def as_table(ids, values) -> np.ndarray:
    table = np.zeros((ROWS, WIDTH), np.float64)
    np.add.at(table, list(ids), np.array(values))
    return table


def by_numpy(steps) -> np.ndarray:
    """The rule, written once more: on a whole table, in float64."""
    table, bias = (ops.convert_to_numpy(v).astype("f8") for v in table_and_bias())
    first, second = np.zeros_like(table), np.zeros_like(table)
    for step, (ids, values) in enumerate(steps, 1):
        gradient = as_table(ids, values)
        norm = np.sqrt((gradient**2).sum() + bias.size)  # the bias' gradient is ones
        gradient *= LIMIT / max(norm, LIMIT)
        has = (gradient != 0).any(axis=1)
        first[has] += (gradient[has] - first[has]) * (1 - 0.9)
        second[has] += (gradient[has] ** 2 - second[has]) * (1 - 0.999)
        rate = RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        table[has] *= 1 - RATE * DECAY
        table[has] -= rate * first[has] / (np.sqrt(second[has]) + 1e-6)
    return table


def after(steps, gradient=as_rows, **options) -> tuple[np.ndarray, AdamW]:
    variables = table_and_bias()
    optimizer = optimizer_of(variables, **options)
    for ids, values in steps:
        optimizer.apply([gradient(ids, values), ops.ones(WIDTH)], variables)
    return ops.convert_to_numpy(variables[0]), optimizer


def dense_gradient(ids, values):
    return ops.convert_to_tensor(as_table(ids, values).astype("f4"))


entries = st.lists(
    st.tuples(
        st.integers(0, ROWS - 1),
        # Halves of whole numbers: they add up to zero in any order, or to none at all.
        st.tuples(*[st.integers(-4, 4).map(lambda whole: whole / 2)] * WIDTH),
    ),
    min_size=1,
    max_size=12,
)
batches = st.lists(entries.map(lambda rows: tuple(zip(*rows, strict=True))), max_size=5)


@settings(max_examples=30, deadline=None)
@given(batches)
def test_rows_move_by_the_rule_and_repeated_ones_once_by_their_sum(steps):
    expected = by_numpy(steps)
    np.testing.assert_allclose(after(steps)[0], expected, atol=2e-5)
    np.testing.assert_allclose(after(steps, dense_gradient)[0], expected, atol=2e-5)


STEPS = [((1, 4, 1), np.ones((3, WIDTH))), ((4,), np.full((1, WIDTH), -2.0))]


@pytest.mark.parametrize("gradient", [as_rows, dense_gradient])
def test_rows_without_a_gradient_keep_every_bit_and_have_no_moments(gradient):
    before = ops.convert_to_numpy(table_and_bias()[0])
    table, optimizer = after(STEPS, gradient)
    others = [0, 2, 3, 5, 6]
    np.testing.assert_array_equal(table[others], before[others])
    for moments in (optimizer._momentums[0], optimizer._velocities[0]):
        array = ops.convert_to_numpy(moments)
        assert not array[others].any() and array[[1, 4]].all()


def test_moments_of_a_row_wait_until_it_occurs_again():
    once, optimizer = after(STEPS[:1])
    moments = ops.convert_to_numpy(ops.copy(optimizer._momentums[0]))[1]
    twice, optimizer = after(STEPS)
    np.testing.assert_array_equal(once[1], twice[1])
    np.testing.assert_array_equal(
        ops.convert_to_numpy(optimizer._momentums[0])[1], moments
    )


def test_sums_of_rows_have_each_once_and_none_that_is_zero():
    rows = summed_rows(
        as_rows([5, 2, 5, 3], [[1, 1, 1], [0, 0, 0], [2, 0, -1], [1] * 3])
    )
    assert is_rows(rows)
    found = dict(
        zip(rows.indices.numpy().tolist(), rows.values.numpy().tolist(), strict=True)
    )
    assert found == {5: [3, 1, 0], 3: [1, 1, 1]}


def test_only_tables_that_say_so_are_updated_lazily():
    table, bias = table_and_bias()
    assert is_lazy(table) and not is_lazy(bias)
    assert optimizer_of([bias, table]).lazy == (1,)
    plain = keras.Variable(np.ones((ROWS, WIDTH), "f4"))
    optimizer = optimizer_of([plain])
    optimizer.apply([as_rows([1], np.ones((1, WIDTH)))], [plain])
    assert np.all(ops.convert_to_numpy(plain) < 1)  # decayed


def test_amsgrad_has_no_lazy_form():
    with pytest.raises(SettingsError, match="amsgrad=True, lazy="):
        AdamW(lazy=[0], amsgrad=True).build(table_and_bias())


@pytest.mark.parametrize(("kind", "scaled"), [("halves", True), ("uneven", False)])
def test_parts_of_a_batch_move_the_rows_of_the_whole(kind, scaled):
    whole = update_cases.learned("whole", lazy=True, run_eagerly=True)
    parts = update_cases.learned(kind, scaled, lazy=True, run_eagerly=True)
    assert_same(parts, whole)


CASES = [
    {"kind": "whole", "lazy": True},
    {"kind": "halves", "lazy": True},
    {"kind": "whole", "lazy": True, "regularized": {"fgm": 0.5}},
]


@pytest.mark.slow
@pytest.mark.parametrize(("backend", "devices"), [("jax", 1), ("tensorflow", 2)])
# Each in a process of its own: TensorFlow's devices took the sums of one for another's.
@pytest.mark.parametrize("case", CASES, ids=["whole", "halves", "fgm"])
def test_other_backends_and_two_devices_learn_the_same(backend, devices, case):
    (learned,) = learned_elsewhere(backend, devices=devices, cases=[case])
    assert_same(learned, update_cases.learned(**case, run_eagerly=True), atol=5e-6)


@pytest.mark.slow
def test_a_compiled_step_does_the_same():
    expected = update_cases.learned("whole", lazy=True, run_eagerly=True)
    for scaled in (False, True):
        learned = update_cases.learned("whole", scaled, lazy=True, jit_compile=True)
        assert_same(learned, expected)


def test_a_snapshot_goes_on_to_the_same_bits():
    def trained(model, batches):
        for batch in batches:
            model.train_on_batch(*batch)
        return model.get_weights()

    def fresh():
        model = update_cases.tiny_model()
        model.trainable_variables[0].lazy_rows = True
        optimizer = update_cases.optimizer_for(model, (8,))
        model.compile(optimizer, "categorical_crossentropy", run_eagerly=True)
        optimizer.build(model.trainable_variables)
        return model

    steps = list(update_cases.batches((3, 3, 2)))
    whole, other = fresh(), fresh()
    trained(whole, steps[:4])
    put_snapshot(other, take_snapshot(whole), ("model", "optimizer"))
    for one, two in zip(
        trained(whole, steps[4:]), trained(other, steps[4:]), strict=True
    ):
        np.testing.assert_array_equal(one, two)
