"""Windows of a text as sequences of their own, and their vectors as one of the text.

A batch of texts in windows is `(batch, windows, tokens)`; an encoder reads it as
`(batch * windows, tokens)`. A window without a token only pads a batch.
"""

from collections.abc import Callable
from typing import Any

from keras import KerasTensor, layers, ops


class FoldWindows(layers.Layer):
    """Puts all windows below each other, as if each were a text."""

    def call(self, x: KerasTensor) -> KerasTensor:
        """Returns `(batch * windows, tokens)` of `(batch, windows, tokens)`."""
        return fold(x)

    def compute_output_spec(self, x: KerasTensor) -> Any:
        """Returns the shape, and the dtype of what comes in."""
        return KerasTensor((None, x.shape[-1]), x.dtype)


def fold(x: KerasTensor) -> KerasTensor:
    """Returns `(batch * windows, tokens)` of `(batch, windows, tokens)`."""
    return ops.reshape(x, (-1, ops.shape(x)[-1]))


def fold_hidden(hidden: KerasTensor) -> KerasTensor:
    """Returns `(sequences, tokens, width)` of hidden states, folded already or not."""
    return ops.reshape(hidden, (-1, ops.shape(hidden)[-2], hidden.shape[-1]))


def unfold_hidden(hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
    """Returns hidden states as `(batch, windows, tokens, width)`.

    Args:
        hidden: `(batch * windows, tokens, width)`.
        padding_mask: `(batch, windows, tokens)`.
    """
    windows, tokens = ops.shape(padding_mask)[1], ops.shape(hidden)[1]
    return ops.reshape(hidden, (-1, windows, tokens, hidden.shape[-1]))


def pool_windows(
    pool: Callable[[KerasTensor, KerasTensor], KerasTensor],
    vectors: KerasTensor,
    padding_mask: KerasTensor,
    num_vectors: int = 1,
) -> KerasTensor:
    """Makes vectors of texts out of those of their windows.

    Args:
        pool: A pooling, which takes windows as it would take tokens.
        vectors: `(batch * windows, vectors, hidden_dim)`; of several, each is pooled
            with those of its place in the other windows.
        padding_mask: int32 `(batch, windows, tokens)`.
        num_vectors: How many vectors a window has.

    Returns:
        `(batch, vectors, width)`, as wide as the pooling makes them.
    """
    width = vectors.shape[-1]
    is_real = ops.max(padding_mask, axis=-1)  # (batch, windows)
    shape = (-1, ops.shape(padding_mask)[1], num_vectors, width)
    by_text = ops.transpose(ops.reshape(vectors, shape), (0, 2, 1, 3))
    # (batch * vectors, windows, width)
    by_text = ops.reshape(by_text, (-1, ops.shape(padding_mask)[1], width))
    if num_vectors > 1:
        is_real = ops.repeat(is_real, num_vectors, axis=0)
    pooled = pool(by_text, is_real)  # (batch * vectors, 1, width)
    return ops.reshape(pooled, (-1, num_vectors, pooled.shape[-1]))
