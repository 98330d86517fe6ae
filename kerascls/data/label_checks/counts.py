"""What the numbers of a label column say about it."""

import shlex
from collections.abc import Iterator

from kerascls.data.label_checks.column import (
    FEWEST_ROWS,
    HALF,
    Finding,
    LabelColumn,
    cell_examples,
)
from kerascls.data.label_checks.marks import STRONG
from kerascls.data.label_checks.spelling import quoted
from kerascls.system.words import count

MOST = 0.9
MANY = 0.1


def occurs_once(column: LabelColumn) -> Iterator[Finding]:
    """Finds columns most of whose labels occur once, as texts and ids do."""
    total = sum(column.counts.values())
    once = sum(number == 1 for number in column.counts.values())
    if total < FEWEST_ROWS or once < HALF * total:
        return
    texts = column.count_texts()
    swapped = texts < (1 - MOST) * total and once >= MOST * total
    names = map(shlex.quote, (column.name, column.text_columns[0]))
    task = "" if column.is_as_trained else f" --task {column.task}"
    options = "`--text {} --label {}{}`".format(*names, task)
    beside = f", and {count(texts, 'different text')}" if 2 * texts < total else ""
    yield Finding(
        "labels that occur in several rows each",
        f'{column.file}, column "{column.name}": {once:,} of '
        f"{count(len(column.counts), 'label')} in one row only"
        f" ({cell_examples(column.filled)}){beside}",
        f"Are text and label swapped? {options}."
        if beside
        else "Is this the column of the labels? Name another with `--label`.",
        is_certain=swapped,
    )


def one_each(column: LabelColumn) -> Iterator[Finding]:
    """Finds columns of several labels where every row has exactly one."""
    if any(mark in name for name in column.counts for mark in STRONG):
        return  # which are several names, perhaps
    if column.may_have_several and len(column.counts) > 1:
        rows = sum(cell.rows for cell in column.usable)
        alone = sum(cell.rows for cell in column.usable if len(cell.labels) == 1)
        if rows == alone >= FEWEST_ROWS:
            cure = "If a row always has exactly one, `--task multiclass` fits better."
            if column.is_as_trained:
                cure = "Look whether further labels were left out."
            yield Finding(
                "rows with any number of labels",
                f'{column.file}, column "{column.name}": one label in each of '
                f"{count(rows, 'row')}, though {column.task} allows any number",
                cure,
            )


def on_every_row(column: LabelColumn) -> Iterator[Finding]:
    """Finds a label that every row of a multilabel column has.

    Its weights may still differ, where there are some.
    """
    if column.task.has_weights:
        return
    rows = sum(cell.rows for cell in column.usable)
    everywhere = [name for name, number in column.counts.items() if number == rows]
    if column.may_have_several and rows >= FEWEST_ROWS and everywhere:
        yield Finding(
            "labels that some rows lack",
            f'{column.file}, column "{column.name}": {quoted(everywhere[0])} on every '
            "row",
            "Where all of training has it, there is nothing to learn about it.",
        )


def unlabelled(column: LabelColumn) -> Iterator[Finding]:
    """Finds multilabel rows without a label, which are trained on.

    Those whose cell says so, `[]` or zeros, only where they are many; an empty cell may
    also be of a row that nobody looked at.
    """
    rows = sum(cell.rows for cell in column.usable)
    without = [cell for cell in column.usable if not cell.labels]
    empty = sum(cell.rows for cell in without)
    are_blank = any(not cell.text.strip() for cell in without)
    if column.may_have_several and (are_blank or MANY * rows <= empty > 0):
        yield Finding(
            "labels",
            f'{column.file}, column "{column.name}": {empty:,} of '
            f"{count(rows, 'row')} without a label",
            "They teach that no label fits. Leave out rows that nobody looked at.",
        )
