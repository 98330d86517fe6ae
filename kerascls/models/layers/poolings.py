"""From vectors of tokens to vectors of texts: poolings, and a mix of layers."""

import keras
from keras import layers, ops


def first_token(hidden, padding_mask):
    """Returns the vector of `[CLS]`.

    Args:
        hidden: `(batch, tokens, width)`, any float dtype.
        padding_mask: int32 `(batch, tokens)`; not used.

    Returns:
        `(batch, 1, width)` of the same dtype.
    """
    return hidden[:, :1]


def mean(hidden, padding_mask):
    """Returns the average vector of the real tokens; zero where there is none.

    Args:
        hidden: `(batch, tokens, width)`, any float dtype.
        padding_mask: int32 `(batch, tokens)`, 1 for real tokens.

    Returns:
        `(batch, 1, width)` of the same dtype.
    """
    # float32: half precision loses small addends in long sums.
    mask = ops.expand_dims(ops.cast(padding_mask, "float32"), axis=-1)
    total = ops.sum(ops.cast(hidden, "float32") * mask, axis=1, keepdims=True)
    count = ops.maximum(ops.sum(mask, axis=1, keepdims=True), 1.0)
    return ops.cast(total / count, hidden.dtype)


def maximum(hidden, padding_mask):
    """Returns the largest value of each unit over the real tokens; zero without any.

    Args:
        hidden: `(batch, tokens, width)`, any float dtype.
        padding_mask: int32 `(batch, tokens)`, 1 for real tokens.

    Returns:
        `(batch, 1, width)` of the same dtype.
    """
    is_real = ops.expand_dims(ops.cast(padding_mask, "bool"), axis=-1)
    largest = ops.max(ops.where(is_real, hidden, -float("inf")), axis=1, keepdims=True)
    return ops.where(ops.any(is_real, axis=1, keepdims=True), largest, 0.0)


class LayerMix(layers.Layer):
    """Weighted sum of several layers' hidden states, times a learned factor.

    The weights are a softmax of learned scores. It starts as the plain mean. Unlike
    ELMo's, it neither normalises the layers nor pulls the scores to 0. Computes in
    float32.

    Args:
        num_layers: How many hidden states lie beside each other on the last axis.

    References:
        - [Deep contextualized word representations](https://arxiv.org/abs/1802.05365)
    """

    def __init__(self, num_layers: int, **kwargs) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.num_layers = num_layers
        self.scores = self.add_weight(
            shape=(num_layers,), initializer="zeros", name="scores"
        )
        self.gamma = self.add_weight(shape=(), initializer="ones", name="gamma")
        self.built = True

    def call(self, hidden):
        """Returns float32 `(batch, tokens, width)`.

        Args:
            hidden: `(batch, tokens, num_layers * width)`.
        """
        width = hidden.shape[-1] // self.num_layers
        shape = (-1, ops.shape(hidden)[1], self.num_layers, width)
        shares = self.gamma * ops.softmax(self.scores)
        return ops.einsum("btlw,l->btw", ops.reshape(hidden, shape), shares)


class AttentionPooling(layers.Layer):
    """Averages of the real tokens, one for each learned query.

    A token weighs the softmax of the product of its vector and the query. With one
    query for each label this is the per-label attention of CAML. With a single one it
    is the word attention of hierarchical attention networks without its hidden layer,
    as contextual vectors have passed many. Computes in float32.

    Args:
        num_queries: How many vectors to make of a text.
        hidden_dim: Width of the hidden states.
        initializer: Gives the queries their first values.

    References:
        - [Explainable Prediction of Medical Codes from Clinical Text](
          https://arxiv.org/abs/1802.05695)
        - [Hierarchical Attention Networks for Document Classification](
          https://aclanthology.org/N16-1174/)
    """

    def __init__(
        self,
        num_queries: int,
        hidden_dim: int,
        initializer: keras.initializers.Initializer,
        **kwargs,
    ) -> None:
        kwargs.setdefault("name", "attention")
        super().__init__(dtype="float32", **kwargs)
        self.query = self.add_weight(
            shape=(hidden_dim, num_queries), initializer=initializer, name="query"
        )
        self.built = True

    def call(self, hidden, padding_mask):
        """Returns float32 `(batch, num_queries, hidden_dim)`.

        Args:
            hidden: `(batch, tokens, hidden_dim)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        """
        is_real = ops.expand_dims(ops.cast(padding_mask, "bool"), axis=-1)
        scores = ops.matmul(hidden, self.query)  # (batch, tokens, queries)
        shares = ops.softmax(ops.where(is_real, scores, -1e9), axis=1)
        return ops.matmul(ops.transpose(shares, (0, 2, 1)), hidden)
