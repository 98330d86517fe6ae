"""From hidden states to logits: pooling, dropout, one dense layer."""

import keras
from keras import layers, ops

from kerascls.errors import SettingsError

POOLINGS = ("cls", "mean")


class ClassificationHead(layers.Layer):
    """Turns hidden states into float32 logits.

    Args:
        num_classes: Columns of the logits.
        hidden_dim: Width of the hidden states.
        pooling: `"cls"` takes the first token, `"mean"` averages the real ones.
        dropout: Share of the text vector dropped in training.
        initializer_range: Standard deviation of the fresh kernel.
        seed: Fixes the kernel and dropout.

    Raises:
        SettingsError: When the pooling is unknown.
    """

    def __init__(
        self,
        num_classes: int,
        hidden_dim: int,
        pooling: str = "cls",
        dropout: float = 0.1,
        initializer_range: float = 0.02,
        seed: int = 0,
        **kwargs,
    ):
        kwargs.setdefault("name", "head")
        super().__init__(**kwargs)
        if pooling not in POOLINGS:
            raise SettingsError(
                f"Expected a pooling out of {', '.join(POOLINGS)}. "
                f"Received: pooling={pooling!r}."
            )
        self.pooling = pooling
        self.dropout = layers.Dropout(dropout, seed=seed, dtype=self.dtype_policy)
        self.dense = layers.Dense(
            num_classes,
            kernel_initializer=keras.initializers.TruncatedNormal(
                stddev=initializer_range, seed=seed + 1
            ),
            dtype="float32",
            name="classifier",
        )
        self.dense.build((None, hidden_dim))
        self.built = True

    def call(self, hidden, padding_mask, training=None):
        """Returns logits.

        Args:
            hidden: `(batch, tokens, hidden_dim)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
            training: Whether dropout is on.

        Returns:
            float32 `(batch, num_classes)`.
        """
        pooled = hidden[:, 0] if self.pooling == "cls" else _mean(hidden, padding_mask)
        return self.dense(self.dropout(pooled, training=training))

    def compute_output_shape(self, hidden_shape, *_, **__):
        """Returns the shape of the logits."""
        return hidden_shape[0], self.dense.units

    def weights_by_name(self) -> dict:
        """Returns the two variables under their stable names."""
        return {
            "classifier/kernel": self.dense.kernel,
            "classifier/bias": self.dense.bias,
        }


def _mean(hidden, padding_mask):
    # float32: half precision loses small addends in long sums.
    mask = ops.cast(padding_mask, "float32")[:, :, None]
    total = ops.sum(ops.cast(hidden, "float32") * mask, axis=1)
    return total / ops.maximum(ops.sum(mask, axis=1), 1.0)
