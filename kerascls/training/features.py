"""What a frozen encoder gives the head, computed once and kept."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import keras
import numpy as np

from kerascls.data.ragged import span_indices
from kerascls.models.backend.forward import forward
from kerascls.models.transformer import TransformerClassifier
from kerascls.preprocessing.cache import FEATURES, KINDS, Cache
from kerascls.training.feeds import Feed

Progress = Callable[[int, int], None]

FORMAT_VERSION = 1


@dataclass(frozen=True, eq=False)
class FeatureStore:
    """Vectors of each row: one of the text, or one of each token.

    Args:
        vectors: float32 `(vectors, width)`, in memory or on disk.
        offsets: int64 `(rows + 1,)`; row r has those from offset r to offset r + 1.
    """

    vectors: np.ndarray
    offsets: np.ndarray


@dataclass(frozen=True, eq=False)
class FeatureFeed(Feed):
    """A feed that gives a head the features of rows in place of their tokens.

    Args:
        features: Of each of `rows`, in their order.
        window_size: Most vectors of a window; all but a row's last have so many.
    """

    features: FeatureStore = field(kw_only=True)
    window_size: int = field(kw_only=True)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Vectors of each row, int32 `(rows,)`."""
        return np.diff(self.features.offsets).astype(np.int32)

    @property
    def signature(self) -> dict[str, tuple]:
        """Shape and dtype of each input."""
        axes = (None,) * self.layout.input_rank
        return {
            "hidden": ((*axes, self.features.vectors.shape[1]), "float32"),
            "padding_mask": (axes, "int32"),
        }

    def inputs(
        self, chosen: np.ndarray, num_rows: int, num_tokens: int | None = None
    ) -> dict[str, np.ndarray]:
        """Returns `hidden` and `padding_mask` of some rows, zeros where they end."""
        lengths = self.lengths[chosen].astype(np.int64)
        longest = num_tokens or int(lengths.max(initial=1))
        axes: tuple[int, ...] = (num_rows, longest)
        if self.layout.max_windows > 1:
            windows = -(-longest // self.window_size)
            axes = (num_rows, windows, min(longest, self.window_size))
            longest = windows * axes[-1]
        vectors = self.features.vectors
        flat = np.zeros((num_rows * longest, vectors.shape[1]), np.float32)
        target = span_indices(np.arange(len(chosen)) * longest, lengths)
        flat[target] = vectors[span_indices(self.features.offsets[chosen], lengths)]
        mask = np.zeros((num_rows, longest), np.int32)
        mask[:, 0] = 1  # a row without any token would be divided by 0
        mask[: len(chosen)] = np.arange(longest) < lengths[:, None]
        # (batch, vectors, width), or (batch, windows, vectors, width)
        hidden = flat.reshape(*axes, -1)
        return {"hidden": hidden, "padding_mask": mask.reshape(axes)}


def feature_feed(
    model: TransformerClassifier,
    feed: Feed,
    cache: Cache | None,
    on_progress: Progress | None = None,
) -> FeatureFeed:
    """Returns the feed for a head behind a frozen encoder.

    Features are found again by weights, tokens and layout. They take four bytes a
    number: one vector of each text, or of each token where the pooling
    has weights or is a maximum over mixed layers.

    Args:
        model: Encoder and head.
        feed: The rows.
        cache: Where features are kept; without one they are held in memory.
        on_progress: Called with the rows done and all rows.
    """
    fields = {name: getattr(feed, name) for name in feed.__dataclass_fields__}
    store = None
    if cache is not None:
        store = cache.keep(
            f"{FEATURES}{_name(model, feed)}",
            "features",
            _open,
            lambda folder: _write(folder, model, feed, on_progress),
        )
    if store is None:
        store = _compute(model, feed, None, on_progress)
    pooled = model.head.pools_beforehand
    window_size = 1 if pooled else feed.layout.max_tokens
    return FeatureFeed(**fields, features=store, window_size=window_size)


_FILES = KINDS[FEATURES]


def _open(folder: Path) -> FeatureStore | None:
    try:
        vectors, offsets = (np.load(folder / name, mmap_mode="r") for name in _FILES)
    except (OSError, ValueError, EOFError):
        return None  # there are none, or they are damaged
    if not len(offsets) or offsets[-1] != len(vectors):
        return None
    return FeatureStore(vectors, np.array(offsets))


def _write(
    folder: Path, model: TransformerClassifier, feed: Feed, on_progress: Progress | None
) -> None:
    folder.mkdir(0o700)
    store = _compute(model, feed, folder / _FILES[0], on_progress)
    np.save(folder / _FILES[1], store.offsets)


def _compute(
    model: TransformerClassifier,
    feed: Feed,
    file: Path | None,
    on_progress: Progress | None,
) -> FeatureStore:
    pooled = model.head.pools_beforehand
    lengths = feed.lengths
    if pooled:  # one of each window
        num_windows = -(-lengths // feed.layout.max_tokens)
        lengths = num_windows.astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    shape = (int(offsets[-1]), model.head.mix_layers * model.head.hidden_dim)
    if file is None:
        vectors = np.empty(shape, np.float32)
    else:
        vectors = np.lib.format.open_memmap(file, "w+", np.float32, shape)
        _reserve(file)
    # A batch's features are (batch, 1 or tokens, width), padding included, or those of
    # windows, which are full but for the last.
    for rows, batch in feed.run(forward(model, model.features), on_progress):
        batch = batch.reshape(len(batch), -1, shape[1])
        for row, vectors_of_row in zip(rows, batch, strict=True):
            start, stop = offsets[row : row + 2]
            vectors[start:stop] = vectors_of_row[: stop - start]
    return FeatureStore(vectors, offsets)


def _reserve(file: Path) -> None:
    # A full disk is an error here; later, in mapped memory, it would kill the process.
    if hasattr(os, "posix_fallocate"):
        with open(file, "rb+") as opened:
            os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)


def _name(model: TransformerClassifier, feed: Feed) -> str:
    head, encoder = model.head, model.encoder
    made_with = (FORMAT_VERSION, keras.backend.backend(), encoder.compute_dtype)
    made_of = (encoder.config, head.pooling, head.mix_layers, feed.layout)
    digest = hashlib.sha256(repr(made_with + made_of).encode())
    for name, variable in encoder.weights_by_name().items():
        digest.update(name.encode())
        digest.update(keras.ops.convert_to_numpy(variable).tobytes())
    store = feed.store
    for array in (store.token_ids, store.offsets, feed.rows):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:32]
