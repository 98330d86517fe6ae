"""The linear model beside a neural one: on the same rows, chosen and scored alike."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kerascls.data.drawing import drawn_rows
from kerascls.data.labelled_text import LabelledText
from kerascls.decision.fit_decision import decide
from kerascls.errors import DataError
from kerascls.evaluation.metrics.scores import pad_columns
from kerascls.evaluation.reports.baselines import (
    LinearBaseline,
    compared_with_linear,
    with_distances,
)
from kerascls.evaluation.scored_rows import ScoredRows
from kerascls.training.linear.fitting import fit_linear
from kerascls.training.linear.job import LinearJob
from kerascls.training.trainable import Trainable

# Characters times labels, and characters, to train on: some tens of seconds and
# about a GiB (.35 GiB at 3.3 million characters). Of more, rows drawn by lot.
MAX_WORK = 2e8
MAX_CHARS = 1e7


@dataclass(frozen=True, eq=False)
class Baseline:
    """A linear model's answers on the test part.

    Args:
        chosen: bool `(rows, num_classes)`, the labels it gives.
        probabilities: float32 `(rows, num_classes)`.
        how: How it was trained, for people.
        seconds: How long that took.
        facts: The same for run.json.
        terms: What `how` says, by name, for reports in other languages.
    """

    chosen: np.ndarray
    probabilities: np.ndarray
    how: str
    seconds: float
    facts: dict[str, Any]
    terms: dict[str, str] = field(default_factory=dict)

    def compared(self, scored: ScoredRows) -> LinearBaseline:
        """Compares with what a bundle says of the same rows."""
        width = len(scored.labels)
        compared = compared_with_linear(
            *(scored.targets, pad_columns(self.chosen, width), scored.chosen),
            *(scored.labels, self.how, self.seconds),
            terms=self.terms,
        )
        if scored.weights is None:
            return compared
        of_linear = pad_columns(self.probabilities, width)
        return with_distances(compared, scored.weights, of_linear, scored.probabilities)


def fit_baseline(job: Trainable) -> Baseline | None:
    """Trains the linear model; None where it is not wanted or there is no test part.

    The screen is told of it. It takes calibration and rule as the job's settings have
    them, and where the job is chosen by its loss, macro-F1; for distributions KL.
    """
    train, data = job.settings.train, job.data
    if not train.baseline or isinstance(job, LinearJob) or "test" not in data.parts:
        return None
    started_s = time.monotonic()
    some, note = _affordable(data)
    of_labels = "kl" if data.task.has_weights else "macro_f1"
    best_by = of_labels if train.best_by == "loss" else train.best_by
    decision = job.settings.decision
    train = train.model_copy(update={"label_weights": {}})
    tried: list[str] = []
    try:
        fit = fit_linear(some, decision, train, best_by, tried.append)
    except DataError as error:
        job.screen.say(f"no linear model to compare with: {error}")
        return None
    labels = tuple(data.label_set)
    known = data.targets("valid").for_task(data.task)[:, : len(labels)]
    decided = decide(decision, data.task, labels, known, fit.valid_logits)
    logits = fit.model.logits(data.parts["test"].texts)
    probabilities = decided.probabilities(logits, data.task)
    chosen = decided.rule.apply(probabilities)
    seconds = time.monotonic() - started_s
    job.screen.say(
        f"to be beaten, a linear model{note}: validation {best_by} "
        f"{fit.chosen.score:.4f}, {seconds:.1f} s (train.baseline=false leaves it out)"
    )
    facts = {**fit.to_dict(), "rows": len(some.parts["train"].rows)}
    facts["seconds"] = round(seconds, 1)
    terms = fit.terms
    if note:
        rows, all_rows = (len(one.parts["train"].rows) for one in (some, data))
        terms |= {"rows": f"{rows:,}", "all_rows": f"{all_rows:,}"}
    return Baseline(chosen, probabilities, f"{fit}{note}", seconds, facts, terms)


def _affordable(data: LabelledText) -> tuple[LabelledText, str]:
    part = data.parts["train"]
    chars = sum(len(field) for texts in part.texts for field in texts)
    share = min(1.0, MAX_WORK / max(1, chars * len(data.label_set)))
    share = min(share, MAX_CHARS / max(1, chars))
    if share == 1:
        return data, ""
    rows = part.rows[drawn_rows(len(part.rows), int(share * len(part.rows)))]
    parts = data.parts | {"train": replace(part, rows=rows)}
    return replace(data, parts=parts), f" of {len(rows):,} of {len(part.rows):,} rows"
