"""What `fit` asks of a job, whatever model it trains."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kerascls.data.labelled_text import LabelledText
from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.inference.bundle import Bundle
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen


@dataclass(frozen=True, eq=False, kw_only=True)
class Trained:
    """What training gives, ready to be put into a bundle.

    Args:
        runtime: What computes its logits, of `RUNTIMES`.
        write_model: Called with a directory; writes what the runtime needs there.
        valid_logits: float32 `(rows, num_classes)` of the validation part, in its
            order.
        best_epoch: Epochs done when it was best; None where there are none.
        facts: More of what run.json tells.
        interrupted: Whether Ctrl-C ended it.
        seconds_before: How long the processes before this one trained.
        label_effects: What was done about skewed labels; None where nothing.
        trained_on_valid: Whether the model to write, unlike the one of these logits,
            has learned from the validation part too.
    """

    runtime: str
    write_model: Callable[[Path], None]
    valid_logits: np.ndarray
    best_epoch: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    interrupted: bool = False
    seconds_before: float = 0.0
    label_effects: LabelEffects | None = None
    trained_on_valid: bool = False


class Trainable(Protocol):
    """A training, all but where it goes."""

    @property
    def settings(self) -> RunSettings:
        """All settings, with every value filled in."""

    @property
    def data(self) -> LabelledText:
        """What it learns from, chooses on and is scored on."""

    @property
    def screen(self) -> Screen:
        """What is told to people."""

    @property
    def name(self) -> str:
        """What the model is called."""

    @property
    def notes(self) -> Sequence[str]:
        """Lines on what it starts from."""

    @property
    def chosen(self) -> str:
        """The line on settings that were not stated."""

    @property
    def weights(self) -> Path | None:
        """The directory of pretrained weights, if there are any."""

    @property
    def token_notes(self) -> Sequence[str]:
        """Lines on what of the texts it does not know or read; may take a while."""

    @property
    def input_spec(self) -> InputSpec:
        """How texts become its input, as the bundle stores it."""

    def train(self, out: Path, resume: bool, callbacks: Sequence[Any]) -> Trained:
        """Trains; see `fit` for the arguments."""

    def logits(
        self,
        bundle: Bundle,
        part: str,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Returns what a written bundle says of a part, in its order."""
