import keras
import numpy as np
import pytest

from kerascls.models.registry import ACTIVATIONS, POOLINGS
from kerascls.system.tables import named

HIDDEN = np.random.default_rng(0).normal(size=(2, 4, 6)).astype(np.float32)
MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], np.int32)


def layer_of(name: str):
    row = POOLINGS[name]
    pool = named(row.layer)
    if not row.has_weights:
        return pool
    queries = 3 if row.per_label else 1
    return pool(queries, 6, keras.initializers.TruncatedNormal(seed=1))


def pooled(name: str, hidden: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(layer_of(name)(hidden, MASK))


@pytest.mark.parametrize("name", POOLINGS)
def test_a_pooling_returns_vectors_of_the_width_it_says(name):
    row = POOLINGS[name]
    width = layer_of(name).output_dim if row.has_weights else 6
    assert pooled(name, HIDDEN).shape == (2, 3 if row.per_label else 1, width)


@pytest.mark.parametrize("name", POOLINGS)
def test_first_only_poolings_and_no_others_ignore_the_other_tokens(name):
    changed = HIDDEN.copy()
    changed[:, 1] += 1
    same = np.array_equal(pooled(name, HIDDEN), pooled(name, changed))
    assert same == POOLINGS[name].first_only


# With weights a pooling sees the mix: heads never pool beforehand then.
@pytest.mark.parametrize(
    "name", [n for n, row in POOLINGS.items() if row.before_mix and not row.has_weights]
)
def test_poolings_before_a_mix_commute_with_sums(name):
    together = pooled(name, HIDDEN + 2 * HIDDEN[:, :, ::-1])
    apart = pooled(name, HIDDEN) + 2 * pooled(name, HIDDEN[:, :, ::-1])
    np.testing.assert_allclose(together, apart, atol=1e-5)


def test_a_pooling_per_label_has_weights():
    assert all(row.has_weights for row in POOLINGS.values() if row.per_label)


def test_no_spelling_stands_for_two_activations():
    spellings = [word for row in ACTIVATIONS.values() for word in row.spellings]
    assert len(set(spellings)) == len(spellings)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_keeps_shape_and_dtype(name):
    result = named(ACTIVATIONS[name].function)(HIDDEN, False)
    assert keras.ops.convert_to_numpy(result).shape == HIDDEN.shape
    assert keras.backend.standardize_dtype(result.dtype) == "float32"
