"""A Transformer from scratch."""

import math

import keras
import numpy as np
from keras import KerasTensor, ops

from kerascls.models.classic.bricks import dense
from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import maximum
from kerascls.models.layers.transformer import TransformerBlock, attention_bias


class Transformer(ClassicLayer):
    """A small encoder whose weights all begin random.

    Embeddings + sinusoids of positions --> Dropout --> (Dense, where widths differ)
    --> Block x num_layers --> Maximum over tokens --> Dropout --> Dense

    Blocks are those of BERT (`TransformerBlock`), post-norm as in the paper. As
    positions are computed, and not looked up, texts may be of any length.

    Other than in the paper there is no decoder: the maximum over tokens makes a vector
    of the text; sines and cosines stand behind each other in place of in turn, which
    only numbers the units anew; the activation is GELU; weights of blocks begin as
    BERT's; dropout, which is that of the text vector, is on attention weights, too.

    Args:
        config: `hidden_dim` units, four times as many in the feed-forward part;
            `num_layers` blocks of `sizes["num_heads"]` heads.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`; the blocks' dropout
            is the same.

    References:
        - [Attention Is All You Need](https://arxiv.org/abs/1706.03762)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        config, policy = self.config, self.dtype_policy
        sizes = EncoderConfig(
            family="bert",
            vocab_size=config.vocab_size,
            embedding_dim=config.embedding_dim,
            hidden_dim=config.hidden_dim,
            intermediate_dim=4 * config.hidden_dim,
            num_layers=config.num_layers,
            num_heads=config.sizes["num_heads"],
            dropout=self.dropout.rate,
            attention_dropout=self.dropout.rate,
        )
        self.projection = None
        if sizes.has_projection:
            self.projection = dense(config.hidden_dim, seeds, "projection", policy)
        self.blocks = []
        for number in range(config.num_layers):
            name = f"layer_{number}"
            # Blocks make their weights as they are made, and not under their name.
            with keras.name_scope(self.name), keras.name_scope(name):
                block = TransformerBlock(sizes, seeds, dtype=policy, name=name)
            self.blocks.append(block)

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        mask, width = inputs["padding_mask"], self.config.embedding_dim
        # As large as what is added to it.
        hidden = embedded * math.sqrt(width) + ops.cast(
            sinusoids(mask, width), self.compute_dtype
        )
        hidden = self.dropout(hidden, training=training)
        if self.projection is not None:
            hidden = self.projection(hidden)  # (batch, tokens, hidden_dim)
        bias = attention_bias(mask, self.compute_dtype)
        for block in self.blocks:
            hidden = block(hidden, bias, training=training)
        return maximum(hidden, mask)[:, 0]


def sinusoids(padding_mask: KerasTensor, width: int) -> KerasTensor:
    """Returns what tells positions apart, float32 `(tokens, width)`.

    Args:
        padding_mask: int32 `(batch, tokens)`; only how many tokens there are matters.
        width: Units of each position.
    """
    half = -(-width // 2)
    frequencies = 10_000.0 ** (-np.arange(half, dtype=np.float32) / half)
    places = ops.cumsum(ops.ones_like(padding_mask[0])) - 1  # (tokens,)
    angles = ops.expand_dims(ops.cast(places, "float32"), -1)
    angles = angles * frequencies.astype(np.float32)  # (tokens, half)
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)[:, :width]
