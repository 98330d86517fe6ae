"""What a method finds: numbers for the units of a row."""

from dataclasses import dataclass

import numpy as np

from kerascls.inference.explanation.units import Units


@dataclass(frozen=True, eq=False, kw_only=True)
class Attributions:
    """What the parts of a row do to logits, before calibration.

    Args:
        units: What is attributed to: parts of the texts that are read.
        values: float64 `(units, labels)`.
        base_logits: float64 `(labels,)`, what attributions start from.
        unread: Parts of the texts that are cut off.
        hidden_token: What stands in place of a token that is hidden; None where tokens
            are not replaced.
        is_additive: Whether base logit and attributions add up to the logit, but for
            what is computed inexactly.
        steps: In how many steps, None for methods without.
    """

    units: Units
    values: np.ndarray
    base_logits: np.ndarray
    unread: Units
    hidden_token: str | None = None
    is_additive: bool = False
    steps: int | None = None
