"""Features of a frozen encoder: the same logits, computed once."""

import keras
import numpy as np
import pytest
from tiny_models import tiny_classifier, tiny_feed

from kerascls.preprocessing.cache import Cache
from kerascls.training import features
from kerascls.training.features import feature_feed
from kerascls.training.feeds import fit_input

LENGTHS = (3, 0, 9, 1, 20, 4, 2)


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASCLS_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module", autouse=True)
def _eagerly():
    tf = pytest.importorskip("tensorflow")
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def logits(model, inputs):
    return keras.ops.convert_to_numpy(model(inputs, training=False))


@pytest.mark.parametrize(
    ("pooling", "cached"), [("mean", False), ("attention", True), ("lstm", False)]
)
def test_the_head_gives_the_logits_of_the_whole_model(pooling, cached):
    model = tiny_classifier(pooling=pooling)
    feed = tiny_feed(LENGTHS, batch_size=3)
    found, head = (
        feature_feed(model, feed, Cache() if cached else None),
        model.head_model(),
    )
    chosen = np.array([4, 1, 5])
    inputs, targets, weights = found.batch(chosen, 0.5)
    whole, expected_targets, _ = feed.batch(chosen)
    np.testing.assert_allclose(logits(head, inputs), logits(model, whole), atol=1e-5)
    np.testing.assert_array_equal(targets, expected_targets)
    assert weights.tolist() == [0.5] * 3
    tokens = 1 if pooling == "mean" else 22
    assert inputs["hidden"].shape == (3, tokens, 16)


@pytest.mark.parametrize(
    ("pooling", "shape", "buckets"),
    [
        ("mean", (3, 5, 1), None),
        ("attention", (3, 5, 6), None),
        ("attention", None, (6, 12, 48)),
        ("cnn", (3, 5, 6), None),
    ],
)
@pytest.mark.slow
def test_the_head_gives_the_logits_of_windows(pooling, shape, buckets):
    model = tiny_classifier(pooling=pooling, window_pooling="attention")
    windows = {"max_tokens": 6, "max_windows": 8, "window_overlap": 0}
    feed = tiny_feed(LENGTHS, batch_size=3, buckets=buckets, **windows)
    found, head = feature_feed(model, feed, None), model.head_model()
    chosen = np.array([4, 1, 5])
    inputs, _, _ = found.batch(chosen)
    whole, _, _ = feed.batch(chosen)
    np.testing.assert_allclose(logits(head, inputs), logits(model, whole), atol=1e-5)
    if buckets is None:
        assert inputs["hidden"].shape[:3] == shape


def test_missing_rows_of_a_fixed_shape_have_a_mask_and_no_weight():
    model = tiny_classifier(pooling="attention")
    feed = tiny_feed(LENGTHS, batch_size=4, buckets=(16, 32))
    inputs, _, weights = feature_feed(model, feed, Cache()).batch(np.array([0]))
    assert inputs["hidden"].shape == (4, 16, 16)
    assert inputs["padding_mask"].sum(axis=1).tolist() == [5, 1, 1, 1]
    assert weights.tolist() == [1, 0, 0, 0]


def test_features_are_computed_once(monkeypatch):
    model, feed = tiny_classifier(), tiny_feed(LENGTHS)
    first = feature_feed(model, feed, Cache())
    monkeypatch.setattr(features, "forward", None)
    again = feature_feed(model, feed, Cache())
    np.testing.assert_array_equal(again.features.vectors, first.features.vectors)


@pytest.mark.parametrize(
    "other",
    [
        lambda: (tiny_classifier(seed=1), tiny_feed(LENGTHS)),
        lambda: (tiny_classifier(pooling="mean"), tiny_feed(LENGTHS)),
        lambda: (tiny_classifier(), tiny_feed(LENGTHS, max_tokens=8)),
        lambda: (tiny_classifier(), tiny_feed((*LENGTHS, 2))),
    ],
    ids=["weights", "pooling", "layout", "rows"],
)
def test_features_of_something_else_are_computed_anew(other):
    assert features._name(*other()) != features._name(
        tiny_classifier(), tiny_feed(LENGTHS)
    )


def test_a_full_disk_leaves_nothing_half_written_and_memory_serves(
    monkeypatch, tmp_path
):
    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(features, "_reserve", fail)
    model, feed, said = tiny_classifier(), tiny_feed(LENGTHS), []
    found = feature_feed(model, feed, Cache(said.append))
    assert list((tmp_path / "cache").iterdir()) == []
    assert "the disk is full" in said[0]
    expected = feature_feed(model, feed, None)
    np.testing.assert_array_equal(found.features.vectors, expected.features.vectors)


def cut(path):
    path.write_bytes(path.read_bytes()[:-5])


def shorten(path):
    np.save(path, np.load(path)[:-1])


@pytest.mark.parametrize(
    ("name", "harm"), [("vectors.npy", cut), ("offsets.npy", shorten)]
)
def test_damaged_features_are_computed_anew(tmp_path, harm, name):
    model, feed = tiny_classifier(pooling="attention"), tiny_feed(LENGTHS)
    expected = np.array(feature_feed(model, feed, Cache()).features.vectors)
    (file,) = (tmp_path / "cache").glob(f"*/{name}")
    harm(file)
    found = feature_feed(model, feed, Cache()).features.vectors
    np.testing.assert_array_equal(found, expected)


def test_a_head_learns_from_features_and_the_encoder_stays():
    model = tiny_classifier(pooling="attention")
    model.encoder.freeze()
    before = model.named_arrays()
    feed = feature_feed(model, tiny_feed(LENGTHS), Cache())
    head = model.head_model()
    head.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True))
    head.fit(fit_input(feed, 0), steps_per_epoch=2, verbose=0)
    for name, array in model.named_arrays().items():
        learned = name.startswith(("head/", "classifier/"))
        assert np.array_equal(array, before[name]) != learned, name
