"""Encoder and head as one Keras model."""

import keras

from kerascls.encoders import Encoder, assign_by_name
from kerascls.errors import SettingsError
from kerascls.heads import ClassificationHead


@keras.saving.register_keras_serializable("kerascls")
class TransformerClassifier(keras.Model):
    """An encoder with a classification head; returns float32 logits.

    Args:
        encoder: A built encoder, pretrained or not, without pooler.
        num_classes: Columns of the logits.
        pooling: How hidden states become one vector, see `ClassificationHead`.
        dropout: Share of that vector dropped in training.
        seed: Fixes the head's weights and dropout.
        **kwargs: `name`.

    Raises:
        SettingsError: When the pooling is unknown, or the encoder has a pooler.

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
        if encoder.with_pool:
            raise SettingsError(
                "Expected an encoder that returns hidden states alone. Received: "
                "encoder.with_pool=True. Build or load it with `with_pool=False`."
            )
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

    def get_config(self):
        """Returns what `from_config` needs."""
        head = self.head.get_config()
        given = ("num_classes", "pooling", "dropout", "seed")
        return {
            "name": self.name,
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            **{name: head[name] for name in given},
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Builds the model that `get_config` described."""
        encoder = keras.saving.deserialize_keras_object(
            config["encoder"], custom_objects
        )
        return cls(**{**config, "encoder": encoder})

    def weights_by_name(self) -> dict:
        """Returns every variable, float32, under its stable name."""
        return {**self.encoder.weights_by_name(), **self.head.weights_by_name()}

    def load_named_weights(self, weights: dict):
        """Sets every variable; see `Encoder.load_named_weights`.

        Raises:
            CheckpointError: When names or shapes differ; nothing is set then.
        """
        assign_by_name(self.weights_by_name(), weights)

    def named_arrays(self) -> dict:
        """Returns a copy of every weight as a float32 numpy array."""
        return {
            name: keras.ops.convert_to_numpy(keras.ops.copy(variable))
            for name, variable in self.weights_by_name().items()
        }
