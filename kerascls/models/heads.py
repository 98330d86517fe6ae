"""From hidden states to logits: mix, poolings, dropout, one or two dense layers."""

from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers

from kerascls.errors import SettingsError
from kerascls.models.layers.poolings import LayerMix
from kerascls.models.layers.windows import fold, fold_hidden, pool_windows
from kerascls.models.registry import POOLINGS, WINDOW_POOLINGS, Pooling
from kerascls.system.tables import known_name, named


@keras.saving.register_keras_serializable("kerascls")
class ClassificationHead(layers.Layer):
    """Turns hidden states into float32 logits.

    Mix --> Pooling (--> Pooling of windows) --> Dropout
    (--> Dense --> ReLU --> Dropout) --> Dense

    Args:
        num_classes: Columns of the logits.
        hidden_dim: Width of the hidden states of one layer.
        pooling: One of `kerascls.models.registry.POOLINGS`. `"attention"` weighs
            tokens by a learned query, `"label_attention"` by one for each label, whose
            logit is then made of the label's own vector. `"cnn"` and `"lstm"` make
            vectors of a width of their own. `"pooler"` is for hidden
            states that are the encoder's pooled vector alone, `(batch, 1, hidden_dim)`.
        dropout: Share of the text vector dropped in training; with `mlp_dim` also of
            the units behind the ReLU.
        initializer_range: Standard deviation of fresh queries and of the last kernel.
        seed: Fixes initial weights and dropout.
        mix_layers: How many layers' hidden states come in beside each other, to be
            mixed with learned weights.
        mlp_dim: Units of a ReLU layer before the last one; None for no such layer.
        window_pooling: How the vectors of a text's windows become one, a pooling that
            `reads_several`; None for texts without windows.
        **kwargs: `name`; `dtype`, in which dropout and the ReLU layer compute.

    Raises:
        SettingsError: When an argument is out of range, or layers are to be mixed
            behind the pooler.

    References:
        - [ELMo](https://arxiv.org/abs/1802.05365), whose mix of layers this is
        - [CAML](https://arxiv.org/abs/1802.05695), whose attention of labels this is
    """

    def __init__(
        self,
        num_classes: int,
        hidden_dim: int,
        pooling: str = "cls",
        dropout: float = 0.1,
        initializer_range: float = 0.02,
        seed: int = 0,
        mix_layers: int = 1,
        mlp_dim: int | None = None,
        window_pooling: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("name", "head")
        super().__init__(**kwargs)
        _check(pooling, mix_layers, mlp_dim, window_pooling)
        self.num_classes = num_classes
        self.hidden_dim = hidden_dim
        self.pooling = pooling
        self.initializer_range = initializer_range
        self.seed = seed
        self.mix_layers = mix_layers
        self.mlp_dim = mlp_dim
        self.window_pooling = window_pooling
        self.dropout = layers.Dropout(dropout, seed=seed, dtype=self.dtype_policy)
        self.mix = LayerMix(mix_layers, name="mix") if mix_layers > 1 else None
        self._row = POOLINGS[pooling]
        num_queries = num_classes if self._row.per_label else 1
        self.pool, width = self._pool(self._row, num_queries, hidden_dim, seed + 2)
        self.window_pool = None
        if window_pooling is not None:
            row = WINDOW_POOLINGS[window_pooling]
            self.window_pool, width = self._pool(row, 1, width, seed + 5)
        self.mlp: layers.Dense | None = None
        if mlp_dim is not None:
            self.mlp = layers.Dense(
                mlp_dim,
                activation="relu",
                kernel_initializer=keras.initializers.GlorotUniform(seed + 3),
                dtype=self.dtype_policy,
                name="mlp",
            )
            self.mlp.build((None, width))
            self.mlp_dropout = layers.Dropout(
                dropout, seed=seed + 4, dtype=self.dtype_policy
            )
        self.dense = self._classifier(mlp_dim or width, seed + 1)
        self.built = True

    def _pool(
        self, row: Pooling, num_queries: int, width: int, seed: int
    ) -> tuple[Any, int]:
        """Returns a pooling of vectors so wide, and the width of what it makes."""
        pool = named(row.layer)
        if not row.has_weights:
            return pool, width
        layer = pool(num_queries, width, self._initializer(seed))
        return layer, layer.output_dim

    def _classifier(self, width: int, seed: int) -> layers.Layer:
        options = {
            "kernel_initializer": self._initializer(seed),
            "dtype": "float32",
            "name": "classifier",
        }
        if not self._row.per_label:
            dense = layers.Dense(self.num_classes, **options)
            dense.build((None, width))
            return dense
        # Each label's vector meets its own column of the kernel only:
        # (batch, labels, width) to (batch, labels).
        dense = layers.EinsumDense(
            "blw,wl->bl", self.num_classes, bias_axes="l", **options
        )
        dense.build((None, self.num_classes, width))
        return dense

    def _initializer(self, seed: int) -> keras.initializers.Initializer:
        return keras.initializers.TruncatedNormal(
            stddev=self.initializer_range, seed=seed
        )

    def start_at(self, frequencies: np.ndarray, log_odds: bool) -> None:
        """Makes the first logits say how frequent each label is; see `first_bias`."""
        self.dense.bias.assign(first_bias(frequencies, log_odds))

    @property
    def reads_first_only(self) -> bool:
        """Whether hidden states of other tokens than the first change nothing."""
        return self._row.first_only

    @property
    def pools_beforehand(self) -> bool:
        """Whether `summary` leaves one vector of a text, not one of each token."""
        in_order = self._row.before_mix or self.mix_layers == 1
        return in_order and not self._row.has_weights

    def summary(self, hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
        """Does what needs no weights, so that a frozen encoder's output can be kept.

        The logits of the summary, with a mask of ones where it is one vector, are
        those of the hidden states.

        Args:
            hidden: `(batch, tokens, mix_layers * hidden_dim)`, any float dtype.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.

        Returns:
            `(batch, 1, mix_layers * hidden_dim)` of the same dtype if
            `pools_beforehand`, else `hidden`.
        """
        return self.pool(hidden, padding_mask) if self.pools_beforehand else hidden

    def call(
        self, hidden: KerasTensor, padding_mask: KerasTensor, training: Any = None
    ) -> KerasTensor:
        """Returns logits.

        Args:
            hidden: `(batch, tokens, mix_layers * hidden_dim)`, any float dtype: of
                each token the hidden states of the last layers, or a `summary`. With
                windows `(batch, windows, tokens, ...)`, or `(batch * windows, ...)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens; with windows
                `(batch, windows, tokens)`.
            training: Whether dropout is on.

        Returns:
            float32 `(batch, num_classes)`.
        """
        vectors = self.pooled(hidden, padding_mask)
        if not self._row.per_label:  # else (batch, num_classes, width)
            vectors = vectors[:, 0]  # (batch, width)
        vectors = self.dropout(vectors, training=training)
        if self.mlp is not None:
            vectors = self.mlp_dropout(self.mlp(vectors), training=training)
        return self.dense(vectors)  # (batch, num_classes)

    def pooled(self, hidden: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
        """Returns a text's vector, or one for each label: `(batch, vectors, width)`.

        Arguments are those of `call`.
        """
        mask = padding_mask
        if self.window_pool is not None:
            hidden, mask = fold_hidden(hidden), fold(padding_mask)
        vectors = self.summary(hidden, mask)
        if self.mix is not None:
            vectors = self.mix(vectors)
        if not self.pools_beforehand:
            vectors = self.pool(vectors, mask)
        if self.window_pool is not None:
            num_vectors = self.num_classes if self._row.per_label else 1
            vectors = pool_windows(self.window_pool, vectors, padding_mask, num_vectors)
        return vectors

    def compute_output_spec(
        self, hidden: KerasTensor, padding_mask: KerasTensor, **_: Any
    ) -> Any:
        """Returns the shape of the logits, and float32 in any precision."""
        return KerasTensor((padding_mask.shape[0], self.num_classes), "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` needs."""
        names = (
            *("num_classes", "hidden_dim", "pooling", "initializer_range", "seed"),
            *("mix_layers", "mlp_dim", "window_pooling"),
        )
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **own, "dropout": self.dropout.rate}

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns the variables, float32, under their stable names."""
        by_name = {}
        if self.mix is not None:
            by_name["head/mix/weights"] = self.mix.scores
            by_name["head/mix/gamma"] = self.mix.gamma
        if self._row.has_weights:
            for name, variable in self.pool.weights_by_name().items():
                by_name[f"head/{self.pool.name}/{name}"] = variable
        if isinstance(self.window_pool, layers.Layer):
            for name, variable in self.window_pool.weights_by_name().items():
                by_name[f"head/windows/{self.window_pool.name}/{name}"] = variable
        if self.mlp is not None:
            by_name["head/mlp/kernel"] = self.mlp.kernel
            by_name["head/mlp/bias"] = self.mlp.bias
        by_name["classifier/kernel"] = self.dense.kernel
        by_name["classifier/bias"] = self.dense.bias
        return by_name


def first_bias(frequencies: np.ndarray, log_odds: bool) -> np.ndarray:
    """Returns logits that say how frequent each label is, whatever the text.

    Otherwise rare labels start at even chances, and an optimiser whose steps are
    bounded, as Adam's are, takes thousands of them to where all negatives are.

    Args:
        frequencies: float `(num_classes,)`, shares of rows, each between 0 and 1.
        log_odds: Whether labels are independent; else one of them is true.

    References:
        - [Focal Loss](https://arxiv.org/abs/1708.02002), section 4.1
    """
    bias = np.log(frequencies)
    return bias - np.log1p(-frequencies) if log_odds else bias


def _check(
    pooling: str, mix_layers: int, mlp_dim: int | None, window_pooling: str | None
) -> None:
    known_name(POOLINGS, pooling, "pooling")
    if window_pooling is not None:
        known_name(WINDOW_POOLINGS, window_pooling, "window_pooling")
    numbers = {"mix_layers": mix_layers, "mlp_dim": 1 if mlp_dim is None else mlp_dim}
    for name, value in numbers.items():
        if type(value) is not int or value < 1:
            raise SettingsError(
                f"Expected `{name}` to be a whole number of at least 1. "
                f"Received: {name}={value!r}. Give such a number."
            )
    if POOLINGS[pooling].with_pool and mix_layers != 1:
        raise SettingsError(
            f"Expected `mix_layers` to be 1 with pooling={pooling!r}, which reads the "
            f"last layer alone. Received: mix_layers={mix_layers!r}. Mix layers with "
            f"pooling='cls', or leave mix_layers out."
        )
