"""The bricks of an encoder: embeddings and one post-norm Transformer block."""

import math
from collections.abc import Callable

import keras
from keras import layers, ops

from kerascls.models.backend import tensorflow_ops
from kerascls.models.backend.compute import has_own_operations
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.registry import ACTIVATIONS
from kerascls.system.tables import named


class Seeds:
    """Gives every random layer its own seed, so that one number fixes a model.

    The sequence is a permutation of all numbers below 2**31: it neither repeats
    itself nor comes back to `seed` within a model.

    Args:
        seed: Any whole number; the same number gives the same sequence of seeds.
    """

    def __init__(self, seed: int) -> None:
        self._next = seed % 2**31

    def next(self) -> int:
        """Returns the next seed, from 0 to 2**31 - 1."""
        self._next = (self._next * 1103515245 + 12345) % 2**31
        return self._next


def gelu(name: str) -> Callable:
    """Returns the activation function of an `EncoderConfig`.

    Args:
        name: One of `kerascls.models.registry.ACTIVATIONS`.

    Returns:
        A function of a tensor, of the same shape and dtype, and of whether gradients
        will be asked for.

    References:
        - [Gaussian Error Linear Units](https://arxiv.org/abs/1606.08415)
    """
    return named(ACTIVATIONS[name].function)


# Where no gradient is asked for, TensorFlow finds this form behind a product of
# matrices and computes both at once.
def gelu_erf(x, training=False):
    """Returns GELU; see `gelu`."""
    if training and has_own_operations(x):
        return tensorflow_ops.gelu_erf(x)
    return ops.gelu(x, approximate=False)


def gelu_tanh(x, training=False):
    """Returns the tanh form of GELU; see `gelu`."""
    if training and has_own_operations(x):
        return tensorflow_ops.gelu_tanh(x)
    return ops.gelu(x, approximate=True)


def relu(x, training=False):
    """Returns what is above 0; see `gelu`."""
    return ops.relu(x)


def attention_bias(padding_mask, dtype):
    """Turns a padding mask into numbers added to attention scores.

    Args:
        padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        dtype: The dtype attention computes in, e.g. `"float32"`.

    Returns:
        `(batch, 1, 1, tokens)` of that dtype: 0 for real tokens, a large negative
        number else.
    """
    # -1e9 would be -infinity, and 0 * -infinity NaN.
    large = -6e4 if dtype == "float16" else -1e9
    mask = ops.expand_dims(ops.cast(padding_mask, dtype), axis=(1, 2))
    return (1.0 - mask) * large


class Normalization(layers.LayerNormalization):
    """LayerNorm over the last axis, by hand where that is faster."""

    def call(self, inputs):
        """Returns a tensor like `inputs`, `(..., width)`."""
        if not has_own_operations(inputs):
            return super().call(inputs)
        rows = ops.reshape(inputs, (-1, inputs.shape[-1]))
        gamma, beta = map(ops.convert_to_tensor, (self.gamma, self.beta))
        rows = tensorflow_ops.layer_norm(rows, gamma, beta, self.epsilon)
        return ops.reshape(rows, ops.shape(inputs))


class Dropout(layers.Dropout):
    """Dropout, by hand where that is faster; the same units are dropped."""

    def call(self, inputs, training=False):
        """Returns a tensor like `inputs`."""
        if not (training and 0 < self.rate < 1 and has_own_operations(inputs)):
            return super().call(inputs, training=training)
        seed = ops.cast(self.seed_generator.next(), "int32")
        return tensorflow_ops.dropout(inputs, self.rate, seed)


