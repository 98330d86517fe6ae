"""The sizes and the losses of a linear model; read without numpy."""

from dataclasses import asdict, dataclass
from typing import Any

MAX_FEATURES = 300_000


@dataclass(frozen=True, kw_only=True)
class LinearLoss:
    """What is made small when the weights of a label are fitted.

    Args:
        meaning: What the model is called with it.
        machine: `module:function` of `(strength, seed)` that returns a
            classifier of scikit-learn with `coef_` and `intercept_`.
        strengths: Values of C to choose from, ascending; the one in the middle is
            tried first.
        all_classes: Whether the machine fits one plane for each of several classes.
    """

    meaning: str
    machine: str
    strengths: tuple[float, ...]
    all_classes: bool = False


_PLANES = "kerascls.training.linear.planes"

LINEAR_LOSSES = {
    "squared_hinge": LinearLoss(
        meaning="linear SVM",
        machine=f"{_PLANES}:support_vector_machine",
        strengths=(0.1, 0.3, 1.0, 3.0, 10.0),
        all_classes=True,
    ),
    "log_loss": LinearLoss(
        meaning="logistic regression",
        machine=f"{_PLANES}:logistic_regression",
        strengths=(1.0, 3.0, 10.0, 30.0, 100.0),
    ),
}


# What is fitted to shares of labels, whatever is chosen of the others.
OF_SHARES = LinearLoss(
    meaning="multinomial logistic regression",
    machine=f"{_PLANES}:multinomial_regression",
    strengths=(0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0),
    all_classes=True,
)


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
