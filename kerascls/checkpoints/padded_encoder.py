"""The encoder as bert4keras's users feed it: padding is a token, not a mask."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.encoder import Encoder


@keras.saving.register_keras_serializable("kerascls")
class PaddedEncoder(layers.Layer):
    """An encoder that takes every `pad_id` behind the first token for padding.

    Its hidden states carry that mask, for the layers behind it that heed one.

    Args:
        encoder: The encoder.
        pad_id: Id of `[PAD]`.
    """

    def __init__(self, encoder: Encoder, pad_id: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder
        self.pad_id = pad_id
        self.supports_masking = True
        self.built = True

    def call(
        self,
        token_ids: KerasTensor,
        segment_ids: KerasTensor,
        training: bool | None = None,
    ) -> KerasTensor:
        """Returns hidden states `(batch, tokens, hidden_dim)`, or the pooled vector."""
        mask = ops.cast(self.compute_mask(token_ids), "int32")
        outputs = self.encoder(token_ids, segment_ids, mask, training=training)
        return outputs[1] if self.encoder.with_pool else outputs

    def compute_mask(
        self, inputs: KerasTensor, previous_mask: KerasTensor | None = None
    ) -> KerasTensor:
        """Returns bool `(batch, tokens)`; a first token is never padding."""
        mask = ops.not_equal(inputs, self.pad_id)
        return ops.concatenate([ops.ones_like(mask[:, :1]), mask[:, 1:]], axis=1)

    def compute_output_shape(self, token_ids_shape: Any, *_: Any, **__: Any) -> Any:
        """Returns the shape of what `call` returns."""
        shapes = self.encoder.compute_output_shape(token_ids_shape)
        return shapes[1] if self.encoder.with_pool else shapes

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` needs."""
        encoder = keras.saving.serialize_keras_object(self.encoder)
        return {**super().get_config(), "encoder": encoder, "pad_id": self.pad_id}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "PaddedEncoder":
        """Builds the layer that `get_config` described."""
        encoder = keras.saving.deserialize_keras_object(config["encoder"])
        return cls(**{**config, "encoder": encoder})