class Embeddings(layers.Layer):
    """Token, segment and position embeddings, summed and normalised.

    Args:
        config: The encoder.
        seeds: Where initial weights and dropout get their seeds.
    """

    def __init__(self, config: EncoderConfig, seeds: Seeds, **kwargs) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.seeds = seeds
        self.norm = Normalization(
            epsilon=config.layer_norm_epsilon, dtype=self.dtype_policy, name="norm"
        )
        self.dropout = Dropout(
            config.dropout, seed=seeds.next(), dtype=self.dtype_policy
        )

    def build(self, input_shape=None) -> None:
        config = self.config

        def table(name, rows):
            return self.add_weight(
                name=name,
                shape=(rows, config.embedding_dim),
                initializer=keras.initializers.TruncatedNormal(
                    stddev=config.initializer_range, seed=self.seeds.next()
                ),
                # Gradients of a row are summed over all its tokens: in float32.
                autocast=False,
            )

        self.tokens = table("word_embeddings", config.vocab_size)
        self.segments = table("token_type_embeddings", config.num_token_types)
        self.positions = table("position_embeddings", config.max_positions)
        self.norm.build((None, None, config.embedding_dim))
        self.built = True

    def call(self, token_ids, segment_ids, training=None):
        """Embeds tokens.

        Args:
            token_ids: int32 `(batch, tokens)`.
            segment_ids: int32 `(batch, tokens)`.
            training: Whether dropout is on.

        Returns:
            `(batch, tokens, embedding_dim)` in the compute dtype.
        """
        num_tokens = ops.shape(token_ids)[1]
        hidden = _rows(self.tokens, token_ids) + _rows(self.segments, segment_ids)
        hidden += ops.convert_to_tensor(self.positions)[None, :num_tokens]
        return self.dropout(self.norm(hidden), training=training)


def _rows(table, ids):
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

    def __init__(self, config: EncoderConfig, seeds: Seeds, **kwargs) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.activation = gelu(config.activation)
        hidden = config.hidden_dim

        def dense(units, name):
            return layers.Dense(
                units,
                kernel_initializer=keras.initializers.TruncatedNormal(
                    stddev=config.initializer_range, seed=seeds.next()
                ),
                dtype=self.dtype_policy,
                name=name,
            )

        def norm(name):
            return Normalization(
                epsilon=config.layer_norm_epsilon, dtype=self.dtype_policy, name=name
            )

        def dropout(rate, name):
            return Dropout(rate, seed=seeds.next(), dtype=self.dtype_policy, name=name)

        self.query = dense(hidden, "query")
        self.key = dense(hidden, "key")
        self.value = dense(hidden, "value")
        self.attention_output = dense(hidden, "attention_output")
        self.attention_norm = norm("attention_norm")
        self.intermediate = dense(config.intermediate_dim, "intermediate")
        self.output_dense = dense(hidden, "output")
        self.output_norm = norm("output_norm")
        self.attention_dropout = dropout(config.attention_dropout, "attention_dropout")
        self.dropout = dropout(config.dropout, "dropout")
        self.output_dropout = dropout(config.dropout, "output_dropout")

    def build(self, input_shape=None) -> None:
        hidden = (None, None, self.config.hidden_dim)
        for part in (self.query, self.key, self.value, self.attention_output):
            part.build(hidden)
        self.attention_norm.build(hidden)
        self.intermediate.build(hidden)
        self.output_dense.build((None, None, self.config.intermediate_dim))
        self.output_norm.build(hidden)
        self.built = True

    def call(self, hidden, bias, training=None, first_only=False):
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
        asking = hidden[:, :1] if first_only else hidden
        attended = self._attend(asking, hidden, bias, training)
        # Rows alone: of matrices, products with bias and activation are one operation.
        rows = ops.reshape(asking, (-1, self.config.hidden_dim))
        attended = self.dropout(self.attention_output(attended), training=training)
        rows = self.attention_norm(rows + attended)
        inner = self.activation(self.intermediate(rows), training)
        output = self.output_dropout(self.output_dense(inner), training=training)
        return ops.reshape(self.output_norm(rows + output), ops.shape(asking))

    def _attend(self, asking, hidden, bias, training):
        """Returns `(batch * asking tokens, hidden_dim)`."""
        query, key, value = (
            self._split(part, tokens)
            for part, tokens in (
                (self.query, asking),
                (self.key, hidden),
                (self.value, hidden),
            )
        )
        query *= 1.0 / math.sqrt(query.shape[-1])
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) + bias
        weights = ops.softmax(scores, axis=-1)
        weights = self.attention_dropout(weights, training=training)
        mixed = ops.matmul(weights, value)  # (batch, heads, tokens, width)
        return ops.reshape(
            ops.transpose(mixed, (0, 2, 1, 3)), (-1, self.config.hidden_dim)
        )

    def _split(self, part, hidden):
        """Returns `(batch, heads, tokens, width)`."""
        heads, width = self.config.num_heads, self.config.hidden_dim
        rows = part(ops.reshape(hidden, (-1, width)))
        shape = (-1, ops.shape(hidden)[1], heads, width // heads)
        return ops.transpose(ops.reshape(rows, shape), (0, 2, 1, 3))
