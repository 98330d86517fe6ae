"""One value for how a file is read, and the keywords it is made from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from kerascls.data.labels import Task
from kerascls.data.readers.columns import check_task
from kerascls.data.readers.file_options import FileOptions, TableKeywords
from kerascls.data.readers.formats import check_format
from kerascls.data.readers.label_cells import check_separator
from kerascls.data.readers.rows import Errors
from kerascls.errors import SettingsError


class ColumnKeywords(TableKeywords, total=False):
    """Fields of `ReadOptions`, for functions whose `format` is another one."""

    text: str | Sequence[str]
    label: str | Sequence[str] | None
    label_separator: str | None
    label_names: str | Path | None
    skip_bad_rows: bool
    task: Task | str | None


class ReadKeywords(ColumnKeywords, total=False):
    """The fields of `ReadOptions`, for signatures that accept each by its name."""

    format: str | None


@dataclass(frozen=True)
class ReadOptions(FileOptions):
    r"""How a file with labelled text is read; checked when it is made.

    Its further fields, of the file and its columns as such, are those of `FileOptions`.

    Args:
        text: The text columns. By default `text`, or `title` and `content`.
        label: The label column. By default `label`, one label per row, or `labels`,
            any number: a JSON list, or names joined by `label_separator`; for none
            an empty cell or list, or null. Several are those of a one-hot table,
            which hold 0 or 1 (TRUE or FALSE): a row's labels are the names of those
            with 1. Of a distribution: an object with a weight for each label, or
            `name:weight` joined by `label_separator`, or labels alone, which weigh
            alike; several columns hold a weight each.
        label_separator: Between the names in a cell, by default `|`; `\|` is a bar
            inside a name. Each of several characters separates; `\n` and `\t` may be
            written as two.
        label_names: A file with the names of classes that the labels give as numbers
            from 0, a name on each line, as in `class.txt`.
        skip_bad_rows: Whether rows that cannot be used are left out and counted;
            otherwise the first ten and their number are reported.
        task: `"multiclass"`, `"multilabel"` or `"distribution"`; by default as the
            label column's name says, and needed when it has another name, and for
            distributions.
        is_as_trained: Whether columns and task are a classifier's, which has the
            task that it has; no keyword, `as_in` says so.
        has_pair: Whether the last text column was stated as the second of a pair; no
            keyword.

    Raises:
        SettingsError: When a value has no meaning.
    """

    text: tuple[str, ...] = ()
    label: str | tuple[str, ...] | None = None
    label_separator: str | None = None
    label_names: Path | None = None
    skip_bad_rows: bool = False
    task: Task | None = None
    is_as_trained: bool = False
    has_pair: bool = False

    def __post_init__(self) -> None:
        text = (self.text,) if isinstance(self.text, str) else tuple(self.text or ())
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "label", _checked_label(self.label))
        names = self.label_names
        object.__setattr__(self, "label_names", None if names is None else Path(names))
        object.__setattr__(self, "task", check_task(self.task))
        super().__post_init__()
        if self.format is not None:
            check_format(self.format)
        if self.label_separator is not None:
            separator = check_separator(self.label_separator)
            object.__setattr__(self, "label_separator", separator)
        joined = self.label_separator not in (None, "|")
        if isinstance(self.label, tuple) and (joined or names):
            raise SettingsError(
                f"Expected several label columns to be those of a one-hot table, whose "
                f"cells are 0 or 1. Received: label={', '.join(self.label)}, "
                f"label_separator={self.label_separator!r}, label_names="
                f"{names and str(names)!r}. Leave out the other options."
            )

    @property
    def separator(self) -> str:
        """What stands between the names in a cell."""
        return self.label_separator or "|"

    @property
    def errors(self) -> Errors:
        """What `read_records` does about rows that cannot be used."""
        return "skip" if self.skip_bad_rows else "raise"

    def without_files(self) -> Self:
        """Returns a copy for tables in memory, where others are read from files."""
        of_files: dict[str, Any] = {
            one.name: one.default for one in fields(FileOptions)
        }
        return replace(self, **of_files)

    def as_in(self, training: "ReadOptions") -> Self:
        """Returns a copy where what is not stated of the columns is as in training.

        Raises:
            SettingsError: When text columns are more or fewer than in training, or
                the task is another.
        """
        text, task = self.text or training.text, self.task or training.task
        if len(text) != len(training.text) or task is not training.task:
            raise SettingsError(
                f"Expected {len(training.text)} text column(s) and task="
                f"{training.task}, as in training ({', '.join(training.text)}). "
                f"Received: task={task}, text={', '.join(text)}. Name as many with "
                f"--text, in the same order, and leave the task out."
            )
        label = self.label or training.label
        # One-hot columns have names, where training's cells had marks or numbers.
        cells = DEFAULTS if isinstance(label, tuple) else training
        return replace(
            self,
            text=text,
            label=label,
            label_separator=self.label_separator or cells.label_separator,
            label_names=self.label_names or cells.label_names,
            task=task,
            is_as_trained=True,
        )


def _checked_label(
    label: str | Sequence[str] | None,
) -> str | tuple[str, ...] | None:
    if label is None or isinstance(label, str):
        return label
    names = tuple(label)
    if len(set(names)) < len(names):
        raise SettingsError(
            f"Expected different label columns. Received: label={names}. Name each "
            f"once."
        )
    return names if len(names) > 1 else names[0] if names else None


_OF_FILES = [field.name for field in fields(FileOptions)]
_NO_KEYWORDS = {*_OF_FILES, "is_as_trained", "has_pair"}
# What the columns mean first, as in the help.
READ_KEYWORDS = (
    *(field.name for field in fields(ReadOptions) if field.name not in _NO_KEYWORDS),
    *_OF_FILES,
)
DEFAULTS = ReadOptions()
