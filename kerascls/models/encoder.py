"""BERT and its like: encoders from one post-norm block and a configuration."""

from collections import deque
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.transformer import (
    Embeddings,
    TransformerBlock,
    attention_bias,
)
from kerascls.system.tables import named


@keras.saving.register_keras_serializable("kerascls")
class Encoder(layers.Layer):
    """Token ids to hidden states. Built at construction, from random weights.

    Args:
        config: Which family and which sizes. ALBERT applies its one block
            `num_layers` times; ELECTRA differs from BERT only in its projection,
            RoBERTa in its positions, DistilBERT in having no segments.
        with_pool: Whether to return the pooled `[CLS]` vector too.
        seed: Fixes initial weights and dropout.
        num_outputs: How many of the last layers' hidden states to return, beside
            each other; from 1 to `num_layers`.
        **kwargs: `name`; `dtype`, e.g. `"mixed_bfloat16"` to compute in half
            precision with float32 weights.

    Raises:
        SettingsError: When more layers are to be returned than there are, or the
            family has another layer; see `build_encoder`.

    Example:
        >>> encoder = Encoder(get_preset("albert_small").config)
        >>> hidden = encoder(token_ids, segment_ids, padding_mask)

    References:
        - [BERT](https://arxiv.org/abs/1810.04805)
        - [ALBERT](https://arxiv.org/abs/1909.11942)
        - [ELECTRA](https://arxiv.org/abs/2003.10555)
        - [RoBERTa](https://arxiv.org/abs/1907.11692)
        - [XLM-R](https://arxiv.org/abs/1911.02116)
        - [DistilBERT](https://arxiv.org/abs/1910.01108)
    """

    def __init__(
        self,
        config: EncoderConfig,
        with_pool: bool = False,
        seed: int = 0,
        num_outputs: int = 1,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("name", "encoder")
        super().__init__(**kwargs)
        if type(num_outputs) is not int or not 1 <= num_outputs <= config.num_layers:
            raise SettingsError(
                f"Expected `num_outputs` from 1 to {config.num_layers}, the layers of "
                f"this encoder. Received: num_outputs={num_outputs!r}. Take fewer."
            )
        self.config = config
        self.with_pool = with_pool
        self.seed = seed
        self.num_outputs = num_outputs
        self.projection: layers.Dense | None = None
        self.pooler: layers.Dense | None = None
        if not isinstance(self, named(FAMILIES[config.family].encoder)):
            raise SettingsError(
                f"Expected a family that {type(self).__name__} computes. Received: "
                f"family={config.family!r}. Call build_encoder, which knows them all."
            )
        self._make_layers(Seeds(seed))
        self.built = True

    def _make_layers(self, seeds: Seeds) -> None:
        config, policy = self.config, self.dtype_policy
        self.embeddings = Embeddings(config, seeds, dtype=policy, name="embeddings")
        if config.has_projection:
            name = "embeddings_project"
            self.projection = self._dense(config.embedding_dim, name, seeds)
        self.blocks = [
            TransformerBlock(config, seeds, dtype=policy, name=f"layer_{index}")
            for index in range(config.num_blocks)
        ]
        if self.with_pool:
            self.pooler = self._dense(config.hidden_dim, "pooler", seeds, "tanh")
        # Its tables take the last seeds: another order would be other random weights.
        self.embeddings.build()

    def _dense(
        self, inputs: int, name: str, seeds: Seeds, activation: str | None = None
    ) -> layers.Dense:
        layer = layers.Dense(
            self.config.hidden_dim,
            activation,
            kernel_initializer=keras.initializers.GlorotUniform(seeds.next()),
            dtype=self.dtype_policy,
            name=name,
        )
        layer.build((None, inputs))
        return layer

    def call(
        self,
        token_ids: KerasTensor,
        segment_ids: KerasTensor,
        padding_mask: KerasTensor,
        training: bool | None = None,
        first_only: bool = False,
    ) -> Any:
        """Encodes a batch.

        Args:
            token_ids: int32 `(batch, tokens)`.
            segment_ids: int32 `(batch, tokens)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
            training: Whether dropout is on.
            first_only: Whether the hidden states of `[CLS]` are enough: the last
                layer is then computed for it alone.

        Returns:
            Hidden states `(batch, tokens, num_outputs * hidden_dim)` in the compute
            dtype, those of the last layer behind the others; with `first_only`
            `(batch, 1, num_outputs * hidden_dim)`; with `with_pool` the pair of these
            and the pooled `(batch, hidden_dim)`.

        Raises:
            SettingsError: When there are more tokens than the encoder has positions.
        """
        embedded = self.embed(token_ids, segment_ids, padding_mask, training)
        return self.encode(embedded, padding_mask, training, first_only)

    def embed(
        self,
        token_ids: KerasTensor,
        segment_ids: KerasTensor,
        padding_mask: KerasTensor,
        training: bool | None = None,
    ) -> KerasTensor:
        """Returns `(batch, tokens, embedding_dim)`, what `encode` goes on from."""
        self._check_shape(tuple(token_ids.shape))
        return self.embeddings(token_ids, segment_ids, padding_mask, training=training)

    def encode(
        self,
        embedded: KerasTensor,
        padding_mask: KerasTensor,
        training: bool | None = None,
        first_only: bool = False,
    ) -> Any:
        """Returns what `call` does, of embeddings as `embed` returns them."""
        hidden = embedded if self.projection is None else self.projection(embedded)
        context = self._context(padding_mask)
        last_states: deque[KerasTensor] = deque(maxlen=self.num_outputs)
        last = self.config.num_layers - 1
        for index in range(self.config.num_layers):
            alone = first_only and index == last
            options = {"training": training, "first_only": alone}
            hidden = self._apply(index, hidden, context, **options)
            last_states.append(hidden[:, :1] if first_only else hidden)
        outputs = hidden
        if self.num_outputs > 1:
            # (batch, tokens, num_outputs * hidden_dim)
            outputs = ops.concatenate(list(last_states), axis=-1)
        if self.pooler is None:
            return outputs
        return outputs, self.pooler(hidden[:, 0])  # (batch, hidden_dim)

    def _context(self, padding_mask: KerasTensor) -> Any:
        """Returns what all layers need of where tokens stand."""
        return attention_bias(padding_mask, self.compute_dtype)

    def _apply(
        self, index: int, hidden: KerasTensor, context: Any, **options: Any
    ) -> KerasTensor:
        """Returns what a layer makes of the hidden states."""
        return self.blocks[index % len(self.blocks)](hidden, context, **options)

    def freeze(self, num_layers: int | None = None) -> None:
        """Keeps layers from being trained, from below; the embeddings with them.

        Args:
            num_layers: How many; None for the whole encoder, its pooler too.

        Raises:
            SettingsError: When there are not so many, or, in ALBERT, the layers have
                weights in common and only some should stay.
        """
        if num_layers is None:
            self.trainable = False
            return
        most = len(self.blocks) if len(self.blocks) == self.config.num_layers else 0
        if not 0 <= num_layers <= most:
            raise SettingsError(
                f"Expected 0 to {most} layers to freeze: {self.config.family} has "
                f"{self.config.num_layers} layers of {len(self.blocks)} blocks of "
                f"weights. Received: freeze_layers={num_layers}. Give fewer, or freeze "
                f"all with train.freeze_encoder=true."
            )
        lowest = [self.embeddings, self.projection, *self.blocks[:num_layers]]
        for layer in lowest if num_layers else ():
            if layer is not None:
                layer.trainable = False

    def _check_shape(self, shape: tuple[int | None, ...]) -> None:
        longest = self.config.max_positions
        if len(shape) != 2 or (shape[1] is not None and shape[1] > longest):
            raise SettingsError(
                f"Expected `token_ids` of shape (batch, tokens) with at most {longest} "
                f"tokens, the positions this encoder knows. Received: "
                f"token_ids.shape={shape}. Truncate the texts, or make it a batch."
            )

    def compute_output_shape(self, token_ids_shape: Any, *_: Any, **__: Any) -> Any:
        """Returns the shapes of what `call` returns, without `first_only`."""
        hidden = (*token_ids_shape, self.num_outputs * self.config.hidden_dim)
        if self.pooler is None:
            return hidden
        return hidden, (token_ids_shape[0], self.config.hidden_dim)

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns every variable, float32, under its stable name (`weight_shapes`)."""
        tables = self.embeddings
        weights = {
            "embeddings/word_embeddings": tables.tokens,
            "embeddings/position_embeddings": tables.positions,
            **_norm("embeddings/LayerNorm", tables.norm),
        }
        if tables.segments is not None:
            weights["embeddings/token_type_embeddings"] = tables.segments
        if self.projection is not None:
            weights |= _dense("embeddings_project", self.projection)
        for index, block in enumerate(self.blocks):
            prefix = f"encoder/layer_{index}"
            for name in ("query", "key", "value"):
                weights |= _dense(
                    f"{prefix}/attention/self/{name}", getattr(block, name)
                )
            weights |= {
                **_dense(f"{prefix}/attention/output/dense", block.attention_output),
                **_norm(f"{prefix}/attention/output/LayerNorm", block.attention_norm),
                **_dense(f"{prefix}/intermediate/dense", block.intermediate),
                **_dense(f"{prefix}/output/dense", block.output_dense),
                **_norm(f"{prefix}/output/LayerNorm", block.output_norm),
            }
        return weights | self._pooler_weights()

    def _pooler_weights(self) -> dict[str, keras.Variable]:
        return {} if self.pooler is None else _dense("pooler/dense", self.pooler)

    def load_named_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Sets every variable from `weights`, which must match name by name.

        Args:
            weights: Arrays under stable names, no more and no fewer than
                `weight_shapes(config, with_pool)`.

        Raises:
            CheckpointError: When a name is missing or unknown or a shape differs.
        """
        assign_by_name(self.weights_by_name(), weights)

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` needs."""
        return {
            **super().get_config(),
            "config": self.config.to_dict(),
            "with_pool": self.with_pool,
            "seed": self.seed,
            "num_outputs": self.num_outputs,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Encoder":
        """Builds the encoder that `get_config` described."""
        return cls(**{**config, "config": EncoderConfig(**config["config"])})


def build_encoder(config: EncoderConfig, *arguments: Any, **options: Any) -> Encoder:
    """Returns the encoder of a configuration's family; see `Encoder` for the rest."""
    encoder: Encoder = named(FAMILIES[config.family].encoder)(
        config, *arguments, **options
    )
    return encoder


def assign_by_name(
    variables: Mapping[str, keras.Variable], weights: Mapping[str, np.ndarray]
) -> None:
    """Assigns arrays to variables of the same stable name, all or nothing.

    Raises:
        CheckpointError: With counts and the first ten names, when a name is
            missing or unexpected or a shape differs. Nothing is assigned then.
    """
    expected, received = set(variables), set(weights)
    problems = [f"missing: {name}" for name in sorted(expected - received)]
    problems += [f"unexpected: {name}" for name in sorted(received - expected)]
    for name in sorted(expected & received):
        shape, wanted = tuple(weights[name].shape), tuple(variables[name].shape)
        if shape != wanted:
            problems.append(f"wrong shape: {name} is {shape}, not {wanted}")
    if problems:
        raise CheckpointError(
            f"Expected exactly one array for each of {len(variables)} weights. "
            f"Received {len(weights)} arrays with {len(problems)} problems:\n  "
            + "\n  ".join(problems[:10])
            + "\nTake the weights of an encoder with the same configuration."
        )
    for name, variable in variables.items():
        variable.assign(weights[name])


def _dense(name: str, layer: layers.Dense) -> dict[str, keras.Variable]:
    return {f"{name}/kernel": layer.kernel, f"{name}/bias": layer.bias}


def _norm(name: str, layer: layers.LayerNormalization) -> dict[str, keras.Variable]:
    return {f"{name}/gamma": layer.gamma, f"{name}/beta": layer.beta}
