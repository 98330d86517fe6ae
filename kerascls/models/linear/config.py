"""The sizes of a linear model; read without numpy."""

from dataclasses import asdict, dataclass
from typing import Any

MAX_FEATURES = 300_000


@dataclass(frozen=True, kw_only=True)
class LinearConfig:
    """The most a linear model grows to, as a preset says it.

    Args:
        vocab_size: Most n-grams.
        num_layers: Layers of weights.
        hidden_dim: Units between n-grams and labels: none.
    """

    vocab_size: int = MAX_FEATURES
    num_layers: int = 1
    hidden_dim: int = 0

    @property
    def parameters(self) -> int:
        """How many numbers it holds at most for a label."""
        return self.vocab_size

    def to_dict(self) -> dict[str, Any]:
        """Returns the sizes as plain JSON types."""
        return asdict(self)
