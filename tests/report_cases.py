"""A report of four classes and the rows it is made of, as fixtures."""

from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.scores import Scores, score
from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.evaluation.reports.report import Report, majority_baseline
from kerascls.evaluation.scored_rows import ScoredRows

LABELS = ("体育", "教育 education", "[red]x|y", "never")
TARGETS = np.array(
    [[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0]], bool
)
PREDICTED = np.array(
    [[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0]], bool
)
TRAIN_COUNTS = np.array([7, 3])


@pytest.fixture
def scores() -> Scores:
    """Four classes: one right, one half right, one missed, one not there."""
    return score(TARGETS, PREDICTED, LABELS)


@pytest.fixture
def report(scores) -> Report:
    label, baseline = majority_baseline(TARGETS, TRAIN_COUNTS, LABELS)
    return Report(
        task=Task.MULTILABEL,
        scores=scores,
        baseline=baseline,
        baseline_label=label,
        rule=Rule("threshold", 0.25),
        train_support={"体育": 7, "教育 education": 3},
        unseen={"[red]x|y": 1, "never": 3},
        source="test.csv",
    )


@pytest.fixture
def effects() -> LabelEffects:
    """Three labels whose rows were weighed until all counted alike."""
    rows = np.array([90, 9, 1])
    weights = np.array([1 / 3, 10 / 3, 30.0])
    return LabelEffects(
        method="class_weight",
        settings={"weight_power": 1.0, "max_weight": 100.0},
        labels=("体育", "教育 education", "[red]x|y"),
        rows=rows,
        effective_rows=rows * weights,
        effects={"weight": weights},
    )


@pytest.fixture
def margins(effects) -> LabelEffects:
    """The same labels, of which the rarer ones were asked for a larger margin."""
    return replace(
        effects,
        method="ldam",
        settings={"ldam_margin": 3.0},
        effective_rows=effects.rows.astype(float),
        effects={"margin": np.array([1.0, 1.7, 3.0])},
    )


def scored_rows(targets, probabilities, chosen, labels, task=Task.MULTILABEL, **more):
    """Scored rows of which all labels were known in training."""
    values = {"known": len(labels), "rows_sha256": "", "lines": range(len(targets))}
    return ScoredRows(
        task=task,
        labels=tuple(labels),
        targets=np.asarray(targets, bool),
        probabilities=np.asarray(probabilities, np.float32),
        chosen=np.asarray(chosen, bool),
        **values | more,
    )


@pytest.fixture
def make_scored():
    return scored_rows


@pytest.fixture
def scored(report) -> ScoredRows:
    """The rows of `report`; training lacked the last two labels."""
    probabilities = np.where(PREDICTED, 0.75, 0.125) * [1, 1, 0, 0]
    more = {"known": 2, "texts": [(f"text {n}", "<b>&") for n in range(5)]}
    return scored_rows(TARGETS, probabilities, PREDICTED, LABELS, **more)
