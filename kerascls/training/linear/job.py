"""A run of the linear model, from labelled text to what goes into its bundle."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labelled_text import LabelledText
from kerascls.data.row_weights import row_weights
from kerascls.errors import SettingsError
from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.inference.bundle import Bundle
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes.linear_runtime import write_linear_model
from kerascls.models.linear.config import OF_SHARES
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.training.label_effects import effective_counts
from kerascls.training.linear.fitting import LinearFit, fit_again, fit_linear
from kerascls.training.trainable import Trained


@dataclass(frozen=True, eq=False)
class LinearJob:
    """The training of a linear model, see `Trainable`."""

    settings: RunSettings
    data: LabelledText
    screen: Screen

    name = "linear"
    notes: tuple[str, ...] = ()
    token_notes: tuple[str, ...] = ()
    weights: Path | None = None

    @property
    def chosen(self) -> str:
        """The line on settings that were not stated."""
        train = self.settings.train
        loss = f"linear_loss {train.linear_loss}"
        if self.data.task.has_weights:
            loss = OF_SHARES.meaning
        chosen = f"{loss}, best_by {train.best_by}"
        return f"settings: {chosen}, seed {train.seed}"

    @property
    def input_spec(self) -> InputSpec:
        """That texts are read as they are, in lower case, and whole."""
        dataset = self.data.parts["train"].dataset
        return InputSpec(
            text_columns=dataset.text_columns,
            label_column=dataset.label_column,
            pair=False,
            do_lower_case=True,
            max_tokens=None,
            truncate="head",
        )

    def train(
        self, out: Path, resume: bool = False, callbacks: Sequence[Any] = ()
    ) -> Trained:
        """Trains and chooses; the result does not depend on `resume`.

        A validation part that was split off the training data is learned from in the
        end, when all is chosen; one that was given is not.
        """
        started_s = time.monotonic()
        train, say = self.settings.train, self.screen.say
        fit = fit_linear(self.data, self.settings.decision, train, train.best_by, say)
        told = str(fit)
        again = not self.settings.data.valid
        if again:  # the user called these rows training data
            fit = fit_again(fit, self.data, train)
            told += ", then trained on the validation part too"
        say(f"linear model: {told}; {time.monotonic() - started_s:.1f} s")
        if (effects := self._label_effects(fit)) is not None:
            say(" ".join(effects.lines()))
        return Trained(
            runtime="linear",
            write_model=partial(write_linear_model, model=fit.model),
            valid_logits=fit.valid_logits,
            facts={"linear": fit.to_dict() | {"trained_on_valid": again}},
            label_effects=effects,
            trained_on_valid=again,
        )

    def _label_effects(self, fit: LinearFit) -> LabelEffects | None:
        """Returns what weights of labels did; None where none were stated."""
        label_set, targets = self.data.label_set, self.data.targets("train")
        if not (stated := self.settings.train.label_weights):
            return None
        weights = row_weights(targets.multi_hot(), label_set, stated)
        effective_rows = effective_counts(targets, np.arange(len(targets)), weights)
        if fit.chosen.balanced:  # scikit-learn balances what weights leave of each
            effective_rows[effective_rows > 0] = np.mean(effective_rows)
        return LabelEffects(
            method="none",
            settings={
                "label_weights": dict(stated),
                "class_weights": fit.chosen.weights,
            },
            labels=tuple(label_set),
            rows=LabelCounts.of(targets).positives,
            effective_rows=effective_rows,
        )

    def logits(
        self,
        bundle: Bundle,
        part: str,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Returns what a written bundle says of a part, see `Trainable`."""
        texts = self.data.parts[part].texts
        return Predictor(bundle).text_logits(texts, on_progress)


def linear_job(
    settings: RunSettings, data: LabelledText, screen: Screen, cache: bool
) -> LinearJob:
    """Returns the job; there are no tokens to cache.

    Raises:
        SettingsError: When it should compare two texts, or be chosen by its loss.
    """
    if settings.data.text_pair is not None:
        raise SettingsError(
            f"Expected no pair of texts for the model 'linear': it adds up what single "
            f"words say and cannot compare two texts. Received: text_pair="
            f"{settings.data.text_pair!r}. Choose another --model, or have both read "
            f"as one text: --text FIRST --text {settings.data.text_pair}."
        )
    if settings.train.best_by == "loss":
        raise SettingsError(
            "Expected a score of labels to choose the linear model by. Received: "
            "best_by='loss'. Choose another, such as --set train.best_by=macro_f1."
        )
    return LinearJob(settings, data, screen)
