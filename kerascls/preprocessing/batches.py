"""Which rows go together, and what a batch of them looks like."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from kerascls.errors import SettingsError


def training_batches(
    lengths: np.ndarray,
    batch_size: int,
    seed: int,
    epoch: int,
    mega_batches: int = 50,
) -> list[np.ndarray]:
    """Returns every row once, in batches of rows about equally long.

    All rows are shuffled and dealt into groups of `mega_batches * batch_size`; a
    group is sorted by length and cut into batches; then the batches are shuffled.
    The order is a function of `seed` and `epoch` alone.

    Args:
        lengths: int `(rows,)`; how long each sequence will be.
        batch_size: Rows per batch; the last batch may have fewer.
        seed: Any whole number from 0 on.
        epoch: The same.
        mega_batches: Batches per group: more mean less padding, 1 means no sorting
            beyond the batch.

    Returns:
        int64 `(batch,)` row indices for each batch.
    """
    random = np.random.default_rng([seed, epoch])
    lengths = np.asarray(lengths)
    order = random.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), mega_batches * batch_size):
        group = order[start : start + mega_batches * batch_size]
        group = group[np.argsort(lengths[group], kind="stable")]
        batches += _sliced(group, batch_size)
    return [batches[index] for index in random.permutation(len(batches))]


def prediction_batches(
    lengths: np.ndarray, batch_size: int, most_tokens: int | None = None
) -> list[np.ndarray]:
    """Returns every row once, sorted by length, longest first.

    So a batch that is too large for the memory shows at once. Arguments and result are
    those of `training_batches`; of rows that are long, as texts in many windows are,
    a batch has fewer, so that it has no more than `most_tokens` if it can.
    """
    lengths = np.asarray(lengths, np.int64)
    order = np.argsort(-lengths, kind="stable")
    if most_tokens is None:
        return _sliced(order, batch_size)
    batches = []
    while len(order):
        fitting = most_tokens // max(1, int(lengths[order[0]]))
        size = min(batch_size, max(1, fitting))
        batches.append(order[:size])
        order = order[size:]
    return batches


def in_length_order(
    lengths: np.ndarray,
    batch_size: int,
    run: Callable[[np.ndarray], np.ndarray],
    on_progress: Callable[[int, int], None] | None = None,
    most_tokens: int | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields row indices and results of each batch, see `prediction_batches`.

    `run` is called with int64 `(batch,)` row indices and returns a result for each,
    possibly more for rows that pad the batch; `on_progress` is called with rows done
    and all rows.
    """
    done = 0
    for rows in prediction_batches(lengths, batch_size, most_tokens):
        yield rows, run(rows)[: len(rows)]
        done += len(rows)
        if on_progress:
            on_progress(done, len(lengths))


def bucket(length: int, buckets: Sequence[int]) -> int:
    """Returns the smallest of `buckets` that holds `length`, for fixed shapes."""
    fitting = [size for size in buckets if size >= length]
    if not fitting:
        raise SettingsError(
            f"Expected a bucket for every length. Received: length={length!r}, "
            f"buckets={list(buckets)!r}. Add one that is large enough."
        )
    return min(fitting)


def _sliced(rows: np.ndarray, size: int) -> list[np.ndarray]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
