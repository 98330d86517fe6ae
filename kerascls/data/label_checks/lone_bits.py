"""A column of 0 and 1 that is taken for a column of labels."""

from collections.abc import Iterator

from kerascls.data.label_checks.column import (
    FEWEST_ROWS,
    Finding,
    LabelColumn,
    cell_examples,
)
from kerascls.data.label_checks.spelling import quoted

_BITS = frozenset({"0", "1", "0.0", "1.0", "true", "false"})


def lone_bits(column: LabelColumn) -> Iterator[Finding]:
    """Finds multilabel columns whose labels would be "0" and "1"."""
    words = {cell.text.strip().lower() for cell in column.filled}
    rows = sum(cell.rows for cell in column.filled)
    if not column.may_have_several or rows < FEWEST_ROWS or len(words) < 2:
        return
    if words <= _BITS:
        name = quoted(column.name)
        yes_or_no = " If it is yes or no, state `--task multiclass`."
        yield Finding(
            "names of labels",
            f'{column.file}, column "{column.name}": nothing but 0 and 1, or TRUE and '
            f"FALSE ({cell_examples(column.filled)})",
            f"Of a table with such a column for each label name all of them: `--label` "
            f"once for each. For the one label {name} write its name in place of 1, "
            f"and nothing in place of 0.{'' if column.is_as_trained else yes_or_no}",
            # A column that is called so may have numbers for names.
            is_certain=column.name != "labels",
        )
