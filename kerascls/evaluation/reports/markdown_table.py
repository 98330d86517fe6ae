"""A table in Markdown: a column of names, then columns of numbers."""

from collections.abc import Iterable, Sequence


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Returns the lines of a table; what is in a cell never ends it."""
    rule = "|---|" + "---:|" * (len(headings) - 1)
    return [_line(headings), rule, *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    safe = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(safe)} |"
