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
    """

    features: FeatureStore = field(kw_only=True)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Vectors of each row, int32 `(rows,)`."""
        return np.diff(self.features.offsets).astype(np.int32)

    @property
    def signature(self) -> dict[str, tuple]:
        """Shape and dtype of each input."""
        width = self.features.vectors.shape[1]
        return {
            "hidden": ((None, None, width), "float32"),
            "padding_mask": ((None, None), "int32"),
        }

    def inputs(
        self, chosen: np.ndarray, num_rows: int, num_tokens: int | None = None
    ) -> dict[str, np.ndarray]:
        """Returns `hidden` and `padding_mask` of some rows, zeros where they end."""
        lengths = self.lengths[chosen].astype(np.int64)
        longest = num_tokens or int(lengths.max(initial=1))
        vectors = self.features.vectors
        flat = np.zeros((num_rows * longest, vectors.shape[1]), np.float32)
        target = span_indices(np.arange(len(chosen)) * longest, lengths)
        flat[target] = vectors[span_indices(self.features.offsets[chosen], lengths)]
        mask = np.zeros((num_rows, longest), np.int32)
        mask[:, 0] = 1  # a row without any token would be divided by 0
        mask[: len(chosen)] = np.arange(longest) < lengths[:, None]
        hidden = flat.reshape(num_rows, longest, -1)  # (batch, vectors, width)
        return {"hidden": hidden, "padding_mask": mask}


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
    return FeatureFeed(**fields, features=store)


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
    lengths = np.ones_like(feed.lengths) if pooled else feed.lengths
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    shape = (int(offsets[-1]), model.head.mix_layers * model.head.hidden_dim)
    if file is None:
        vectors = np.empty(shape, np.float32)
    else:
        vectors = np.lib.format.open_memmap(file, "w+", np.float32, shape)
        _reserve(file)
    # A batch's features are (batch, 1 or tokens, width), padding included.
    for rows, batch in feed.run(forward(model, model.features), on_progress):
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
