"""One value for how a file is read, and the keywords it is made from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypedDict

from kerascls.data.labels import Task
from kerascls.data.readers.columns import check_task
from kerascls.data.readers.formats import check_format
from kerascls.data.readers.label_cells import check_separator
from kerascls.data.readers.rows import Errors
from kerascls.data.readers.text_files import check_encoding
from kerascls.errors import SettingsError
from kerascls.system.keywords import known_keywords, refuse_keyword


class ColumnKeywords(TypedDict, total=False):
    """Fields of `ReadOptions`, for functions whose `format` is another one."""

    text: str | Sequence[str]
    label: str | None
    label_separator: str | None
    encoding: str
    skip_bad_rows: bool
    task: Task | str | None


class ReadKeywords(ColumnKeywords, total=False):
    """The fields of `ReadOptions`, for signatures that accept each by its name."""

    format: str | None


@dataclass(frozen=True)
class ReadOptions:
    r"""How a file with labelled text is read; checked when it is made.

    Args:
        text: The text columns. By default `text`, or `title` and `content`.
        label: The label column. By default `label`, one label per row, or `labels`,
            any number: a JSON list, or names joined by `label_separator`; for none
            an empty cell or list, or null.
        label_separator: Between the names in a cell, by default `|`; `\|` is a bar
            inside a name.
        format: One of `FORMATS`; by default the file's ending.
        encoding: Of the text formats. UTF-8 is read with or without BOM.
        skip_bad_rows: Whether rows that cannot be used are left out and counted;
            otherwise the first ten and their number are reported.
        task: `"multiclass"` or `"multilabel"`; by default as the label column's name
            says, and needed when it has another name.

    Raises:
        SettingsError: When a value has no meaning.
    """

    text: tuple[str, ...] = ()
    label: str | None = None
    label_separator: str | None = None
    format: str | None = None
    encoding: str = "utf-8"
    skip_bad_rows: bool = False
    task: Task | None = None

    def __post_init__(self) -> None:
        text = (self.text,) if isinstance(self.text, str) else tuple(self.text or ())
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "task", check_task(self.task))
        check_encoding(self.encoding)
        if self.format is not None:
            check_format(self.format)
        if self.label_separator is not None:
            check_separator(self.label_separator)

    @classmethod
    def from_keywords(
        cls, function: Callable, keywords: Mapping[str, Any], others: Iterable[str] = ()
    ) -> Self:
        """Returns the options in the keywords that a function was called with.

        `others` are names of keywords that say nothing on how a file is read.

        Raises:
            KeywordError: When a keyword is unknown, with the nearest known one.
            SettingsError: When a value has no meaning.
        """
        known = known_keywords(function, READ_KEYWORDS, others)
        for name in keywords:
            if name not in known:
                refuse_keyword(function, name, keywords[name], known)
        return cls(**{n: keywords[n] for n in READ_KEYWORDS if n in keywords})

    @property
    def separator(self) -> str:
        """What stands between the names in a cell."""
        return self.label_separator or "|"

    @property
    def errors(self) -> Errors:
        """What `read_records` does about rows that cannot be used."""
        return "skip" if self.skip_bad_rows else "raise"

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
                f"--text, in the same order, and leave --task out."
            )
        return replace(
            self,
            text=text,
            label=self.label or training.label,
            label_separator=self.label_separator or training.label_separator,
            task=task,
        )


READ_KEYWORDS = tuple(ReadOptions.__dataclass_fields__)
DEFAULTS = ReadOptions()
