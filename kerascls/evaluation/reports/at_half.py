"""What a classifier gives without a fitted rule: each label from 0.5 on."""

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.scores import Scores, pad_columns, score
from kerascls.evaluation.scored_rows import ScoredRows

HALF = Rule("threshold", 0.5)


def scores_at_half(scored: ScoredRows, rule: Rule) -> Scores | None:
    """Returns the scores of giving each label from probability 0.5 on.

    Args:
        scored: The rows.
        rule: How they were labelled.

    Returns:
        The scores; None where that is the rule, and for multi-class, where the
        likeliest label is given.
    """
    if scored.task is not Task.MULTILABEL or rule == HALF:
        return None
    chosen = HALF.apply(scored.probabilities[:, : scored.known])
    chosen = pad_columns(chosen, len(scored.labels))
    return score(scored.targets, chosen, scored.labels)
