"""What a run tells people while it works: lines, tables, progress bars, a log."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from kerascls.system.disk import told_when_full

LOG_FILE = "log.txt"
_COMMAND = "kerascls "
WIDEST = 10_000


class Screen:
    """Shows lines and bars, or keeps quiet; the log, if any, gets every line.

    Args:
        console: Where to show; `None` makes one for standard output.
        quiet: Whether to show nothing. Bars are shown on terminals only.
    """

    def __init__(self, console: Console | None = None, quiet: bool = False) -> None:
        self.console = console or Console()
        self.quiet = quiet
        self.shows_bars = not quiet and self.console.is_terminal
        self._log: Path | None = None
        self._early: list[str] = []

    def log_to(self, path: Path) -> None:
        """Appends all lines, those said so far included, to a UTF-8 file."""
        self._log = path
        for text in self._early:
            self._write(text)
        self._early.clear()

    @property
    def width(self) -> int | None:
        """The columns of a terminal; None for what is none, where nothing folds."""
        return self.console.width if self.console.is_terminal else None

    def say(self, text: str) -> None:
        """Shows a text of one or more lines."""
        self._write(text)
        if not self.quiet:
            # Labels and file names are in it: "[b]" and ":car:" must stay as they are.
            self.console.print(
                folded(text, self.width),
                markup=False,
                emoji=False,
                highlight=False,
                soft_wrap=True,
            )

    def _write(self, text: str) -> None:
        if self._log is None:
            self._early.append(text)
            return
        with told_when_full(self._log), open(self._log, "a", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n")

    @contextmanager
    def bars(self) -> Iterator[Callable[[str], Callable[[int, int], None]] | None]:
        """Gives what makes a progress bar of a title, or None where none is shown."""
        if not self.shows_bars:
            yield None
            return
        from rich import progress as rich_progress

        columns = (
            rich_progress.TextColumn("{task.description}", markup=False),
            rich_progress.BarColumn(),
            rich_progress.TaskProgressColumn(),
            rich_progress.TimeRemainingColumn(),
        )
        with rich_progress.Progress(
            *columns, console=self.console, transient=True
        ) as progress:

            def bar(title: str) -> Callable[[int, int], None]:
                task = progress.add_task(title, total=None)

                def show(done: int, total: int) -> None:
                    progress.update(task, completed=done, total=total)

                return show

            yield bar


def screen_width(stream: TextIO | None) -> int | None:
    """Returns the columns of a terminal; None for what is none, where nothing folds."""
    is_terminal = stream is not None and stream.isatty()
    return get_terminal_size().columns if is_terminal else None


def folded(text: str, width: int | None) -> str:
    """Returns a text whose long lines are continued between two words, further in.

    A row of a table, and a line with a command to copy, stay as they are; so does a
    word that is too long, such as a path.

    Example:
        >>> print(folded("labels that are not in every part: 军事", 30))
        labels that are not in every
          part: 军事
    """
    if width is None:
        return text
    return "\n".join(part for line in text.split("\n") for part in _fold(line, width))


def _fold(line: str, width: int) -> list[str]:
    inner = line.strip()
    if cell_len(line) <= width or "  " in inner or _COMMAND in inner:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    parts, first = [], indent
    for word in inner.split(" "):
        longer = f"{first}{' ' * bool(first.strip())}{word}"
        if cell_len(longer) > width and first.strip():
            parts.append(first)
            longer = f"{indent}  {word}"
        first = longer
    return [*parts, first]


def drawn_lines(table: Table, width: int | None = None) -> list[str]:
    """Returns a table as lines of plain text.

    Args:
        table: What is drawn.
        width: Columns it has at most, and on a narrower terminal no more than that
            has. By default as many as it needs.
    """
    if width is None:
        width = Console(width=WIDEST).measure(table).maximum
    else:
        width = min(width, screen_width(sys.stdout) or width)
    stream = StringIO()
    console = Console(
        file=stream,
        width=width,
        color_system=None,
        legacy_windows=False,
        force_jupyter=False,
    )
    console.print(table)
    drawn = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "\n".join(drawn).strip("\n").splitlines()
