"""Feeds: the order of batches, their shapes, and what Keras makes of them."""

from dataclasses import replace
from itertools import islice

import keras
import numpy as np
import pytest
from tiny_models import tiny_classifier, tiny_feed

from kerascls.models.backend.forward import forward, length_buckets
from kerascls.preprocessing.batches import training_batches
from kerascls.preprocessing.sequence_layout import INPUTS
from kerascls.training.feeds import fit_input

LENGTHS = (2, 9, 4, 4, 4, 0, 9, 4, 4, 4, 4, 1, 9, 4)
FIT = {"shuffle": False, "verbose": 0}
tensorflow_only = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="about TensorFlow's pipelines"
)


class Recorder(keras.Model):
    """Keeps the token ids it is trained on, and learns nothing."""

    def __init__(self):
        super().__init__()
        self.seen = []
        self.compile(run_eagerly=True)

    def train_step(self, data):
        inputs, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        self.seen.append(inputs["token_ids"].numpy())
        return {"loss": 0.0}


def epoch_of(feed, seed, epoch=0):
    start = epoch * feed.num_batches
    return list(islice(feed.training(seed), start, start + feed.num_batches))


def check_equal(batches, others):
    for (x, y, weights), (other_x, other_y, other_weights) in zip(
        batches, others, strict=True
    ):
        for name in x:
            np.testing.assert_array_equal(x[name], other_x[name])
        np.testing.assert_array_equal(y, other_y)
        np.testing.assert_array_equal(weights, other_weights)


def rows_in(batches):
    return sorted(tuple(row[row > 0]) for x, _, _ in batches for row in x["token_ids"])


WINDOWS = {"max_tokens": 6, "max_windows": 3, "window_overlap": 1}


def test_windows_come_in_batches_little_padded_and_in_few_shapes():
    lengths = (*LENGTHS, 30, 12, 12, 9)
    feed = tiny_feed(lengths, **WINDOWS)
    shapes = [x["token_ids"].shape for x, _, _ in feed]
    assert shapes == [(4, 3, 6), (4, 3, 6), (4, 1, 6), (4, 1, 6), (2, 1, 3)]
    fixed = tiny_feed(lengths, buckets=length_buckets(6, 3), **WINDOWS)
    assert {x["token_ids"].shape[1:] for x, _, _ in fixed} == {(3, 6), (1, 6)}


def test_the_same_seed_and_epoch_give_the_same_order():
    for epoch in range(3):
        one, other = tiny_feed(LENGTHS), tiny_feed(LENGTHS)
        check_equal(epoch_of(one, 7, epoch), epoch_of(other, 7, epoch))


class EveryOther:
    """Draws rows 1 and 3 in even epochs, 2 and 4 in others; each three times."""

    num_rows = 6

    def rows(self, epoch):
        return np.repeat([1, 3], 3) + epoch % 2


def test_an_epoch_has_the_rows_that_are_drawn_in_batches_of_their_own():
    feed = tiny_feed(LENGTHS, sampler=EveryOther())
    assert (feed.rows_per_epoch, feed.num_batches, len(feed)) == (6, 2, len(LENGTHS))
    for epoch in range(3):
        drawn = feed.batch(EveryOther().rows(epoch))
        assert rows_in(epoch_of(feed, 7, epoch)) == rows_in([drawn])
    assert sum(len(y) for _, y, _ in feed) == len(LENGTHS)


def test_batches_of_mixed_lengths_have_texts_that_differ_more():
    lengths = [*range(2, 18)] * 4
    spreads = []
    for mixes in (False, True):
        feed = tiny_feed(lengths, batch_size=8, max_tokens=20, mixes_lengths=mixes)
        masks = [x["padding_mask"].sum(axis=1) for x, _, _ in epoch_of(feed, 7)]
        spreads.append(np.mean([np.ptp(mask) for mask in masks]))
        assert rows_in(epoch_of(feed, 7)) == rows_in([feed.batch(np.arange(64))])
    assert spreads[0] < 4 < 10 < spreads[1]


def test_weights_of_rows_are_those_of_the_rows_that_are_drawn():
    weights = np.arange(len(LENGTHS), dtype=np.float32)
    feed = tiny_feed(LENGTHS, sampler=EveryOther(), row_weights=weights)
    found = np.concatenate([w * len(w) for _, _, w in epoch_of(feed, 7)])
    assert sorted(found.round(4).tolist()) == [1, 1, 1, 3, 3, 3]


def test_another_seed_or_epoch_gives_another_order():
    feed = tiny_feed(LENGTHS)
    orders = [
        [row.tobytes() for x, _, _ in epoch_of(feed, seed, epoch) for row in x.values()]
        for seed, epoch in ((7, 0), (7, 1), (8, 0))
    ]
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_every_epoch_has_every_row_once():
    feed = tiny_feed(LENGTHS)
    for epoch in range(3):
        assert rows_in(epoch_of(feed, 7, epoch)) == rows_in(feed)


def test_a_pass_without_shuffling_starts_with_the_longest_rows():
    widths = [x["token_ids"].shape[1] for x, _, _ in tiny_feed(LENGTHS)]
    assert widths == sorted(widths, reverse=True)
    assert len(widths) == tiny_feed(LENGTHS).num_batches


def test_targets_and_rows_belong_together():
    labels = [("a",) if length > 4 else ("b", "c") for length in LENGTHS]
    for x, y, weights in epoch_of(tiny_feed(LENGTHS, labels), 7):
        long = x["padding_mask"].sum(axis=1) > 4 + 2
        np.testing.assert_array_equal(y[:, 0], long)
        np.testing.assert_array_equal(y[:, 1:], ~long[:, None].repeat(2, axis=1))
        np.testing.assert_allclose(weights, 1 / len(y))


