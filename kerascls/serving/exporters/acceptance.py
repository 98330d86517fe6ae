"""How far an exported model may be from the one it was made of."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerascls.errors import ExportError, SettingsError

if TYPE_CHECKING:
    from kerascls.serving.exporters.comparison import Comparison

# float32 alone moves logits by some 1e-5 in twelve layers; a fault in a graph moves
# probabilities by more than .01. Between them, and below the digits that are shown.
# A label can then change only where its probability is that near to a threshold.
FLOAT32_DIFFERENCE = 1e-4
# Rounding to 8 bits moves probabilities by some .001 on average. A wrong model may
# still change no label, where hardly any row gets one.
INT8_MEAN_DIFFERENCE = 0.02


@dataclass(frozen=True)
class Limits:
    """What an 8-bit model may change.

    Args:
        max_changed: Share of rows that may get other labels.
        max_f1_drop: Macro F1 that may be lost, where true labels are known.

    Raises:
        SettingsError: When one is no share.
    """

    max_changed: float = 0.05
    max_f1_drop: float = 0.003

    def __post_init__(self) -> None:
        for name in ("max_changed", "max_f1_drop"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise SettingsError(
                    f"Expected a share from 0 to 1. Received: {name}={value!r}. Give "
                    f"one, such as 0.01."
                )

    def faults(self, comparison: "Comparison", int8: bool) -> list[str]:
        """Returns what is over a limit, in words; nothing where all is well."""
        if not int8:
            largest = comparison.largest_difference
            if largest <= FLOAT32_DIFFERENCE:
                return []
            return [
                f"a probability differs by {largest:.2g}, more than "
                f"{FLOAT32_DIFFERENCE:g}"
            ]
        faults = []
        mean = comparison.mean_difference
        if not mean <= INT8_MEAN_DIFFERENCE:
            faults.append(
                f"probabilities differ by {mean:.2g} on average, more than "
                f"{INT8_MEAN_DIFFERENCE:g}"
            )
        if not comparison.changed_share <= self.max_changed:
            faults.append(
                f"{comparison.changed} of {comparison.rows} rows "
                f"({comparison.changed_share:.2%}) get other labels, more than "
                f"max_changed={self.max_changed:g}"
            )
        drop = comparison.f1_drop
        if drop is not None and not drop <= self.max_f1_drop:
            faults.append(
                f"macro F1 falls from {comparison.reference.macro_f1:.4f} to "
                f"{comparison.candidate.macro_f1:.4f}, more than "
                f"max_f1_drop={self.max_f1_drop:g}"
            )
        return faults

    def check(self, comparison: "Comparison", format: str, int8: bool) -> None:
        """Raises an ExportError, with the numbers, where it is over a limit."""
        faults = self.faults(comparison, int8)
        if not faults:
            return
        advice = (
            "Export it without int8, or allow more with --max-changed and "
            "--max-f1-drop if that is good enough for you."
            if int8
            else "This is a fault: please report it, with the versions installed."
        )
        raise ExportError(
            f"Expected the exported model to do what the Keras model does. Received: "
            f"format={format!r}, int8={int8}, compared on {comparison.rows} texts: "
            f"{'; '.join(faults)}. Largest difference of a probability: "
            f"{comparison.largest_difference:.2g}. Nothing was written. {advice}"
        )
