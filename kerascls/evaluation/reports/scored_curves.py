"""Reliability and coverage of scored rows."""

from dataclasses import replace

import numpy as np

from kerascls.decision.coverage import CoverageCurve, coverage_curve
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.calibration_errors import Reliability, reliability
from kerascls.evaluation.metrics.scores import pad_columns
from kerascls.evaluation.scored_rows import ScoredRows


def scored_reliability(scored: ScoredRows, bins: int = 15) -> Reliability:
    """Bins probabilities and how often they are right.

    Args:
        scored: Rows; for multi-class the likeliest label of each row counts, else every
            cell of the labels that training had, for distributions with its share.
        bins: How many bins of equal width.
    """
    cells = np.s_[:, : None if scored.task.has_one_label else scored.known]
    targets, probabilities = scored.truth[cells], scored.probabilities[cells]
    return reliability(targets, probabilities, bins, task=scored.task)


def scored_coverage(
    scored: ScoredRows, rule: Rule | None = None, *, most: int = 200
) -> CoverageCurve:
    """Answers how right the rows are of which the classifier is surest.

    Args:
        scored: Rows, at least one; labels that training lacked count as misses.
        rule: What chose their labels. Needed only if it abstains: these rows are judged
            by what it would have said.
        most: Points at most, spread evenly.
    """
    chosen = scored.chosen
    if rule is not None and rule.abstain_below is not None:
        outspoken = replace(rule, abstain_below=None)
        chosen = outspoken.apply(scored.probabilities[:, : scored.known])
        chosen = pad_columns(chosen, len(scored.labels))
    right = (scored.targets == chosen).all(axis=1)
    curve = coverage_curve(scored.probabilities.max(axis=1), right)
    last = len(curve.thresholds) - 1
    shown = np.unique(np.linspace(0, last, most).round().astype(np.int64))
    return CoverageCurve(*(values[shown] for values in curve))