@pytest.mark.parametrize("buckets", [None, (6, 11)])
def test_parts_of_a_batch_hold_its_rows_and_weigh_as_much(buckets):
    whole = epoch_of(tiny_feed(LENGTHS), 7)
    feed = tiny_feed(LENGTHS, buckets=buckets, num_devices=2)
    pieces = feed.training(7, pieces=3)
    for _, y, _ in whole:
        found = [next(pieces) for _ in range(3)]
        rows = np.concatenate([part_y[w > 0] for _, part_y, w in found])
        np.testing.assert_array_equal(rows, y)
        assert sum(w.sum() for _, _, w in found) == pytest.approx(3)
        assert all(len(w) % 2 == 0 for _, _, w in found)


def test_steps_that_are_done_are_left_out():
    feed = tiny_feed(LENGTHS)
    for done in (1, feed.num_batches, feed.num_batches + 1):
        expected = list(islice(feed.training(7), done, done + 3))
        found = list(islice(feed.training(7, first_step=done), 3))
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one[0]["token_ids"], other[0]["token_ids"])


def test_labels_the_model_does_not_know_are_left_out():
    feed = tiny_feed((3, 3, 3), [("a",), ("b",), ("c",)], num_classes=2)
    _, targets, _ = feed.batch(np.array([2, 0, 1]))
    np.testing.assert_array_equal(targets, [[0, 0], [1, 0], [0, 1]])


def test_buckets_leave_few_shapes_and_pad_rows_with_weight_zero():
    feed = tiny_feed(LENGTHS, buckets=(6, 11))
    padded, plain = epoch_of(feed, 7), epoch_of(tiny_feed(LENGTHS), 7)
    assert {x["token_ids"].shape for x, _, _ in padded} == {(4, 6), (4, 11)}
    for (x, y, weights), (_, plain_y, _) in zip(padded, plain, strict=True):
        rows = len(plain_y)
        np.testing.assert_allclose(weights, (np.arange(4) < rows) / rows)
        np.testing.assert_array_equal(y[:rows], plain_y)
        assert not y[rows:].any()
        np.testing.assert_array_equal(x["padding_mask"][rows:].sum(axis=1), 1)


def equal_lengths_first(feed):
    """Returns a seed by which two batches of one length come first, others later."""
    for seed in range(1000):
        batches = training_batches(feed.lengths, feed.batch_size, seed, 0)
        widths = [feed.lengths[rows].max() for rows in batches]
        if widths[0] == widths[1] and len(set(widths)) > 1:
            return seed
    raise LookupError("no such seed")


@tensorflow_only
def test_the_first_two_batches_may_be_equally_long():
    feed, model = tiny_feed(LENGTHS), Recorder()
    seed = equal_lengths_first(feed)
    model.fit(fit_input(feed, seed), **FIT, steps_per_epoch=feed.num_batches)
    widths = [ids.shape[1] for ids in model.seen]
    assert widths[0] == widths[1]
    assert len(set(widths)) > 1


@tensorflow_only
def test_no_tuning_thread_has_to_end_before_a_pipeline_is_freed():
    assert fit_input(tiny_feed(LENGTHS), 7).options().autotune.enabled is False


@tensorflow_only
def test_keras_sees_epoch_after_epoch_in_its_own_order():
    feed, model = tiny_feed(LENGTHS), Recorder()
    steps = feed.num_batches
    model.fit(fit_input(feed, 7), **FIT, steps_per_epoch=steps, epochs=2)
    expected = [*epoch_of(feed, 7, 0), *epoch_of(feed, 7, 1)]
    for seen, (x, _, _) in zip(model.seen, expected, strict=True):
        np.testing.assert_array_equal(seen, x["token_ids"])


def test_empty_texts_are_fed_as_special_tokens_alone():
    feed = tiny_feed((0, 0, 3))
    inputs, _, _ = feed.batch(np.array([0, 1, 2]))
    np.testing.assert_array_equal(inputs["padding_mask"].sum(axis=1), [2, 2, 5])
    for pooling in ("cls", "mean"):
        logits = tiny_classifier(pooling=pooling).predict_on_batch(inputs)
        assert np.isfinite(logits).all()
        np.testing.assert_allclose(logits[0], logits[1], atol=1e-6)


@tensorflow_only
def test_one_trace_serves_batches_of_any_shape():
    traces = []

    def model(inputs, training):
        traces.append(training)
        return keras.ops.cast(inputs["token_ids"], "float32")

    run = forward(model)
    for shape in ((1, 3), (4, 3), (2, 9)):
        batch = {name: np.ones(shape, np.int32) for name in INPUTS}
        assert run(batch).shape == shape
    assert traces == [False]


@pytest.mark.parametrize("pieces", [1, 2])
def test_rows_count_as_much_as_they_weigh_in_training_alone(pieces):
    feed = tiny_feed(LENGTHS)
    weights = np.linspace(0.5, 1.5, len(feed)).astype(np.float32)
    weighted = replace(feed, row_weights=weights)
    steps = feed.num_batches * pieces
    plain = list(islice(feed.training(1, pieces=pieces), steps))
    found = list(islice(weighted.training(1, pieces=pieces), steps))
    order = np.concatenate(
        [
            piece
            for chosen in training_batches(feed.lengths, feed.batch_size, 1, 0)
            for piece in np.array_split(chosen, pieces)
        ]
    )
    before, after = (
        np.concatenate([batch[2][batch[2] > 0] for batch in batches])
        for batches in (plain, found)
    )
    np.testing.assert_allclose(after, before * weights[order], rtol=1e-6)
    check_equal(list(feed), list(weighted))
