"""Contributions: what each n-gram of a linear model adds to a logit, exactly."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.inference.explanation.attributions import Attributions
from kerascls.inference.explanation.units import symbol_units

if TYPE_CHECKING:
    from kerascls.inference.predictor import Predictor


def suits(runtime: Any) -> bool:
    """Whether a runtime can be explained so."""
    return hasattr(runtime, "contributions")


def attribute(
    predictor: "Predictor",
    texts: Sequence[str],
    columns: Sequence[int],
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Attributions:
    """Returns what n-grams add to logits, shared by their characters or words.

    Args:
        predictor: The classifier.
        texts: The text fields of the row.
        columns: The labels.
        on_progress: Not called; it takes no time.
    """
    spans, shares = predictor.runtime.contributions(tuple(texts), columns)
    units = symbol_units(texts, spans)
    intercept = predictor.runtime.model.intercept[list(columns)]
    nothing = np.zeros(len(units), bool)
    return Attributions(
        units=units.only(~nothing),
        values=units.sums(shares),
        base_logits=intercept.astype(np.float64),
        unread=units.only(nothing),
        is_additive=True,
    )
