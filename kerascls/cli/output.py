"""Where results and progress are written."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from kerascls.system.console import folded, screen_width

if TYPE_CHECKING:
    from rich.console import Console


def echo_json(value: Any) -> None:
    """Writes a value as JSON to standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def show(text: str, err: bool = False) -> None:
    """Writes text for people; on a terminal long lines are folded between words."""
    width = screen_width(sys.stderr if err else sys.stdout)
    click.echo(folded(text, width), err=err)


def progress_console(only_results_on_stdout: bool = False) -> "Console":
    """Returns a console for tables and progress bars."""
    from rich.console import Console

    return Console(stderr=only_results_on_stdout)


def plain_table(rows: Sequence[tuple[str, ...]], width: int | None = None) -> str:
    """Returns rows as aligned columns; the first row is the heading.

    Where they are wider than `width`, the last cell of each is on a line of its own.
    """
    table = _aligned(rows)
    if width is None or max(map(len, table)) <= width:
        return "\n".join(table)
    heading, *others = _aligned([row[:-1] for row in rows])
    below = (f"    {row[-1]}".rstrip() for row in rows[1:])
    return "\n".join([heading, *chain(*zip(others, below, strict=True))])


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return [line.rstrip() for line in lines]


@contextmanager
def row_progress(
    quiet: bool = False, title: str = "predicting"
) -> Iterator[Callable[[int, int | None], None] | None]:
    """Gives what shows rows done on standard error; None when nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as bars

    columns = bars.BarColumn(), bars.MofNCompleteColumn(), bars.TimeRemainingColumn()
    console = progress_console(only_results_on_stdout=True)
    with bars.Progress(title, *columns, console=console) as progress:
        bar = progress.add_task("rows", total=None)

        def show(done: int, total: int | None) -> None:
            progress.update(bar, completed=done, total=total)

        yield show
