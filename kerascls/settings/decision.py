"""Settings of the decision."""

from typing import Literal, Self

from pydantic import Field, model_validator

from kerascls.settings.group import Group

# Of a distribution, unless another rule is stated.
DEFAULT_MASS = 0.8


class DecisionSettings(Group):
    """How logits become probabilities, and probabilities labels."""

    threshold: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Probability from which on a label is given, multilabel only. "
        "Default: chosen on the validation part.",
    )
    objective: str = Field(
        "macro_f1",
        min_length=1,
        description="What thresholds are chosen for. One for all labels: macro_f1, "
        "micro_f1. One for each label: f1, f0.5, f2, precision@0.95, recall@0.9, "
        "cost:FILE (for multiclass a matrix of costs).",
    )
    shrinkage: float | None = Field(
        None,
        ge=0,
        description="Positives a label needs for its own threshold to count as much "
        "as the one for all labels; 0 for its own alone. Default: 200 for F-scores, 10 "
        "for the rest.",
    )
    calibration: Literal["auto", "none", "temperature", "platt", "isotonic"] = Field(
        "auto",
        description="How probabilities are corrected on the validation part; auto: "
        "platt for multilabel, else temperature.",
    )
    top_k: int | None = Field(
        None, ge=1, description="Give the so many likeliest labels, always."
    )
    mass: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Give the fewest labels whose share of all probability reaches "
        f"this. Default for distributions: {DEFAULT_MASS}.",
    )
    min_labels: int = Field(
        0, ge=0, description="Give at least so many labels: the likeliest."
    )
    max_labels: int | None = Field(
        None, ge=1, description="Give at most so many labels: the likeliest."
    )
    abstain_below: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Give no label where the largest probability is below this.",
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        stated = [self.threshold, self.top_k, self.mass]
        if sum(value is not None for value in stated) > 1:
            names = ("threshold", "top_k", "mass")
            given = [one for one in names if getattr(self, one) is not None]
            raise ValueError(
                f"threshold, top_k and mass exclude each other, for each is a rule of "
                f"its own: keep one of {', '.join(given)}"
            )
        fitted_for = self.objective != "macro_f1" or self.shrinkage is not None
        if fitted_for and any(value is not None for value in stated):
            raise ValueError(
                "threshold, top_k and mass are not fitted, so they go without "
                "objective and shrinkage"
            )
        return self
