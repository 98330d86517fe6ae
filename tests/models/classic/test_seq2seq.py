"""How seq2seq chooses labels one after another, and folds them into one score each."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

sys.path.insert(0, str(Path(__file__).parent))
from tiny_classics import lively_classic, tiny_classic
from tiny_models import tiny_batch

from kerascls.models.classic.seq2seq import Choices, both, choice_log_odds, either

FAR = np.array([-1e4, -80, -20, -1, 0, 1, 20, 80, 1e4], np.float32)


def array(tensor) -> np.ndarray:
    return ops.convert_to_numpy(tensor)


def chance(log_odds) -> np.ndarray:
    return 1 / (1 + np.exp(-np.asarray(log_odds, np.float64)))


def after_steps(scores, end, count) -> list[np.ndarray]:
    """Returns the chances of labels after each of several steps with equal scores."""
    scores, end = np.array([scores], np.float32), np.array([[end]], np.float32)
    choices, chances = Choices.none(*scores.shape), []
    for _ in range(count):
        choices = choices.after(scores, end)
        chances.append(chance(array(choices.given))[0])
    return chances


def test_log_odds_are_those_of_the_softmax():
    scores = np.random.default_rng(0).normal(0, 3, (20, 5)).astype(np.float32)
    shares = np.exp(scores.astype(np.float64))
    shares /= shares.sum(axis=1, keepdims=True)
    expected = np.log(shares / (1 - shares))
    np.testing.assert_allclose(array(choice_log_odds(scores)), expected, atol=1e-4)


def test_log_odds_of_far_scores_are_not_rounded_to_certainty():
    scores = np.array([[0, -30, -40], [1e4, 0, 0], [5, 5, -1e4]], np.float32)
    two, ten = np.log(2), np.log(2) + 5  # the logarithms of the others' sums
    expected = [[30, -30, -40], [1e4 - two, -1e4, -1e4], [0, 0, -1e4 - ten]]
    np.testing.assert_allclose(array(choice_log_odds(scores)), expected, 1e-5, 1e-3)


def test_either_and_both_are_the_chances_of_independent_things():
    a, b = (FAR[2:7][:, None], FAR[2:7][None, :])
    pa, pb = chance(a), chance(b)
    np.testing.assert_allclose(chance(array(either(a, b))), pa + pb - pa * pb, 1e-5)
    np.testing.assert_allclose(chance(array(both(a, b))), pa * pb, 1e-5)


def test_what_is_far_apart_stays_finite_and_learnable():
    variables = [
        keras.Variable(value)
        for value in (np.stack(np.meshgrid(FAR, FAR), -1).reshape(-1, 2), FAR)
    ]

    def folded(scores, end):
        end = ops.tile(ops.reshape(end, (-1, 1)), (len(FAR), 1))
        choices = Choices.none(*scores.shape)
        for _ in range(3):
            choices = choices.after(scores, end)
        right = ops.softplus(-choices.given[:, 0]) + ops.softplus(choices.given[:, 1])
        return ops.sum(right)

    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = folded(*variables)
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    assert np.isfinite(array(loss))
    assert all(np.isfinite(array(gradient)).all() for gradient in gradients)
    # A label that should be there and is far off is pulled all the same.
    wrong = array(variables[0])[:, 0] == -1e4
    assert (array(gradients[0])[wrong, 0] < -0.01).any()


def test_no_label_is_chosen_twice():
    """With equal scores each step chooses the best that is left."""
    first, second, third, fourth = after_steps([20, 10, 0], end=-20, count=4)
    np.testing.assert_allclose(first, [1, 0, 0], atol=1e-3)
    np.testing.assert_allclose(second, [1, 1, 0], atol=1e-3)
    np.testing.assert_allclose(third, [1, 1, 1], atol=1e-3)
    np.testing.assert_allclose(fourth, [1, 1, 1], atol=1e-3)


def test_nothing_is_chosen_behind_the_end():
    far, scores = np.array([[20]], np.float32), np.array([[5, 0]], np.float32)
    choices = Choices.none(1, 2).after(scores, far)
    choices = choices.after(scores, -far)
    assert chance(array(choices.given)).max() < 1e-3


def test_chances_are_those_of_the_likeliest_sequence():
    first, second = after_steps(np.log([6, 3, 1]), end=-80, count=2)
    np.testing.assert_allclose(first, [0.6, 0.3, 0.1], atol=1e-5)
    # 3 of 4 and 1 of 4 where the first label came first.
    expected = [0.6, 1 - 0.7 * 0.25, 1 - 0.9 * 0.75]
    np.testing.assert_allclose(second, expected, atol=1e-5)


def test_frequencies_are_nearly_the_first_answer():
    frequencies = np.array([0.5, 0.3, 0.1, 0.05, 0.01])
    *_, last = after_steps(np.log(frequencies / (1 - frequencies)), end=0, count=5)
    np.testing.assert_allclose(last, frequencies, rtol=0.5)


def test_what_a_step_thought_is_told_to_the_next():
    model, batch = lively_classic("seq2seq"), tiny_batch()
    fed = []
    decoder = model.body.decoder
    call = type(decoder).__call__

    class Watched(type(decoder)):
        def __call__(self, inputs, states):
            fed.append(array(inputs)[:, :16])
            return call(self, inputs, states)

    decoder.__class__ = Watched
    model.body(**batch)
    assert len(fed) == 3
    assert not fed[0].any()
    assert all(np.abs(later).max() > 1e-3 for later in fed[1:])


def test_one_step_has_no_end_and_its_scores_are_the_logits():
    model = tiny_classic("seq2seq", sizes={"steps": 1})
    assert not [name for name in model.weights_by_name() if name.startswith("end")]
    shares = np.array([0.5, 0.25, 0.25])
    model.start_at(shares, log_odds=False)
    model.body.classifier.kernel.assign(np.zeros((16, 3)))
    np.testing.assert_allclose(array(model(tiny_batch()))[0], np.log(shares), 1e-5)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.slow
def test_attention_looks_at_every_real_token_and_no_other(place):
    body = lively_classic("seq2seq").body
    mask = np.array([[1, 1, 1, 0]], np.int32)
    random = np.random.default_rng(0)
    query = random.standard_normal((1, 16), np.float32)
    states = random.standard_normal((1, 4, 32), np.float32)
    changed = states.copy()
    changed[0, place] += 1
    seen, other = (
        array(body.attention(query, one, body.keys(one), mask))
        for one in (states, changed)
    )
    assert (np.abs(seen - other).max() > 1e-4) == (place < 3)
