"""A label column as counts of distinct cells, and what is found in one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kerascls.data.label_checks.spelling import quoted
from kerascls.data.labels import Task
from kerascls.errors import DataError
from kerascls.system.words import count

SHOWN = 3
# With fewer, chance explains most of what is odd.
FEWEST_ROWS = 10
HALF = 0.5
# What there is in place of `--task`, where a classifier has the task that it has.
ONE_LABEL_EACH = (
    "This classifier gives one label to each text; one that gives several is trained "
    "by `kerascls fit --task multilabel`."
)
# How the error of a multiclass cell with several labels ends.
SEVERAL_LABELS = "labels where multiclass allows one"


@dataclass(slots=True)
class LabelCell:
    """A distinct cell of a label column.

    Args:
        text: As it stands in the file; lists and objects of jsonl as JSON.
        line: Where it stands first.
        labels: The labels in it; none where it cannot be used.
        error: Why it cannot be used, in a few words; empty where it can.
        rows: How many rows have it.
        is_text: Whether it was a text in the file, not a JSON value.
        row_noun: What `line` counts, "line" or "position".
        weights: Of the labels, in their order, where the task has some; they sum to 1.
        total: What weights summed to as they were written; None where none were.
    """

    text: str
    line: int
    labels: tuple[str, ...] = ()
    error: str = ""
    rows: int = 0
    is_text: bool = True
    row_noun: str = "line"
    weights: tuple[float, ...] = ()
    total: float | None = 1.0


@dataclass(frozen=True, eq=False)
class LabelColumn:
    """What the checks see of one file.

    Args:
        file: As the user named it.
        name: Of the column.
        task: What a row's labels mean.
        separators: Each character stands between two names; empty for multiclass.
        is_stated: Whether the user said how cells are read: the task of a multiclass
            column, the separators of a multilabel one.
        skips_bad_rows: Whether rows that cannot be used are left out.
        cells: Each distinct cell.
        is_as_trained: Whether it is read as a classifier's was, which has its task.
        are_whole: Whether a text is one label as it stands, whatever it looks like.
        text_columns: Where the texts come from.
        count_texts: Returns how many different texts there are.
    """

    file: str
    name: str
    task: Task
    separators: str
    is_stated: bool
    skips_bad_rows: bool
    cells: tuple[LabelCell, ...]
    is_as_trained: bool = False
    are_whole: bool = False
    text_columns: tuple[str, ...] = ("text",)
    count_texts: Callable[[], int] = field(default=int, repr=False)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows of each label."""
        counts: dict[str, int] = {}
        for cell in self.usable:
            for name in cell.labels:
                counts[name] = counts.get(name, 0) + cell.rows
        return counts

    @cached_property
    def usable(self) -> tuple[LabelCell, ...]:
        """The cells that can be used."""
        return tuple(cell for cell in self.cells if not cell.error)

    @cached_property
    def filled(self) -> tuple[LabelCell, ...]:
        """The cells that say something, usable or not."""
        return tuple(cell for cell in self.cells if cell.text.strip())

    def has_names_in(self, cells: Iterable[LabelCell]) -> bool:
        """Returns whether cells are names, whatever they look like."""
        return self.are_whole and all(cell.is_text for cell in cells)

    @property
    def may_have_several(self) -> bool:
        """Whether a row may have several labels."""
        return not self.task.has_one_label


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a label column, or may be.

    Args:
        expected: What was hoped for, as in "labels that are names".
        received: The file, what is there instead, counts and examples.
        cure: What to do, in whole sentences.
        is_certain: Whether nothing sensible can be made of it; otherwise it is said.
    """

    expected: str
    received: str
    cure: str
    is_certain: bool = False

    @property
    def note(self) -> str:
        """One line for people."""
        return f"{self.received}. {self.cure}"

    @property
    def error(self) -> DataError:
        """The refusal."""
        return DataError(
            f"Expected {self.expected}. Received: {self.received}. {self.cure}"
        )


def notes_or_refusal(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Returns what is to be said.

    Raises:
        DataError: At the first finding that is certain.
    """
    notes = []
    for finding in findings:
        if finding.is_certain:
            raise finding.error
        notes.append(finding.note)
    return tuple(notes)


def cell_examples(cells: Iterable[LabelCell]) -> str:
    """Returns the first cells with the lines they stand in first."""
    cells = sorted(cells, key=lambda cell: cell.line)
    shown = [
        f"{cell.row_noun} {cell.line} {quoted(cell.text)}" for cell in cells[:SHOWN]
    ]
    return ", ".join(shown) + (", ..." if len(cells) > SHOWN else "")


def name_examples(names: Iterable[str], counts: Mapping[str, int]) -> str:
    """Returns the names of most rows, with their rows."""
    names = sorted(names, key=lambda name: (-counts[name], name))
    shown = [f"{quoted(name)} ({count(counts[name], 'row')})" for name in names[:SHOWN]]
    more = len(names) - SHOWN
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
