"""All checks of one label column."""

from collections.abc import Callable, Iterator

from kerascls.data.label_checks.column import Finding, LabelColumn, notes_or_refusal
from kerascls.data.label_checks.counts import (
    occurs_once,
    on_every_row,
    one_each,
    unlabelled,
)
from kerascls.data.label_checks.forms import quotes, several_labels, values, vectors
from kerascls.data.label_checks.lone_bits import lone_bits
from kerascls.data.label_checks.marks import joined
from kerascls.data.label_checks.names import lookalikes, missing_words
from kerascls.data.label_checks.weights import sums, tags, weighted_names

# In this order: what makes others meaningless comes first.
CHECKS: tuple[Callable[[LabelColumn], Iterator[Finding]], ...] = (
    vectors,
    lone_bits,
    several_labels,
    values,
    joined,
    occurs_once,
    quotes,
    missing_words,
    lookalikes,
    one_each,
    on_every_row,
    unlabelled,
    weighted_names,
    sums,
    tags,
)


def look_at(column: LabelColumn) -> tuple[str, ...]:
    """Returns what is to be said of a label column, a line each.

    Raises:
        DataError: When nothing sensible can be made of it, with the cure.
    """
    return notes_or_refusal(finding for check in CHECKS for finding in check(column))
