"""The bricks of an encoder: embeddings and one post-norm Transformer block."""

import math
from typing import Any

import keras
from keras import KerasTensor, layers, ops

from kerascls.models.backend import tensorflow_ops
from kerascls.models.backend.compute import has_own_operations
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.layers.bricks import Bricks, Normalization, Seeds
from kerascls.models.registry import ACTIVATIONS
from kerascls.system.tables import named


def gelu_erf(x: KerasTensor, training: bool | None = False) -> KerasTensor:
    """Returns GELU, of the same shape and dtype.

    Args:
        x: Any shape, any float dtype.
        training: Whether gradients will be asked for. Where they are not, TensorFlow
            finds Keras's form behind a product of matrices and computes both at once.

    References:
        - [Gaussian Error Linear Units](https://arxiv.org/abs/1606.08415)
    """
    if training and has_own_operations(x):
        return tensorflow_ops.gelu_erf(x)
    return ops.gelu(x, approximate=False)


def gelu_tanh(x: KerasTensor, training: bool | None = False) -> KerasTensor:
    """Returns the tanh form of GELU; see `gelu_erf`."""
    if training and has_own_operations(x):
        return tensorflow_ops.gelu_tanh(x)
    return ops.gelu(x, approximate=True)


def relu(x: KerasTensor, training: bool | None = False) -> KerasTensor:
    """Returns what is above 0; see `gelu_erf`."""
    return ops.relu(x)


def attention_bias(padding_mask: KerasTensor, dtype: str) -> KerasTensor:
    """Turns a padding mask into numbers added to attention scores.

    Args:
        padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        dtype: The dtype attention computes in, e.g. `"float32"`.

    Returns:
        `(batch, 1, 1, tokens)` of that dtype: 0 for real tokens, a large negative
        number else.
    """
    # In float16 -1e9 would be -infinity, and 0 * -infinity NaN.
    large = -6e4 if dtype == "float16" else -1e9
    # Not `mask[:, None, None]`: TensorFlow Lite has no slice that adds axes.
    mask = ops.expand_dims(ops.cast(padding_mask, dtype), (1, 2))
    return (1.0 - mask) * large  # (batch, 1, 1, tokens)


