"""What a model is trained on: rows of train, edited copies, and which an epoch has.

All else, validation, test, reports and the linear model beside a run, has the rows of
the parts as they are.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labelled_text import LabelledText
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
        method = method_of(self.settings)
        if method.sampler is None:
            return None
        parameters = {name: getattr(self.settings, name) for name in method.parameters}
        make = named(method.sampler)
        return make(self.targets, self.data.task, self.seed, **parameters)

    @cached_property
    def counts(self) -> LabelCounts:
        """Rows of each label that an epoch has, as drawn for the first."""
        drawn = self.targets
        if self.sampler is not None:
            drawn = drawn.take(self.sampler.rows(0))
        return LabelCounts.of(drawn, self.data.label_set)

    @property
    def notes(self) -> list[str]:
        """Lines on what differs from the rows of the training part."""
        notes = [] if self.copies is None else [self.copies.note]
        if self.sampler is not None:
            notes.append(self._sampling_note(self.sampler.num_rows, len(self.targets)))
        if notes:
            others = "validation, test and the linear baseline keep the original rows"
            notes[-1] += f"; {others}"
        return notes

    def _sampling_note(self, drawn: int, rows: int) -> str:
        method = self.settings.method
        if drawn == rows and "sampling_rule" in method_of(self.settings).parameters:
            return f"{method}: no label is rare enough to draw other rows"
        return f"{method}: an epoch has {drawn:,} rows, drawn of {rows:,}"
