"""Encoder and head as one Keras model."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from kerascls.errors import SettingsError
from kerascls.models.encoder import Encoder, assign_by_name, build_encoder
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.heads import ClassificationHead
from kerascls.models.layers.windows import (
    FoldWindows,
    fold,
    fold_hidden,
    unfold_hidden,
)
from kerascls.models.registry import POOLINGS
from kerascls.preprocessing.sequence_layout import INPUTS
from kerascls.system.tables import known_name


@keras.saving.register_keras_serializable("kerascls")
class TransformerClassifier(keras.Model):
    """An encoder with a classification head; returns float32 logits.

    Args:
        encoder: A built encoder, pretrained or not; with a pooler where `pooling`
            reads it and else without, and with `num_outputs=mix_layers`.
        num_classes: Columns of the logits.
        pooling: How hidden states become one vector, see `ClassificationHead`.
        dropout: Share of that vector dropped in training.
        seed: Fixes the head's weights and dropout.
        mix_layers: How many last layers are mixed with learned weights.
        mlp_dim: Units of a ReLU layer before the last one; None for no such layer.
        window_pooling: How the vectors of a text's windows become one, see
            `ClassificationHead`; None for texts without windows.
        **kwargs: `name`.

    Attributes:
        input_rank: Axes of the inputs: 3 with windows, else 2.
        in_halves: Whether both halves of a batch are computed apart, see
            `Compute.in_halves`; False at first.
        has_gradients: Whether gradients by what `embed` returns say all of what tokens
            do to logits.

    Raises:
        SettingsError: When an argument is out of range, or the encoder returns what
            the head does not take.

    Example:
        >>> model = TransformerClassifier(encoder, num_classes=5)
        >>> logits = model({"token_ids": ..., "segment_ids": ..., "padding_mask": ...})
    """

    has_states = True

    def __init__(
        self,
        encoder: Encoder,
        num_classes: int,
        pooling: str = "cls",
        dropout: float = 0.1,
        seed: int = 0,
        mix_layers: int = 1,
        mlp_dim: int | None = None,
        window_pooling: str | None = None,
        **kwargs: Any,
    ) -> None:
        with_pool = POOLINGS[known_name(POOLINGS, pooling, "pooling")].with_pool
        _check_outputs(encoder, "with_pool", with_pool)
        _check_outputs(encoder, "num_outputs", mix_layers)
        # === Layers ===
        head = ClassificationHead(
            num_classes,
            encoder.config.hidden_dim,
            pooling,
            dropout,
            encoder.config.initializer_range,
            seed,
            mix_layers,
            mlp_dim,
            window_pooling,
            dtype=encoder.dtype_policy,
        )
        # === Functional Model ===
        rank = 2 if window_pooling is None else 3
        inputs = {
            name: keras.Input((None,) * (rank - 1), dtype="int32", name=name)
            for name in INPUTS
        }
        windows = inputs
        if rank == 3:
            below_each_other = FoldWindows(name="windows")
            windows = {name: below_each_other(x) for name, x in inputs.items()}
        logits = head(_encode(encoder, head, windows), inputs["padding_mask"])
        super().__init__(inputs=inputs, outputs=logits, **kwargs)
        # === Config ===
        self.encoder = encoder
        self.head = head
        self.input_rank = rank
        self.in_halves = False
        self.has_gradients = True

    def call(
        self, inputs: dict[str, KerasTensor], training: Any = None, mask: Any = None
    ) -> KerasTensor:
        """Returns the logits.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, each int32
                `(batch, tokens)`, with windows `(batch, windows, tokens)`.
            training: Whether dropout is on.
            mask: Of no effect.

        Returns:
            float32 `(batch, num_classes)`.
        """
        return self._by_halves(super().call, inputs, training=training)

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` needs."""
        head = self.head.get_config()
        names = (
            *("num_classes", "pooling", "dropout", "seed", "mix_layers", "mlp_dim"),
            "window_pooling",
        )
        return {
            "name": self.name,
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            **{name: head[name] for name in names},
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> "TransformerClassifier":
        """Builds the model that `get_config` described."""
        encoder = keras.saving.deserialize_keras_object(
            config["encoder"], custom_objects
        )
        return cls(**{**config, "encoder": encoder})

    def features(
        self, inputs: dict[str, KerasTensor], training: bool | None = None
    ) -> KerasTensor:
        """Returns what a frozen encoder gives the head, as small as can be kept.

        `head(features, padding_mask)` are the logits.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, each int32
                `(batch, tokens)`, with windows `(batch, windows, tokens)`.
            training: Whether the encoder's dropout is on.

        Returns:
            `(batch, tokens, mix_layers * hidden_dim)` in the compute dtype, with one
            vector in place of the tokens' if `head.pools_beforehand`. The pooler is
            part of the encoder: with `pooling="pooler"` it is the pooled vector. With
            windows an axis for them stands before that of tokens.
        """
        return self._by_halves(self._features, inputs, training=training)

    def _features(
        self, inputs: dict[str, KerasTensor], training: bool | None
    ) -> KerasTensor:
        windows = self._windows(inputs)
        hidden = _encode(self.encoder, self.head, windows, training=training)
        summary = self.head.summary(hidden, windows["padding_mask"])
        if self.input_rank == 3:
            return unfold_hidden(summary, inputs["padding_mask"])
        return summary

    def states(
        self, inputs: dict[str, KerasTensor], training: bool | None = None
    ) -> KerasTensor:
        """Returns what the head makes its logits of: the pooled vector of each text.

        Where each label has a vector of its own, their mean.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, as of `call`.
            training: Whether the encoder's dropout is on.

        Returns:
            `(batch, width)`.
        """
        return self._by_halves(self._states, inputs, training=training)

    def _states(
        self, inputs: dict[str, KerasTensor], training: bool | None
    ) -> KerasTensor:
        windows = self._windows(inputs)
        hidden = _encode(self.encoder, self.head, windows, training=training)
        return ops.mean(self.head.pooled(hidden, inputs["padding_mask"]), axis=1)

    def embed(self, inputs: dict[str, KerasTensor]) -> KerasTensor:
        """Returns the embeddings of inputs, without dropout.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, each int32
                `(batch, tokens)`, with windows `(batch, windows, tokens)`.

        Returns:
            `(batch, tokens, embedding_dim)`, with windows `(batch, windows, ...)`.
        """
        embedded = self.encoder.embed(**self._windows(inputs), training=False)
        if self.input_rank == 3:
            return unfold_hidden(embedded, inputs["padding_mask"])
        return embedded

    def _windows(self, inputs: dict[str, KerasTensor]) -> dict[str, KerasTensor]:
        """Returns inputs with a row for each window, as the encoder reads them."""
        if self.input_rank == 2:
            return inputs
        return {name: fold(x) for name, x in inputs.items()}

    def logits_of(
        self, embedded: KerasTensor, inputs: dict[str, KerasTensor]
    ) -> KerasTensor:
        """Returns float32 logits `(batch, num_classes)` of what `embed` returns."""
        mask = inputs["padding_mask"]
        if self.input_rank == 3:
            embedded, mask = fold_hidden(embedded), fold(mask)
        first_only = self.head.reads_first_only
        outputs = self.encoder.encode(embedded, mask, False, first_only)
        hidden = _read(self.encoder, outputs)
        return self.head(hidden, inputs["padding_mask"], training=False)

    def _by_halves(
        self,
        function: Callable[..., KerasTensor],
        inputs: dict[str, KerasTensor],
        **options: Any,
    ) -> KerasTensor:
        if not self.in_halves:
            return function(inputs, **options)
        rows = ops.shape(inputs["token_ids"])[0]
        before = rows // 2
        # Some operations need a row, so that no half may be empty: of an odd number
        # the one in the middle is in both, and taken once.
        half = rows - before
        first = function({name: x[:half] for name, x in inputs.items()}, **options)
        second = function({name: x[before:] for name, x in inputs.items()}, **options)
        return ops.concatenate([first, second[half - before :]], axis=0)  # (batch, ...)

    def head_model(self) -> keras.Model:
        """Returns a model of the head alone, on `features`; it shares the variables.

        Takes `hidden`, float32 `(batch, tokens, mix_layers * hidden_dim)`, and
        `padding_mask`, int32 `(batch, tokens)`; with windows they have one more axis,
        behind that of texts. Returns the logits.
        """
        axes = (None,) * (self.input_rank - 1)
        width = self.head.mix_layers * self.head.hidden_dim
        inputs = {
            "hidden": keras.Input((*axes, width), name="hidden"),
            "padding_mask": keras.Input(axes, dtype="int32", name="padding_mask"),
        }
        return keras.Model(inputs, self.head(**inputs), name=f"{self.name}_head")

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns every variable, float32, under its stable name."""
        return {**self.encoder.weights_by_name(), **self.head.weights_by_name()}

    def load_named_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Sets every variable; see `Encoder.load_named_weights`.

        Raises:
            CheckpointError: When names or shapes differ; nothing is set then.
        """
        assign_by_name(self.weights_by_name(), weights)

    def blueprint(self) -> dict[str, Any]:
        """Returns what `rebuilt_transformer` needs, as plain JSON types."""
        window_pooling = self.head.window_pooling
        return {
            "config": self.encoder.config.to_dict(),
            "pooling": self.head.pooling,
            "mix_layers": self.head.mix_layers,
            "mlp_dim": self.head.mlp_dim,
            # Without windows earlier versions rebuild it, too.
            **({"window_pooling": window_pooling} if window_pooling else {}),
        }

    def named_arrays(self) -> dict[str, np.ndarray]:
        """Returns a copy of every weight as a float32 numpy array."""
        # On a CPU the array of a variable itself would change with the next step.
        return {
            name: ops.convert_to_numpy(ops.copy(variable))
            for name, variable in self.weights_by_name().items()
        }


def rebuilt_transformer(
    num_classes: int,
    *,
    config: dict[str, Any],
    pooling: str,
    mix_layers: int = 1,  # early bundles say nothing of it nor of what follows
    mlp_dim: int | None = None,
    window_pooling: str | None = None,
) -> TransformerClassifier:
    """Returns the float32 model whose `blueprint` this is; its weights are random."""
    encoder = build_encoder(
        EncoderConfig(**config),
        with_pool=POOLINGS[known_name(POOLINGS, pooling, "pooling")].with_pool,
        num_outputs=mix_layers,
        dtype="float32",
    )
    return TransformerClassifier(
        encoder,
        num_classes,
        pooling,
        mix_layers=mix_layers,
        mlp_dim=mlp_dim,
        window_pooling=window_pooling,
    )


def _encode(
    encoder: Encoder,
    head: ClassificationHead,
    inputs: dict[str, KerasTensor],
    **options: Any,
) -> KerasTensor:
    outputs = encoder(**inputs, first_only=head.reads_first_only, **options)
    return _read(encoder, outputs)


def _read(encoder: Encoder, outputs: Any) -> KerasTensor:
    """Returns what the head reads of what an encoder returns."""
    if encoder.with_pool:
        return keras.ops.expand_dims(outputs[1], 1)  # (batch, 1, hidden_dim)
    return outputs


def _check_outputs(encoder: Encoder, name: str, wanted: bool | int) -> None:
    actual = getattr(encoder, name)
    if actual != wanted:
        raise SettingsError(
            f"Expected an encoder with {name}={wanted!r}, as this head needs it. "
            f"Received: encoder.{name}={actual!r}. Build it with {name}={wanted!r}."
        )
