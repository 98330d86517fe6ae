"""From hidden states to logits: pooling, dropout, one dense layer."""

import keras
from keras import layers, ops

from kerascls.errors import SettingsError

POOLINGS = ("cls", "mean")


@keras.saving.register_keras_serializable("kerascls")
class ClassificationHead(layers.Layer):
    """Turns hidden states into float32 logits.

    Args:
        num_classes: Columns of the logits.
        hidden_dim: Width of the hidden states.
        pooling: `"cls"` takes the first token, `"mean"` averages the real ones.
        dropout: Share of the text vector dropped in training.
        initializer_range: Standard deviation of the fresh kernel.
        seed: Fixes the kernel and dropout.
        **kwargs: `name`; `dtype`, in which dropout computes.

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
                f"Received: pooling={pooling!r}. Choose one of them."
            )
        self.hidden_dim = hidden_dim
        self.pooling = pooling
        self.initializer_range = initializer_range
        self.seed = seed
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
            hidden: `(batch, tokens, hidden_dim)`, any float dtype.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
            training: Whether dropout is on.

        Returns:
            float32 `(batch, num_classes)`.
        """
        pooled = hidden[:, 0] if self.pooling == "cls" else _mean(hidden, padding_mask)
        return self.dense(self.dropout(pooled, training=training))

    def compute_output_spec(self, hidden, *_, **__):
        """Returns the shape of the logits, and float32 in any precision."""
        return keras.KerasTensor((hidden.shape[0], self.dense.units), "float32")

    def get_config(self):
        """Returns what `from_config` needs."""
        return {
            **super().get_config(),
            "num_classes": self.dense.units,
            "hidden_dim": self.hidden_dim,
            "pooling": self.pooling,
            "dropout": self.dropout.rate,
            "initializer_range": self.initializer_range,
            "seed": self.seed,
        }

    def weights_by_name(self) -> dict:
        """Returns the two variables, float32, under their stable names."""
        return {
            "classifier/kernel": self.dense.kernel,
            "classifier/bias": self.dense.bias,
        }


def _mean(hidden, padding_mask):
    # float32: half precision loses small addends in long sums.
    mask = ops.cast(padding_mask, "float32")[:, :, None]
    total = ops.sum(ops.cast(hidden, "float32") * mask, axis=1)
    return total / ops.maximum(ops.sum(mask, axis=1), 1.0)
