"""What an encoder is made of, as numbers: no Keras needed to read or compare it."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from kerascls.errors import CheckpointError
from kerascls.models.families import FAMILIES
from kerascls.models.registry import ACTIVATIONS

# Beyond all encoders: a larger number is a mistake, and building would never end.
MAX_LAYERS, MAX_SIZE = 1000, 2**31 - 1
MAY_BE_NONE = ("num_token_types", "first_position", "local_attention")


@dataclass(frozen=True, kw_only=True)
class EncoderConfig:
    """Sizes and constants of an encoder.

    Args:
        family: One of `FAMILIES`.
        vocab_size: Rows of the token embedding table.
        embedding_dim: Width of the three embedding tables.
        hidden_dim: Width of the hidden states.
        intermediate_dim: Width inside the feed-forward part of a block.
        num_layers: How many times a block is applied.
        num_heads: Attention heads; must divide `hidden_dim`.
        max_positions: Longest sequence, in tokens.
        num_token_types: Rows of the segment embedding table; 0 for none.
        first_position: Row of the position table that the first token has; those
            before it no token has.
        local_attention: Of ModernBERT, how many tokens a token sees in most layers,
            half of them on either side; 0 for all.
        global_every: Of ModernBERT, one layer in so many sees all, the first to begin
            with.
        rotary_base: Of ModernBERT, the base of the angles of positions in layers that
            see all.
        local_rotary_base: Of ModernBERT, the same in the others.
        activation: One of `ACTIVATIONS`.
        dropout: Share of hidden units dropped in training.
        attention_dropout: Share of attention weights dropped in training.
        layer_norm_epsilon: Added to the variance in every LayerNorm.
        initializer_range: Standard deviation of fresh weights.

    Raises:
        CheckpointError: When `num_heads` does not divide `hidden_dim`, or a size
            is not positive, a rate no number, or family or activation are unknown.
    """

    family: str
    vocab_size: int
    embedding_dim: int
    hidden_dim: int
    intermediate_dim: int
    num_layers: int
    num_heads: int
    max_positions: int = 512
    num_token_types: int = 2
    activation: str = "gelu_erf"
    dropout: float = 0.1
    attention_dropout: float = 0.1
    layer_norm_epsilon: float = 1e-12
    initializer_range: float = 0.02
    first_position: int = 0
    local_attention: int = 0
    global_every: int = 1
    rotary_base: float = 160_000.0
    local_rotary_base: float = 10_000.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            least = 0 if field.name in MAY_BE_NONE else 1
            most = MAX_LAYERS if field.name == "num_layers" else MAX_SIZE
            is_size = type(value) is int and least <= value <= most
            if field.type is int and not is_size:
                raise CheckpointError(
                    f"An encoder needs `{field.name}` to be a whole number from "
                    f"{least} to {most}. Received: {field.name}={value!r:.40}. "
                    f"Correct it."
                )
            if field.type is float and not _is_number(value):
                raise CheckpointError(
                    f"An encoder needs `{field.name}` to be a number from 0 on. "
                    f"Received: {field.name}={value!r}. Correct it."
                )
        if self.hidden_dim % self.num_heads:
            raise CheckpointError(
                f"An encoder needs `num_heads` to divide `hidden_dim`. Received: "
                f"hidden_dim={self.hidden_dim}, num_heads={self.num_heads}. Correct "
                f"one of them."
            )
        self._check_names()
        width = self.hidden_dim // self.num_heads
        if FAMILIES[self.family].is_modern and width % 2:
            raise CheckpointError(
                f"An encoder needs heads of even width for rotary positions, which "
                f"turn pairs of units. Received: hidden_dim={self.hidden_dim}, "
                f"num_heads={self.num_heads}. Correct the configuration."
            )

    def _check_names(self) -> None:
        for name, table in (("family", FAMILIES), ("activation", ACTIVATIONS)):
            if getattr(self, name) not in [*table]:
                raise CheckpointError(
                    f"An encoder needs `{name}` to be one of {', '.join(table)}. "
                    f"Received: {name}={getattr(self, name)!r}. Choose one of these."
                )

    @property
    def has_projection(self) -> bool:
        """Whether embeddings pass a linear layer on their way to `hidden_dim`."""
        return self.shares_layers or self.embedding_dim != self.hidden_dim

    @property
    def num_positions(self) -> int:
        """Rows of the position embedding table."""
        return self.first_position + self.max_positions

    @property
    def num_blocks(self) -> int:
        """How many blocks own weights: 1 where layers share them."""
        return 1 if self.shares_layers else self.num_layers

    has_batch_norm = False

    @property
    def shares_layers(self) -> bool:
        """Whether all layers have the weights of one block, as in ALBERT."""
        return FAMILIES[self.family].shares_layers

    def is_local(self, layer: int) -> bool:
        """Whether the tokens of a layer see their neighbours alone."""
        return self.local_attention > 0 and layer % self.global_every > 0

    @property
    def parameters(self) -> int:
        """How many numbers the encoder holds, without pooler and head."""
        return sum(map(math.prod, weight_shapes(self).values()))

    def to_dict(self) -> dict[str, Any]:
        """Returns the configuration as plain JSON types."""
        return asdict(self)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


def weight_shapes(
    config: EncoderConfig, with_pool: bool = False
) -> dict[str, tuple[int, ...]]:
    """Returns the shape of every encoder weight under its stable name.

    The names are those of Google's BERT checkpoints without the `bert/` prefix;
    ALBERT's one shared block is `encoder/layer_0`. Kernels are `(inputs, outputs)`.

    Args:
        config: The encoder.
        with_pool: Whether the pooler (dense + tanh on `[CLS]`) belongs to it.
    """
    if FAMILIES[config.family].is_modern:
        return _modern_shapes(config, with_pool)
    embedding, hidden = config.embedding_dim, config.hidden_dim
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings/word_embeddings": (config.vocab_size, embedding),
        "embeddings/position_embeddings": (config.num_positions, embedding),
    }
    if config.num_token_types:
        types = (config.num_token_types, embedding)
        shapes["embeddings/token_type_embeddings"] = types

    def norm(name: str, width: int) -> None:
        shapes[f"{name}/gamma"] = shapes[f"{name}/beta"] = (width,)

    def dense(name: str, inputs: int, outputs: int) -> None:
        shapes[f"{name}/kernel"] = (inputs, outputs)
        shapes[f"{name}/bias"] = (outputs,)

    norm("embeddings/LayerNorm", embedding)
    if config.has_projection:
        dense("embeddings_project", embedding, hidden)
    for index in range(config.num_blocks):
        block = f"encoder/layer_{index}"
        for name in ("query", "key", "value"):
            dense(f"{block}/attention/self/{name}", hidden, hidden)
        dense(f"{block}/attention/output/dense", hidden, hidden)
        norm(f"{block}/attention/output/LayerNorm", hidden)
        dense(f"{block}/intermediate/dense", hidden, config.intermediate_dim)
        dense(f"{block}/output/dense", config.intermediate_dim, hidden)
        norm(f"{block}/output/LayerNorm", hidden)
    if with_pool:
        dense("pooler/dense", hidden, hidden)
    return shapes


def _modern_shapes(
    config: EncoderConfig, with_pool: bool
) -> dict[str, tuple[int, ...]]:
    hidden, inner = config.hidden_dim, config.intermediate_dim
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings/word_embeddings": (config.vocab_size, hidden),
        "embeddings/LayerNorm/gamma": (hidden,),
    }
    for index in range(config.num_layers):
        block = f"encoder/layer_{index}"
        if index:  # the first follows the norm of the embeddings
            shapes[f"{block}/attention/LayerNorm/gamma"] = (hidden,)
        shapes |= {
            f"{block}/attention/self/kernel": (hidden, 3 * hidden),
            f"{block}/attention/output/dense/kernel": (hidden, hidden),
            f"{block}/LayerNorm/gamma": (hidden,),
            f"{block}/intermediate/dense/kernel": (hidden, 2 * inner),
            f"{block}/output/dense/kernel": (inner, hidden),
        }
    shapes["final/LayerNorm/gamma"] = (hidden,)
    if with_pool:
        shapes |= {
            "pooler/dense/kernel": (hidden, hidden),
            "pooler/dense/bias": (hidden,),
        }
    return shapes
