"""Encoder and head as one Keras model."""

import keras

from kerascls.encoders import Encoder, assign_by_name
from kerascls.heads import ClassificationHead


class TransformerClassifier(keras.Model):
    """An encoder with a classification head; returns float32 logits.

    Args:
        encoder: A built encoder, pretrained or not, without pooler.
        num_classes: Columns of the logits.
        pooling: How hidden states become one vector, see `ClassificationHead`.
        dropout: Share of that vector dropped in training.
        seed: Fixes the head's weights and dropout.

    Example:
        >>> model = TransformerClassifier(encoder, num_classes=5)
        >>> logits = model({"token_ids": ..., "segment_ids": ..., "padding_mask": ...})
    """

    def __init__(
        self,
        encoder: Encoder,
        num_classes: int,
        pooling: str = "cls",
        dropout: float = 0.1,
        seed: int = 0,
        **kwargs,
    ):
        # === Layers ===
        head = ClassificationHead(
            num_classes,
            encoder.config.hidden_dim,
            pooling,
            dropout,
            encoder.config.initializer_range,
            seed,
            dtype=encoder.dtype_policy,
        )
        # === Functional Model ===
        inputs = {
            name: keras.Input((None,), dtype="int32", name=name)
            for name in ("token_ids", "segment_ids", "padding_mask")
        }
        hidden = encoder(**inputs)
        logits = head(hidden, inputs["padding_mask"])
        super().__init__(inputs=inputs, outputs=logits, **kwargs)
        # === Config ===
        self.encoder = encoder
        self.head = head

    def weights_by_name(self) -> dict:
        """Returns every variable under its stable name."""
        return {**self.encoder.weights_by_name(), **self.head.weights_by_name()}

    def load_named_weights(self, weights: dict):
        """Sets every variable; see `Encoder.load_named_weights`."""
        assign_by_name(self.weights_by_name(), weights)

    def named_arrays(self) -> dict:
        """Returns a copy of every weight as a float32 numpy array."""
        return {
            name: keras.ops.convert_to_numpy(variable.value)
            for name, variable in self.weights_by_name().items()
        }
