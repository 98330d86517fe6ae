"""From vectors of tokens to vectors of texts: poolings, and a mix of layers.

A pooling takes hidden states, `(batch, tokens, width)` of any float dtype, and a
padding mask, int32 `(batch, tokens)`, 1 for real tokens. One without weights returns
`(batch, 1, width)` of the same dtype.

Masks get their axis from `expand_dims`: TensorFlow Lite has no slice that adds one.
"""

from typing import Any

import keras
from keras import KerasTensor, layers, ops


def first_token(hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
    """Returns the vector of `[CLS]`."""
    return hidden[:, :1]  # (batch, 1, width)


def mean(hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
    """Returns the average vector of the real tokens; zero where there is none."""
    # float32: half precision loses small addends in long sums.
    mask = ops.expand_dims(ops.cast(padding_mask, "float32"), -1)  # (batch, tokens, 1)
    total = ops.sum(ops.cast(hidden, "float32") * mask, axis=1, keepdims=True)
    count = ops.maximum(ops.sum(mask, axis=1, keepdims=True), 1.0)  # (batch, 1, 1)
    return ops.cast(total / count, hidden.dtype)  # (batch, 1, width)


def maximum(hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
    """Returns the largest value of each unit over the real tokens; zero without any."""
    is_real = ops.expand_dims(ops.cast(padding_mask, "bool"), -1)
    hidden = ops.where(is_real, hidden, lowest(hidden.dtype))
    largest = ops.max(hidden, axis=1, keepdims=True)  # (batch, 1, width)
    return ops.where(ops.any(is_real, axis=1, keepdims=True), largest, 0.0)


def lowest(dtype: Any) -> float:
    """Returns a finite number of a float dtype that hardly any is below.

    Infinity is none: where a graph is written as ONNX, what `where` does not choose may
    be multiplied by 0, and 0 times infinity is NaN.
    """
    return -65504.0 if keras.backend.standardize_dtype(dtype) == "float16" else -3e38


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

    def __init__(self, num_layers: int, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.num_layers = num_layers
        self.scores = self.add_weight(
            shape=(num_layers,), initializer="zeros", name="scores"
        )
        self.gamma = self.add_weight(shape=(), initializer="ones", name="gamma")
        self.built = True

    def call(self, hidden: KerasTensor) -> KerasTensor:
        """Returns float32 `(batch, tokens, width)`.

        Args:
            hidden: `(batch, tokens, num_layers * width)`.
        """
        width = hidden.shape[-1] // self.num_layers
        shape = (-1, ops.shape(hidden)[1], self.num_layers, width)
        shares = self.gamma * ops.softmax(self.scores)  # (layers,)
        # (batch, tokens, layers, width) to (batch, tokens, width)
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

    Attributes:
        output_dim: Width of a vector, `hidden_dim`.

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
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("name", "attention")
        super().__init__(dtype="float32", **kwargs)
        self.output_dim = hidden_dim
        self.query = self.add_weight(
            shape=(hidden_dim, num_queries), initializer=initializer, name="query"
        )
        self.built = True

    def call(self, hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
        """Returns float32 `(batch, num_queries, hidden_dim)`.

        Args:
            hidden: `(batch, tokens, hidden_dim)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        """
        is_real = ops.expand_dims(ops.cast(padding_mask, "bool"), -1)
        scores = ops.matmul(hidden, self.query)  # (batch, tokens, queries)
        # Not -infinity: a text without a token would have NaN for shares.
        scores = ops.where(is_real, scores, -1e9)
        # Of one alone Keras would warn.
        alone = scores.shape[1] == 1
        shares = ops.ones_like(scores) if alone else ops.softmax(scores, axis=1)
        shares = ops.transpose(shares, (0, 2, 1))  # (batch, queries, tokens)
        return ops.matmul(shares, hidden)  # (batch, queries, hidden_dim)

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns the variable under its stable name."""
        return {"query": self.query}
