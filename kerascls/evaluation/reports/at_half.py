"""What a model gives that nothing was fitted to: each label from 0.5 on."""

from dataclasses import replace

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.activations import sigmoid
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.scores import Scores, pad_columns, score
from kerascls.evaluation.scored_rows import ScoredRows


def scores_at_half(scored: ScoredRows, decision: Decision) -> Scores | None:
    """Returns the scores of giving each label from probability 0.5 on.

    Of the model's own probabilities: those of `"platt"` and `"isotonic"` are 0.5 where
    the validation part says so, which is a threshold of each label, fitted like others.
    What a rule has beside thresholds stays as it is: how many labels a row has at least
    and at most, and which rows have none for want of confidence.

    Args:
        scored: The rows, with logits.
        decision: How they were labelled.

    Returns:
        The scores; None where the decision is that, for multi-class, where the
        likeliest label is given, and where logits were not kept.
    """
    if scored.task is not Task.MULTILABEL or scored.logits is None:
        return None
    rule = decision.rule
    half = Rule(
        "threshold", 0.5, min_labels=rule.min_labels, max_labels=rule.max_labels
    )
    own = replace(half, abstain_below=rule.abstain_below)
    if rule == own and decision.calibration.kind == "none":
        return None
    chosen = half.apply(sigmoid(np.asarray(scored.logits, np.float32)))
    chosen[rule.abstains(scored.probabilities[:, : scored.known])] = False
    chosen = pad_columns(chosen, len(scored.labels))
    return score(scored.targets, chosen, scored.labels)
