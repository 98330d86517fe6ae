"""Batches as Keras `fit` eats them: the only place that knows the backend's needs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

import keras
import numpy as np

from kerascls.data.sampling import Sampler
from kerascls.data.targets import Targets
from kerascls.preprocessing.batches import (
    bucket,
    in_length_order,
    prediction_batches,
    training_batches,
)
from kerascls.preprocessing.sequence_layout import INPUTS, Layout
from kerascls.preprocessing.token_store import TokenStore

if TYPE_CHECKING:
    import tensorflow as tf

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
        buckets: Lengths, as of `Layout.lengths`, whose shapes a compiled backend may
            see, ascending; `None` pads to the longest of each batch. With buckets,
            missing rows are padded too.
        num_devices: Devices that share a batch: its rows are padded to a multiple.
        row_weights: float32 `(rows,)` of mean 1, how much each counts in training;
            None for all alike.
        sampler: Which of `rows` an epoch of training has; None for each once.
        mixes_lengths: Whether a batch of training has texts of any length, for models
            in which they see each other, and where each batch shall have labels as
            the epoch has; otherwise they are about equally long.
    """

    store: TokenStore
    rows: np.ndarray
    targets: Targets
    layout: Layout
    batch_size: int
    num_classes: int
    buckets: Sequence[int] | None = None
    num_devices: int = 1
    row_weights: np.ndarray | None = None
    sampler: Sampler | None = None
    mixes_lengths: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def rows_per_epoch(self) -> int:
        """Rows of an epoch of training."""
        return len(self.rows) if self.sampler is None else self.sampler.num_rows

    @property
    def num_batches(self) -> int:
        """Steps of an epoch of training."""
        return -(-self.rows_per_epoch // self.batch_size)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Tokens of each row that are laid out, int32 `(rows,)`."""
        return self.layout.lengths(self.store.field_lengths()[self.rows])

    def batch(
        self, chosen: np.ndarray, weight: float = 1.0, num_rows: int | None = None
    ) -> Batch:
        """Returns inputs, float32 targets and float32 sample weights of some rows.

        Args:
            chosen: Indices into `rows`.
            weight: Of each row; those that pad a batch have 0.
            num_rows: Rows of a batch of fixed shape; `batch_size` by default.
        """
        num_tokens = None
        if self.buckets is None:
            num_rows = max(1, len(chosen))
        else:
            num_tokens = bucket(int(self.lengths[chosen].max(initial=1)), self.buckets)
            num_rows = num_rows or self.batch_size
        num_rows += -num_rows % self.num_devices
        missing = num_rows - len(chosen)
        targets = self.targets.dense(chosen)[:, : self.num_classes]
        weights = np.full(len(chosen), weight, np.float32)
        return (
            self.inputs(chosen, num_rows, num_tokens),
            np.pad(targets, ((0, missing), (0, 0))),
            np.pad(weights, (0, missing)),
        )

    def inputs(
        self, chosen: np.ndarray, num_rows: int, num_tokens: int | None = None
    ) -> dict[str, np.ndarray]:
        """Returns what the model takes of some rows, see `Layout.collate`."""
        shape = {"num_rows": num_rows, "num_tokens": num_tokens}
        return self.layout.collate(self.store, self.rows[chosen], **shape)

    @property
    def signature(self) -> dict[str, tuple]:
        """Shape and dtype of each input."""
        shape = (None,) * self.layout.input_rank
        return {name: (shape, "int32") for name in INPUTS}

    def training(
        self, seed: int, first_step: int = 0, pieces: int = 1
    ) -> Iterator[Batch]:
        """Yields batches for ever, epoch after epoch, `num_batches` steps each.

        Sample weights sum to 1 over the batch of a step, so that a loss which is
        summed is the mean over its rows, however they are spread over pieces,
        devices and padding. With `row_weights` they do so on average: a batch of rows
        that count much counts more.

        Args:
            seed: Fixes the order, together with the epoch.
            first_step: Steps to leave out, those done already.
            pieces: In how many each step's batch comes. Keras averages their
                gradients, so each piece's weights are that many times larger.
        """
        first_epoch, done = divmod(first_step, self.num_batches)
        num_rows = -(-self.batch_size // pieces)
        for epoch in count(first_epoch):
            for chosen in self._epoch(seed, epoch)[done:]:
                for piece in np.array_split(chosen, pieces):
                    inputs, targets, weights = self.batch(
                        piece, pieces / len(chosen), num_rows
                    )
                    if self.row_weights is not None:
                        weights[: len(piece)] *= self.row_weights[piece]
                    yield inputs, targets, weights
            done = 0

    def _epoch(self, seed: int, epoch: int) -> list[np.ndarray]:
        """Returns indices into `rows` for each batch of an epoch."""
        drawn = np.arange(len(self))
        if self.sampler is not None:
            drawn = self.sampler.rows(epoch)
        batches = training_batches(
            self.lengths[drawn],
            self.batch_size,
            seed,
            epoch,
            **({"mega_batches": 1} if self.mixes_lengths else {}),
        )
        return [drawn[chosen] for chosen in batches]

    def run(
        self,
        function: Callable[[dict[str, np.ndarray]], np.ndarray],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yields indices into `rows`, and what a function of their inputs gives.

        `on_progress` is called with rows done and all rows.
        """
        return in_length_order(
            self.lengths,
            self.batch_size,
            lambda chosen: function(self.batch(chosen)[0]),
            on_progress,
        )

    def __iter__(self) -> Iterator[Batch]:
        for chosen in prediction_batches(self.lengths, self.batch_size):
            yield self.batch(chosen)


def fit_input(
    feed: Feed, seed: int, first_step: int = 0, pieces: int = 1
) -> "Iterator[Batch] | tf.data.Dataset":
    """Returns `feed.training(...)` as `model.fit(x=...)` takes it, without end.

    TensorFlow gets a tf.data pipeline with an explicit signature, because Keras
    guesses one from the first two batches and fails when their lengths agree.
    Other backends get the batches as they are.
    """
    if keras.backend.backend() != "tensorflow":
        return feed.training(seed, first_step, pieces)
    import tensorflow as tf

    signature = (
        {name: tf.TensorSpec(*spec) for name, spec in feed.signature.items()},
        tf.TensorSpec((None, feed.num_classes), tf.float32),
        tf.TensorSpec((None,), tf.float32),
    )
    data = tf.data.Dataset.from_generator(
        lambda: feed.training(seed, first_step, pieces), output_signature=signature
    )
    options = tf.data.Options()
    # There is nothing to tune, and freeing a pipeline waits for its tuning thread now
    # and then: up to a minute in TensorFlow 2.21, which misses its own wake-up call.
    options.autotune.enabled = False
    return data.prefetch(4).with_options(options)
