"""What a run tells people while it works: lines, tables, progress bars, a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kerascls.system.disk import told_when_full

LOG_FILE = "log.txt"


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

    def say(self, text: str) -> None:
        """Shows a text of one or more lines."""
        self._write(text)
        if not self.quiet:
            # Labels and file names are in it: "[b]" and ":car:" must stay as they are.
            self.console.print(
                text, markup=False, emoji=False, highlight=False, soft_wrap=True
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


def drawn_lines(table: Table, width: int) -> list[str]:
    """Returns a table as lines of plain text, `width` columns wide at most."""
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
