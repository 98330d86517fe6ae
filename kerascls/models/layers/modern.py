"""The bricks of ModernBERT: rotary positions, local attention, a gated block."""

import math
from typing import Any, NamedTuple

from keras import KerasTensor, layers, ops

from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.layers.bricks import Bricks, Seeds
from kerascls.models.layers.modern_angles import inverse_frequencies
from kerascls.models.layers.transformer import attention_bias, token_rows
from kerascls.models.registry import ACTIVATIONS
from kerascls.system.tables import named


class Context(NamedTuple):
    """What a layer needs of where tokens stand.

    Args:
        bias: Added to attention scores, `(batch, 1, 1 or tokens, tokens)`.
        cosines, sines: float32 `(tokens, width of a head)`.
    """

    bias: KerasTensor
    cosines: KerasTensor
    sines: KerasTensor


def context(
    config: EncoderConfig, padding_mask: KerasTensor, is_local: bool, dtype: str
) -> Context:
    """Returns the context of a batch, for layers that see all or their neighbours.

    Args:
        config: The encoder.
        padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        is_local: Whether tokens further away than half of `local_attention` are hidden.
        dtype: In which attention computes.
    """
    places = ops.cumsum(ops.ones_like(padding_mask[0])) - 1  # (tokens,)
    bias = attention_bias(padding_mask, dtype)
    if is_local:
        apart = ops.abs(ops.expand_dims(places, 1) - ops.expand_dims(places, 0))
        near = ops.cast(apart <= config.local_attention // 2, "int32")
        band = attention_bias(near, dtype)  # (tokens, 1, 1, tokens)
        # The lesser of two, not their sum: in float16 that would be -infinity.
        bias = ops.minimum(bias, ops.transpose(band, (1, 2, 0, 3)))
    angles = ops.expand_dims(ops.cast(places, "float32"), 1)
    angles = angles * inverse_frequencies(config, is_local)  # (tokens, width / 2)
    angles = ops.concatenate([angles, angles], axis=-1)
    return Context(bias, ops.cos(angles), ops.sin(angles))


def rotated(x: KerasTensor, context: Context) -> KerasTensor:
    """Turns pairs of units by the angle of their token, in float32.

    Args:
        x: `(batch, heads, tokens, width)`.
        context: Of these tokens.
    """
    half = x.shape[-1] // 2
    turned = ops.cast(x, "float32")
    swapped = ops.concatenate([-turned[..., half:], turned[..., :half]], axis=-1)
    return ops.cast(turned * context.cosines + swapped * context.sines, x.dtype)


class ModernEmbeddings(layers.Layer):
    """Token embeddings, normalised.

    Args:
        config: The encoder.
        seeds: Where initial weights and dropout get their seeds.
    """

    def __init__(self, config: EncoderConfig, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        bricks = Bricks(config, seeds, self.dtype_policy, has_biases=False)
        self.tokens = self.add_weight(
            name="word_embeddings",
            shape=(config.vocab_size, config.hidden_dim),
            initializer=bricks.initializer(),
            autocast=False,
        )
        self.norm = bricks.norm("norm")
        self.dropout = bricks.dropout(config.dropout)
        self.built = True

    def call(
        self,
        token_ids: KerasTensor,
        segment_ids: KerasTensor,
        padding_mask: KerasTensor,
        training: Any = None,
    ) -> KerasTensor:
        """Returns `(batch, tokens, hidden_dim)`; segments and mask are of no effect."""
        hidden = self.norm(token_rows(self.tokens, token_ids))
        return self.dropout(hidden, training=training)


class ModernBlock(layers.Layer):
    """Attention and a gated feed-forward, each behind a LayerNorm (pre-norm).

    LN --> Att --> Dropout --> Add --> LN --> GeGLU --> Dropout --> Dense --> Add

    Args:
        config: The encoder.
        seeds: Where initial weights and dropout get their seeds.
        is_first: Whether it follows the embeddings, which are normalised already.

    References:
        - [ModernBERT](https://arxiv.org/abs/2412.13663)
        - [GLU Variants](https://arxiv.org/abs/2002.05202)
    """

    def __init__(
        self, config: EncoderConfig, seeds: Seeds, is_first: bool, **kwargs: Any
    ) -> None:
        # Keras would make half precision of angles, which are float32 with a reason.
        super().__init__(**kwargs, autocast=False)
        self.config = config
        self.activation = named(ACTIVATIONS[config.activation].function)
        hidden, inner = config.hidden_dim, config.intermediate_dim
        # What is added to the sum over all layers begins smaller, as in the paper.
        small = config.initializer_range / math.sqrt(2 * config.num_layers)
        bricks = Bricks(config, seeds, self.dtype_policy, has_biases=False)
        self.query_key_value = bricks.dense(hidden, 3 * hidden, "query_key_value")
        self.attention_output = bricks.dense(hidden, hidden, "attention_output", small)
        self.intermediate = bricks.dense(hidden, 2 * inner, "intermediate")
        self.output_dense = bricks.dense(inner, hidden, "output", small)
        self.attention_norm = None
        if not is_first:
            self.attention_norm = bricks.norm("attention_norm")
        self.norm = bricks.norm("norm")
        self.attention_dropout = bricks.dropout(
            config.attention_dropout, "attention_dropout"
        )
        self.attended_dropout = bricks.dropout(
            config.attention_dropout, "attended_dropout"
        )
        self.dropout = bricks.dropout(config.dropout, "dropout")
        self.built = True

    def call(
        self,
        hidden: KerasTensor,
        context: Context,
        training: bool | None = None,
        first_only: bool = False,
    ) -> KerasTensor:
        """Returns the next hidden states.

        Args:
            hidden: `(batch, tokens, hidden_dim)` in the compute dtype.
            context: Of the batch.
            training: Whether dropout is on.
            first_only: Whether those of the first token are enough.

        Returns:
            `(batch, tokens, hidden_dim)` in the compute dtype, with `first_only`
            `(batch, 1, hidden_dim)`.
        """
        normal = hidden if self.attention_norm is None else self.attention_norm(hidden)
        attended = self._attend(normal, context, training, first_only)
        attended = self.attended_dropout(attended, training=training)
        hidden = (hidden[:, :1] if first_only else hidden) + attended
        inner = self.intermediate(self.norm(hidden))
        inner, gate = ops.split(inner, 2, axis=-1)
        inner = self.activation(inner, training) * gate
        return hidden + self.output_dense(self.dropout(inner, training=training))

    def _attend(
        self, normal: KerasTensor, context: Context, training: Any, first_only: bool
    ) -> KerasTensor:
        heads, width = self.config.num_heads, self.config.hidden_dim
        shape = (-1, ops.shape(normal)[1], 3, heads, width // heads)
        vectors = ops.reshape(self.query_key_value(normal), shape)
        # (3, batch, heads, tokens, width of a head)
        vectors = ops.transpose(vectors, (2, 0, 3, 1, 4))
        query, key = rotated(vectors[0], context), rotated(vectors[1], context)
        bias = context.bias
        if first_only:
            query, bias = query[:, :, :1], bias[:, :, :1]
        query *= 1.0 / math.sqrt(width // heads)
        # (batch, heads, queries, tokens)
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) + bias
        weights = ops.softmax(scores, axis=-1)
        weights = self.attention_dropout(weights, training=training)
        mixed = ops.matmul(weights, vectors[2])
        mixed = ops.transpose(mixed, (0, 2, 1, 3))  # (batch, queries, heads, width)
        mixed = ops.reshape(mixed, (-1, ops.shape(mixed)[1], width))
        return self.attention_output(mixed)
