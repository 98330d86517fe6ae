"""The stored calibration: how logits become probabilities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.activations import activation_of, check_finite, sigmoid
from kerascls.errors import BundleError, SettingsError

Kind = Literal["none", "temperature", "platt", "isotonic"]
KINDS = get_args(Kind)

# Numbers corrected at once, in float64.
_CHUNK = 2**21
_NEEDED: dict[Kind, set[str]] = {
    "none": set(),
    "temperature": {"temperature"},
    "platt": {"slopes", "intercepts"},
    "isotonic": {"slopes", "intercepts", "weights", "steps"},
}
# Of one label: logits, ascending, and the probabilities there, never falling.
Steps = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Calibration:
    """A correction of logits that never reorders the rows of a label.

    Args:
        kind: `"none"`; `"temperature"`: logits are divided by one number;
            `"platt"`: the logit of each label becomes slope x logit + intercept;
            `"isotonic"`: the probability of each label is read from a rising line of
            `steps`, and mixed with that of `"platt"`: weight x first + (1 - weight) x
            second. The last two are for multi-label.
        temperature: Above 0; above 1 makes a model less sure.
        slopes: One for each label, above 0.
        intercepts: One for each label.
        weights: One for each label, from 0 to 1.
        steps: For each label two tuples, logits and probabilities; empty ones where
            the weight is 0.

    Raises:
        SettingsError: When the kind is unknown or does not go with the rest.

    Example:
        >>> Calibration("temperature", temperature=2.0).apply(logits, "multiclass")
    """

    kind: Kind = "none"
    temperature: float | None = None
    slopes: tuple[float, ...] | None = None
    intercepts: tuple[float, ...] | None = None
    weights: tuple[float, ...] | None = None
    steps: tuple[Steps, ...] | None = None

    def __post_init__(self) -> None:
        present = {name for name, value in vars(self).items() if value is not None}
        present -= {"kind"}
        if self.kind not in KINDS or present != _NEEDED[self.kind]:
            raise SettingsError(
                f"A calibration is of a kind out of {', '.join(KINDS)}, and has what "
                f"it needs. Received: kind={self.kind!r} with {sorted(present)}. Fit "
                "it with `fit_calibration`."
            )
        for name in ("slopes", "intercepts", "weights"):
            self._keep(name, lambda values: tuple(map(float, values)))
        self._keep("steps", _plain_steps)
        self._check_values()

    def _keep(self, name: str, as_plain: Callable[[Any], Any]) -> None:
        if (value := getattr(self, name)) is not None:
            object.__setattr__(self, name, as_plain(value))

    def _check_values(self) -> None:
        scales = self.slopes or (1.0 if self.temperature is None else self.temperature,)
        weights, steps = self.weights or (), self.steps or ()
        per_label = _NEEDED[self.kind] - {"temperature"}
        lengths = {len(getattr(self, name)) for name in per_label}
        right = (
            len(lengths) <= 1
            and np.isfinite((*scales, *(self.intercepts or ()))).all()
            and min(scales) > 0
            and all(0 <= weight <= 1 for weight in weights)
            and all(map(_rises, steps))
            and all(
                x or not weight for weight, (x, _) in zip(weights, steps, strict=True)
            )
        )
        if not right:
            raise SettingsError(
                "A calibration has finite numbers, slopes and temperature above 0, "
                "steps that never fall, and as many of each as there are labels. "
                f"Received: {self!r:.200}. Fit it with `fit_calibration`."
            )

    def apply(self, logits: np.ndarray, task: Task) -> np.ndarray:
        """Turns logits into probabilities.

        Args:
            logits: float `(rows, num_classes)`, of any size.
            task: `"multiclass"` and `"distribution"` (a row sums to 1), or
                `"multilabel"`.

        Returns:
            float32 `(rows, num_classes)`.

        Raises:
            NotFiniteError: When a logit is not a finite number.
            SettingsError: When the calibration is for another number of labels or
                task.
        """
        logits = check_finite(logits, "logits")
        activation = activation_of(Task(task))
        if self.kind == "none":
            return activation(logits)
        if self.slopes is not None:
            self._check_fits(len(self.slopes), logits.shape[1], Task(task))
        result = np.empty(logits.shape, np.float32)
        height = max(1, _CHUNK // max(1, logits.shape[1]))
        for start in range(0, len(logits), height):
            rows = slice(start, start + height)
            wide = logits[rows].astype(np.float64)
            if self.temperature is not None:
                result[rows] = activation(wide / self.temperature)
            else:
                result[rows] = self._of_labels(wide)
        return result

    def _of_labels(self, logits: np.ndarray) -> np.ndarray:
        fitted = sigmoid(logits * np.array(self.slopes) + np.array(self.intercepts))
        lines = zip(self.weights or (), self.steps or (), strict=True)
        for column, (weight, steps) in enumerate(lines):
            if weight:
                fitted[:, column] *= 1 - weight
                fitted[:, column] += weight * np.interp(logits[:, column], *steps)
        return fitted

    def _check_fits(self, expected: int, received: int, task: Task) -> None:
        if task is not Task.MULTILABEL or expected != received:
            raise SettingsError(
                f"A {self.kind} calibration is for multilabel and {expected} labels. "
                f"Received: task={task.value!r}, {received} columns. Fit it on logits "
                "of this model."
            )

    def to_dict(self) -> dict[str, Any]:
        """Returns the kind, and what else it uses, as plain JSON types."""
        names = ["kind", *sorted(_NEEDED[self.kind])]
        return {name: _as_lists(getattr(self, name)) for name in names}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Calibration":
        """Returns the calibration that `to_dict` wrote.

        Raises:
            BundleError: When a key is missing or unknown, or a value wrong.
        """
        try:
            return cls(**values)
        except (SettingsError, TypeError, ValueError) as error:
            raise BundleError(
                f"Expected a calibration as kerascls stores it. Received: "
                f"keys={sorted(values)}: {error} It was damaged, or written by another "
                "version."
            ) from error


def _plain_steps(steps: Any) -> tuple[Steps, ...]:
    return tuple((tuple(map(float, x)), tuple(map(float, y))) for x, y in steps)


def _rises(steps: Steps) -> bool:
    logits, values = map(np.array, steps)
    ordered = (np.diff(logits) > 0).all() and (np.diff(values) >= 0).all()
    inside = ((values >= 0) & (values <= 1)).all()
    return len(logits) == len(values) and bool(ordered and inside)


def _as_lists(value: Any) -> Any:
    return [*map(_as_lists, value)] if isinstance(value, tuple) else value
