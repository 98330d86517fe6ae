"""How the weights of labels were written, where a row's labels are shares."""

import re
from collections.abc import Iterator

from kerascls.data.label_checks.column import (
    FEWEST_ROWS,
    HALF,
    Finding,
    LabelColumn,
    cell_examples,
    name_examples,
)
from kerascls.system.words import count

# Sums this far from 1 are those of numbers that were rounded in binary.
ROUNDING = 1e-6
_WEIGHTED = re.compile(r".*\D[:：] *(?:0?\.\d+|[01]\.0*)", re.S)


def sums(column: LabelColumn) -> Iterator[Finding]:
    """Finds weights that did not sum to 1, as votes and percents do not."""
    found = [
        cell
        for cell in column.usable
        if cell.weights and cell.total and abs(cell.total - 1) > ROUNDING
    ]
    if found:
        rows = sum(cell.rows for cell in found)
        yield Finding(
            "weights that sum to 1",
            f'{column.file}, column "{column.name}": weights of {count(rows, "row")} '
            f"do not sum to 1 ({cell_examples(found)})",
            "They were divided by the sum of their row.",
        )


def weighted_names(column: LabelColumn) -> Iterator[Finding]:
    """Finds names that end in a share, where labels have no weights."""
    if column.task.has_weights:
        return
    found = [name for name in column.counts if _WEIGHTED.fullmatch(name)]
    rows = sum(column.counts[name] for name in found)
    if rows < FEWEST_ROWS or rows < HALF * sum(column.counts.values()):
        return
    cure = "If they are shares of labels: `--task distribution`."
    if column.is_as_trained:
        cure = "This classifier's labels have no weights: write their names alone."
    yield Finding(
        "names of labels",
        f'{column.file}, column "{column.name}": {count(len(found), "label")} that '
        f"end in a number ({name_examples(found, column.counts)})",
        cure,
        is_certain=not column.is_stated,
    )


def tags(column: LabelColumn) -> Iterator[Finding]:
    """Finds labels without weights."""
    found = [cell for cell in column.usable if cell.weights and cell.total is None]
    if found:
        rows = sum(cell.rows for cell in found)
        yield Finding(
            "a weight for each label",
            f'{column.file}, column "{column.name}": {count(rows, "row")} with labels '
            f"without weights ({cell_examples(found)})",
            "The labels of such a row weigh alike.",
        )
