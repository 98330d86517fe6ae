"""What a model is trained on: rows of train, edited copies, and which an epoch has.

All else, validation, test, reports and the linear model beside a run, has the rows of
the parts as they are.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labelled_text import LabelledText
from kerascls.data.labels import Task
from kerascls.data.multilabel_sampling import LABEL_SET
from kerascls.data.sampling import Sampler
from kerascls.data.targets import Targets
from kerascls.settings.imbalance import ImbalanceSettings, method_of
from kerascls.system.tables import named
from kerascls.training.copies import Copies, make_copies


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """The rows of the training part, edited copies behind them, and their sampler.

    Args:
        data: The parts.
        settings: What is done about skewed labels.
        seed: Fixes copies and what is drawn.
    """

    data: LabelledText
    settings: ImbalanceSettings
    seed: int

    @cached_property
    def copies(self) -> Copies | None:
        """Edited copies of rows; None where none are asked for."""
        return make_copies(self.data, self.settings, self.seed)

    @cached_property
    def targets(self) -> Targets:
        """Labels of each row, those of copies last."""
        targets = self.data.targets("train")
        if not self.copies:
            return targets
        return targets.take(np.append(np.arange(len(targets)), self.copies.rows))

    @cached_property
    def sampler(self) -> Sampler | None:
        """Which rows an epoch has; None for each once."""
        return self._sampler()

    def _sampler(self, **changes: object) -> Sampler | None:
        method = method_of(self.settings)
        if method.sampler is None:
            return None
        parameters = {name: getattr(self.settings, name) for name in method.parameters}
        make = named(method.sampler)
        return make(self.targets, self.data.task, self.seed, **parameters | changes)

    @cached_property
    def counts(self) -> LabelCounts:
        """Rows of each label that an epoch has, as drawn for the first."""
        if self.sampler is None:
            return LabelCounts.of(self.targets)
        return LabelCounts.of(self.targets.take(self.first_epoch))

    @cached_property
    def first_epoch(self) -> np.ndarray:
        """The rows of the first epoch, int64 `(rows,)`, some perhaps twice."""
        if self.sampler is None:
            return np.arange(len(self.targets))
        return self.sampler.rows(0)

    @property
    def notes(self) -> list[str]:
        """Lines on what differs from the rows of the training part."""
        notes = [] if self.copies is None else [self.copies.note]
        if self.sampler is not None:
            notes.append(self._sampling_note())
        if notes:
            others = "validation, test and the linear baseline keep the original rows"
            notes[-1] += f"; {others}"
        return notes

    def _sampling_note(self) -> str:
        method, rows = self.settings.method, len(self.targets)
        first = self.first_epoch
        most = int(np.bincount(first).max())
        if most == 1 and len(first) == rows:
            return f"{method}: each row comes once, {self._why_none()}"
        often = f", some {most:,} times" if most > 1 else ""
        return f"{method}: an epoch has {len(first):,} rows, drawn of {rows:,}{often}"

    def _why_none(self) -> str:
        """Returns why no row is added or left out, and what would change that."""
        rule, share = self.settings.sampling_rule, self.settings.sampling_share
        rows = len(self.targets)
        if self.data.task is Task.MULTICLASS:
            return "for all labels have as many rows"
        if share * rows < 1:
            return f"imbalance.sampling_share={share:g} of {rows:,} being less than one"
        if rule == LABEL_SET:
            return "for no set of labels is rare enough, or none has rows to spare"
        why = "for no label is rare enough, or all rows have one that is"
        other = self._sampler(sampling_rule=LABEL_SET)
        if other is None or other.num_rows == rows:
            return why
        return (
            f"{why}; with --set imbalance.sampling_rule=label_set an epoch would have "
            f"{other.num_rows:,} of {rows:,}"
        )
