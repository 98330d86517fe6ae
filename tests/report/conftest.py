import numpy as np
import pytest

from kerascls.decision import Rule
from kerascls.labels import Task
from kerascls.metrics import Scores, score
from kerascls.report import Report, majority_label, majority_scores

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
    return Report(
        task=Task.MULTILABEL,
        scores=scores,
        baseline=majority_scores(TARGETS, TRAIN_COUNTS, LABELS),
        baseline_label=majority_label(TRAIN_COUNTS, LABELS),
        rule=Rule("threshold", 0.25),
        train_support={"体育": 7, "教育 education": 3},
        unseen={"[red]x|y": 1, "never": 3},
        source="test.csv",
    )