class Embeddings(layers.Layer):
    """Token, segment and position embeddings, summed and normalised.

    Args:
        config: The encoder.
        seeds: Where initial weights and dropout get their seeds.
    """

    def __init__(self, config: EncoderConfig, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.norm = Normalization(
            epsilon=config.layer_norm_epsilon, dtype=self.dtype_policy, name="norm"
        )
        self.bricks = Bricks(config, seeds, self.dtype_policy)
        self.dropout = self.bricks.dropout(config.dropout)

    def build(self, input_shape: Any = None) -> None:
        config = self.config

        def table(name: str, rows: int) -> keras.Variable:
            return self.add_weight(
                name=name,
                shape=(rows, config.embedding_dim),
                initializer=self.bricks.initializer(),
                # Gradients of a row are summed over all its tokens: in float32.
                autocast=False,
            )

        self.tokens = table("word_embeddings", config.vocab_size)
        self.segments = None
        if config.num_token_types:
            self.segments = table("token_type_embeddings", config.num_token_types)
        self.positions = table("position_embeddings", config.num_positions)
        self.norm.build((None, None, config.embedding_dim))
        self.built = True

    def call(
        self,
        token_ids: KerasTensor,
        segment_ids: KerasTensor,
        padding_mask: KerasTensor,
        training: Any = None,
    ) -> KerasTensor:
        """Returns `(batch, tokens, embedding_dim)` in the compute dtype.

        Args:
            token_ids: int32 `(batch, tokens)`.
            segment_ids: int32 `(batch, tokens)`; of no effect where there is one
                segment or none.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
            training: Whether dropout is on.
        """
        hidden = token_rows(self.tokens, token_ids)  # (batch, tokens, embedding_dim)
        if self.config.num_token_types == 1:
            hidden += ops.convert_to_tensor(self.segments)  # (1, embedding_dim)
        elif self.segments is not None:
            hidden += token_rows(self.segments, segment_ids)
        hidden += self._positions(padding_mask)
        return self.dropout(self.norm(hidden), training=training)

    def _positions(self, padding_mask: KerasTensor) -> KerasTensor:
        first = self.config.first_position
        if not first:
            num_tokens = ops.shape(padding_mask)[1]
            # (1, tokens, embedding_dim)
            return ops.convert_to_tensor(self.positions)[None, :num_tokens]
        # Padding is not counted, and has the position before the first.
        counted = ops.cumsum(padding_mask, axis=1) * padding_mask
        return token_rows(self.positions, counted + (first - 1))


def token_rows(table: keras.Variable, ids: KerasTensor) -> KerasTensor:
    """Returns rows of an embedding table, one for each id."""
    # A reshape's gradient is dense. TensorFlow's for rows alone is a list with one
    # entry per token, which Keras squares unsummed: for clipping and inside Adam.
    return ops.take(ops.reshape(table, table.shape), ids, axis=0)


class TransformerBlock(layers.Layer):
    """Attention and feed-forward, each followed by add and LayerNorm (post-norm).

    Att --> Dropout --> Add --> LN --> FFN --> Dropout --> Add --> LN

    Args:
        config: The encoder.
        seeds: Where initial weights and dropout get their seeds.

    References:
        - [Attention Is All You Need](https://arxiv.org/abs/1706.03762)
        - [BERT](https://arxiv.org/abs/1810.04805), whose order of operations this is
    """

    def __init__(self, config: EncoderConfig, seeds: Seeds, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.activation = named(ACTIVATIONS[config.activation].function)
        hidden, inner = config.hidden_dim, config.intermediate_dim
        bricks = Bricks(config, seeds, self.dtype_policy)
        self.query = bricks.dense(hidden, hidden, "query")
        self.key = bricks.dense(hidden, hidden, "key")
        self.value = bricks.dense(hidden, hidden, "value")
        self.attention_output = bricks.dense(hidden, hidden, "attention_output")
        self.attention_norm = bricks.norm("attention_norm")
        self.intermediate = bricks.dense(hidden, inner, "intermediate")
        self.output_dense = bricks.dense(inner, hidden, "output")
        self.output_norm = bricks.norm("output_norm")
        self.attention_dropout = bricks.dropout(
            config.attention_dropout, "attention_dropout"
        )
        self.dropout = bricks.dropout(config.dropout, "dropout")
        self.output_dropout = bricks.dropout(config.dropout, "output_dropout")
        self.built = True

    def call(
        self,
        hidden: KerasTensor,
        bias: KerasTensor,
        training: bool | None = None,
        first_only: bool = False,
    ) -> KerasTensor:
        """Returns the next hidden states.

        Args:
            hidden: `(batch, tokens, hidden_dim)` in the compute dtype.
            bias: `(batch, 1, 1, tokens)` of `attention_bias`, in the same dtype.
            training: Whether dropout is on.
            first_only: Whether those of the first token are enough.

        Returns:
            `(batch, tokens, hidden_dim)` in the compute dtype, with `first_only`
            `(batch, 1, hidden_dim)`.
        """
        queries = hidden[:, :1] if first_only else hidden
        # Rows alone: of matrices, products with bias and activation are one operation.
        rows = ops.reshape(queries, (-1, self.config.hidden_dim))  # (rows, hidden_dim)
        attended = self.attention_output(self._attend(queries, hidden, bias, training))
        rows = self.attention_norm(rows + self.dropout(attended, training=training))
        inner = self.activation(self.intermediate(rows), training)
        output = self.output_dropout(self.output_dense(inner), training=training)
        return ops.reshape(self.output_norm(rows + output), ops.shape(queries))

    def _attend(
        self,
        queries: KerasTensor,
        hidden: KerasTensor,
        bias: KerasTensor,
        training: Any,
    ) -> KerasTensor:
        query = self._split(self.query, queries)
        key, value = self._split(self.key, hidden), self._split(self.value, hidden)
        # Of the two factors the one with fewer numbers is scaled.
        query *= 1.0 / math.sqrt(query.shape[-1])
        # (batch, heads, queries, tokens)
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) + bias
        weights = ops.softmax(scores, axis=-1)
        weights = self.attention_dropout(weights, training=training)
        mixed = ops.matmul(weights, value)  # (batch, heads, queries, width)
        mixed = ops.transpose(mixed, (0, 2, 1, 3))  # (batch, queries, heads, width)
        return ops.reshape(mixed, (-1, self.config.hidden_dim))  # (rows, hidden_dim)

    def _split(self, dense: layers.Dense, hidden: KerasTensor) -> KerasTensor:
        heads, width = self.config.num_heads, self.config.hidden_dim
        rows = dense(ops.reshape(hidden, (-1, width)))  # (batch * tokens, hidden_dim)
        shape = (-1, ops.shape(hidden)[1], heads, width // heads)
        # (batch, heads, tokens, width)
        return ops.transpose(ops.reshape(rows, shape), (0, 2, 1, 3))
