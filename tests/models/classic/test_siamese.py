"""How two texts are told apart, read alike and compared."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from tiny_classics import lively_classic

from kerascls.models.classic.siamese import both_texts
from kerascls.models.classic.textcnn import TextCNN
from kerascls.models.classic.textrnn import TextRNN

FIRST, SECOND = ([2, 7, 8, 9, 3], [2]), ([11, 12, 3], [20, 21, 22, 23, 24, 3])
BASES = {"siamese_cnn": TextCNN, "siamese_rnn": TextRNN}
both_models = pytest.mark.parametrize("name", BASES)


def array(tensor) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)


def batch_of(firsts, seconds) -> dict[str, np.ndarray]:
    """Returns rows of two texts behind each other, padded."""
    batch = {
        name: np.zeros((len(firsts), 14), np.int32)
        for name in ("token_ids", "segment_ids", "padding_mask")
    }
    for row, (first, second) in enumerate(zip(firsts, seconds, strict=True)):
        length = len(first) + len(second)
        batch["token_ids"][row, :length] = first + second
        batch["segment_ids"][row, len(first) : length] = 1
        batch["padding_mask"][row, :length] = 1
    return batch


def vectors(model, batch) -> list[np.ndarray]:
    """Returns those of the first and of the second texts."""
    embedded = model.body.words(batch["token_ids"], batch["padding_mask"])
    read = super(type(model.body), model.body)._text_vector
    return [array(part) for part in both_texts(read, embedded, batch, False)]


def vector_alone(model, text) -> np.ndarray:
    batch = batch_of([text], [[]])
    embedded = model.body.words(batch["token_ids"], batch["padding_mask"])
    base = BASES[model.body.config.model]
    return array(base._text_vector(model.body, embedded, batch, False))[0]


@both_models
def test_either_text_is_read_as_if_it_were_alone(name):
    model = lively_classic(name)
    found = vectors(model, batch_of(FIRST, SECOND))
    for part, texts in zip(found, (FIRST, SECOND), strict=True):
        for row, text in enumerate(texts):
            np.testing.assert_allclose(part[row], vector_alone(model, text), atol=1e-5)


@both_models
def test_equal_texts_have_equal_vectors(name):
    first, second = vectors(lively_classic(name), batch_of([FIRST[0]], [FIRST[0]]))
    np.testing.assert_allclose(first, second, atol=1e-5)


@both_models
def test_the_order_of_the_texts_matters(name):
    model = lively_classic(name)
    one, other = (
        array(model(batch_of(*pair))) for pair in ((FIRST, SECOND), (SECOND, FIRST))
    )
    assert np.abs(one - other).max() > 1e-3


def test_the_cnn_compares_by_difference_and_product():
    model, batch = lively_classic("siamese_cnn"), batch_of(FIRST, SECOND)
    u, v = vectors(model, batch)
    arrays = model.named_arrays()
    features = np.concatenate([u, v, np.abs(u - v), u * v], axis=1)
    expected = features @ arrays["classifier/kernel"] + arrays["classifier/bias"]
    np.testing.assert_allclose(array(model(batch)), expected, atol=1e-5)


def test_the_rnn_has_a_bilinear_form_for_each_label():
    model, batch = lively_classic("siamese_rnn"), batch_of(FIRST, SECOND)
    u, v = (
        np.pad(part, ((0, 0), (0, 1)), constant_values=1)
        for part in vectors(model, batch)
    )
    arrays = model.named_arrays()
    forms = arrays["classifier/kernel"].reshape(33, 33, 3)
    expected = np.einsum("bi,ijc,bj->bc", u, forms, v) + arrays["classifier/bias"]
    np.testing.assert_allclose(array(model(batch)), expected, atol=1e-5)


@both_models
def test_a_pair_without_a_second_text_has_finite_logits(name):
    assert np.isfinite(array(lively_classic(name)(batch_of(FIRST, [[], []])))).all()
