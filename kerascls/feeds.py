"""Batches as Keras `fit` eats them: the only place that knows the backend's needs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

import keras
import numpy as np

from kerascls.batches import Layout, bucket, prediction_batches, training_batches
from kerascls.targets import Targets
from kerascls.token_store import TokenStore

INPUTS = ("token_ids", "segment_ids", "padding_mask")
Batch = tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Feed:
    """Some rows of a token store with their targets, ready to be batched.

    Args:
        store: Token ids of the whole file.
        rows: int64 `(rows,)`, which of the file's rows belong here.
        targets: One sparse row for each of `rows`.
        layout: Truncation and special tokens.
        batch_size: Rows per batch.
        num_classes: Columns of the dense targets the model sees. Labels beyond them
            (never seen in training) are left out of the loss; scores count them.
        buckets: Sequence lengths a compiled backend may see, ascending; `None` pads
            to the longest of each batch. With buckets, missing rows are padded too.
    """

    store: TokenStore
    rows: np.ndarray
    targets: Targets
    layout: Layout
    batch_size: int
    num_classes: int
    buckets: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def num_batches(self) -> int:
        """Steps of one pass."""
        return -(-len(self.rows) // self.batch_size)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Tokens of each row after truncation, int32 `(rows,)`."""
        return self.layout.lengths(self.store.field_lengths()[self.rows])

    def batch(self, chosen: np.ndarray) -> Batch:
        """Returns inputs, float32 targets and float32 sample weights of some rows.

        Args:
            chosen: Places within `rows`.
        """
        shape = {}
        if self.buckets is not None:
            longest = int(self.lengths[chosen].max())
            shape = {
                "num_tokens": bucket(longest, self.buckets),
                "num_rows": self.batch_size,
            }
        inputs = self.layout.collate(self.store, self.rows[chosen], **shape)
        missing = len(inputs["token_ids"]) - len(chosen)
        targets = self.targets.dense(chosen)[:, : self.num_classes]
        weights = np.ones(len(chosen), np.float32)
        return (
            inputs,
            np.pad(targets, ((0, missing), (0, 0))),
            np.pad(weights, (0, missing)),
        )

    def training(self, seed: int) -> Iterator[Batch]:
        """Yields batches for ever, epoch after epoch, `num_batches` each."""
        for epoch in count():
            for chosen in training_batches(self.lengths, self.batch_size, seed, epoch):
                yield self.batch(chosen)

    def order(self) -> list[np.ndarray]:
        """Returns the batches of one pass without shuffling, longest rows first."""
        return prediction_batches(self.lengths, self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        for chosen in self.order():
            yield self.batch(chosen)


def fit_input(feed: Feed, seed: int):
    """Returns what `model.fit(x=...)` takes; give `steps_per_epoch=feed.num_batches`.

    TensorFlow gets a tf.data pipeline with an explicit signature, because Keras
    guesses one from the first two batches and fails when their lengths agree.
    Other backends get the batches as they are.

    Args:
        feed: The training rows.
        seed: Fixes the order of every epoch.
    """
    if keras.backend.backend() != "tensorflow":
        return feed.training(seed)
    import tensorflow as tf

    ids = tf.TensorSpec((None, None), tf.int32)
    signature = (
        {name: ids for name in INPUTS},
        tf.TensorSpec((None, feed.num_classes), tf.float32),
        tf.TensorSpec((None,), tf.float32),
    )
    data = tf.data.Dataset.from_generator(
        lambda: feed.training(seed), output_signature=signature
    )
    return data.prefetch(4)


def forward(model: keras.Model) -> Callable[[dict[str, np.ndarray]], np.ndarray]:
    """Returns a function from a batch of inputs to float32 logits, without dropout.

    On TensorFlow it is traced once, for batches of any shape; `predict_on_batch`
    would trace anew for the second shape, which takes as long as many batches.

    Args:
        model: Takes `INPUTS`.
    """
    if keras.backend.backend() != "tensorflow":
        return lambda inputs: np.asarray(model.predict_on_batch(inputs))
    import tensorflow as tf

    @tf.function
    def call(inputs):
        return model(inputs, training=False)

    shape = tf.TensorSpec((None, None), tf.int32)
    traced = call.get_concrete_function({name: shape for name in INPUTS})
    return lambda inputs: traced(
        {name: tf.constant(inputs[name], tf.int32) for name in INPUTS}
    ).numpy()


def length_buckets(max_tokens: int) -> tuple[int, ...]:
    """Returns few sequence lengths, dense where texts are short.

    Args:
        max_tokens: The longest that occurs.
    """
    sizes = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384)
    return (*(size for size in sizes if size < max_tokens), max_tokens)
