"""Which columns hold the texts and the labels."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from kerascls.data.labels import Task
from kerascls.data.readers.cells import cell_text
from kerascls.data.readers.rows import TableName
from kerascls.errors import DataError, SettingsError

# What is left where a byte order mark was written twice, or a name was pasted.
_INVISIBLE = "\ufeff\u200b\u200e\u200f"
TASK_OF_COLUMN = {"label": Task.MULTICLASS, "labels": Task.MULTILABEL}


_TASKS = (
    "`--task multiclass` (one label per row), `--task multilabel` (any number) or "
    "`--task distribution` (shares that sum to 1)"
)


class ColumnsError(DataError):
    """The columns of a file are not those that are wanted.

    Args:
        fault: What was expected and received.
        advice: What to do, where nothing better is found by trying.
    """

    def __init__(self, fault: str, advice: str) -> None:
        super().__init__(f"{fault} {advice}")
        self.fault = fault
        self.advice = advice


def check_columns(cells: Sequence[str], source: str) -> tuple[list[str], list[int]]:
    """Returns the names in a header, stripped, and their places, from 0.

    Several cells without a name are no columns; a single one in front of others is,
    for pandas writes its index so.

    Raises:
        ColumnsError: When two columns have the same name, or none has one.
    """
    names = [cell.strip().strip(_INVISIBLE).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise ColumnsError(
            f"Expected a line that names the columns. Received: {source} with "
            f"{len(cells)} empty cells there.",
            "Write the names into it.",
        )
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise ColumnsError(
            f"Expected every column to have a name of its own. Received: {source} with "
            f"{_quoted(sorted(twice))} more than once.",
            "Rename or remove one of them.",
        )
    unnamed = names.count("") > 1
    places = [place for place, name in enumerate(names) if name or not unnamed]
    return [names[place] for place in places], places


def default_text_columns(columns: Collection[str], source: str) -> tuple[str, ...]:
    """Returns the column `text`, or else both `title` and `content`.

    Raises:
        ColumnsError: When there are neither.
    """
    if "text" in columns:
        return ("text",)
    if "title" in columns and "content" in columns:
        return ("title", "content")
    near = [name for name in columns if name.casefold() in ("text", "content")]
    advice = f"`--text {near[0]}`" if near else "`--text`"
    first = "; the first line of a table names its columns"
    if isinstance(source, TableName):
        first = ""
    raise ColumnsError(
        f'Expected a column "text", or "title" and "content". Received: {source} with '
        f"the columns {_quoted(columns)}.",
        f"Name the columns that hold the texts with {advice}{first}.",
    )


def choose_text_columns(
    stated: tuple[str, ...],
    columns: Collection[str],
    source: str,
    has_pair: bool = False,
) -> tuple[str, ...]:
    """Returns the stated text columns, or where none are the default ones.

    With `has_pair` the last was stated as the second text of a pair.

    Raises:
        SettingsError: When a column is stated twice.
        ColumnsError: When a stated column does not exist.
    """
    if not stated:
        return default_text_columns(columns, source)
    if len(set(stated)) < len(stated):
        raise SettingsError(
            f"Expected different text columns. Received: text={stated}. Name each once."
        )
    for name in stated:
        is_second = has_pair and name == stated[-1]
        _require(name, columns, f"`--text{'-pair' * is_second}`", source)
    return stated


def text_advice(
    wanted: Sequence[str],
    columns: Collection[str],
    label: str | tuple[str, ...] | None = None,
) -> str:
    """Returns the options that name the texts for a classifier, one for each.

    Args:
        wanted: The text columns looked for, some of which there are not.
        columns: Those that there are.
        label: Those with labels.
    """
    labels = {label} if isinstance(label, str) else {*(label or ())}
    no_texts = {"", *TASK_OF_COLUMN, *labels, *wanted}
    free = [name for name in columns if name not in no_texts]
    chosen: dict[str, str] = {name: name for name in wanted if name in columns}
    for name in wanted:
        if name not in chosen and (near := _nearest(name, free)):
            chosen[name] = near
            free.remove(near)
    missing = [name for name in wanted if name not in chosen]
    if len(free) < len(missing):
        return f"The classifier reads {len(wanted)} texts: give a column of each."
    names = free if len(free) == len(missing) else ["COLUMN"] * len(missing)
    chosen |= zip(missing, names, strict=True)
    options = " ".join(f"--text {shlex.quote(chosen[name])}" for name in wanted)
    if len(wanted) == 1:
        return f"Name the column that holds the texts with `{options}`."
    return (
        f"Name the columns that hold the texts with `{options}`, in the order used in "
        f"training."
    )


def choose_label_column(
    label: str | tuple[str, ...] | None,
    task: Task | str | None,
    columns: Collection[str],
    source: str,
) -> tuple[str | tuple[str, ...], Task]:
    """Returns the label column, or those of a one-hot table, and the task.

    Raises:
        SettingsError: When the task neither is stated nor follows from the column.
        ColumnsError: When there is no such column, or two to choose from.
    """
    task = check_task(task)
    if isinstance(label, tuple):
        for name in label:
            _require(name, columns, "`--label`", source)
        return label, task or Task.MULTILABEL
    if label is None:
        defaults = [name for name in TASK_OF_COLUMN if name in columns]
        if len(defaults) != 1:
            raise ColumnsError(
                f'Expected one label column: "label" (one per row) or "labels" (any '
                f"number). Received: {source} with the columns {_quoted(columns)}.",
                _label_advice(task, columns),
            )
        label = defaults[0]
    _require(label, columns, "`--label`", source)
    task = task or TASK_OF_COLUMN.get(label)
    if task is None:
        raise SettingsError(
            f'Expected the task to be stated for a label column other than "label" or '
            f'"labels". Received: label={label!r}, task=None for {source}. Add '
            f"{_TASKS}."
        )
    return label, task


def _label_advice(task: Task | None, columns: Collection[str]) -> str:
    if TASK_OF_COLUMN.keys() <= set(columns):
        return "Name one with `--label label` or `--label labels`."
    near = [name for name in columns if name.casefold() in TASK_OF_COLUMN]
    name = f" {shlex.quote(near[0])}" if len(near) == 1 else ""
    if name and task is None:
        name += f" --task {TASK_OF_COLUMN[near[0].casefold()]}"
    if name or task is not None:
        return f"Name the column with `--label{name}`."
    return f"Name the column with `--label`, and add {_TASKS}."


def check_task(task: Task | str | None) -> Task | None:
    """Returns the task as a `Task`.

    Raises:
        SettingsError: When there is no such task.
    """
    if task is None or task in tuple(Task):
        return None if task is None else Task(task)
    raise SettingsError(
        f"Expected a task out of {', '.join(Task)}. Received: task={task!r}. Choose "
        f"multiclass for one label per row, multilabel for any number, distribution "
        f"for shares that sum to 1."
    )


def pick_texts(
    fields: Mapping[str, object],
    text_columns: Sequence[str],
    one_is_enough: bool = False,
) -> tuple[str, ...]:
    """Returns the texts of one record's fields, in the order of the columns.

    Args:
        fields: Those of the record.
        text_columns: Which of them are texts.
        one_is_enough: Whether texts may be missing, but not all of them empty.

    Raises:
        DataError: When a column is missing or holds something that has no text.
    """
    if one_is_enough:
        fields = {**dict.fromkeys(text_columns), **fields}
    texts = []
    for name in text_columns:
        if name not in fields:
            raise DataError(
                f'text column "{name}" is missing' if fields else "the row is empty"
            )
        try:
            texts.append(cell_text(fields[name]))
        except DataError as error:
            raise DataError(f'text column "{name}" {error}') from error
    if one_is_enough:
        require_text(texts, text_columns)
    return tuple(texts)


def require_text(texts: Sequence[str], text_columns: Sequence[str]) -> None:
    """Checks that not all texts of a row are empty or white space.

    Raises:
        DataError: When they are; a few words only.
    """
    if not any(text.strip() for text in texts):
        columns = _quoted(text_columns)
        if len(text_columns) == 1:
            raise DataError(f"text column {columns} is empty")
        raise DataError(f"text columns {columns} are all empty, one is needed")


def _require(name: str, columns: Collection[str], option: str, source: str) -> None:
    if name in columns:
        return
    near = _nearest(name, columns)
    advice = f'Did you mean "{near}"?' if near else f"Name another with {option}."
    raise ColumnsError(
        f'Expected a column "{name}". Received: {source} with the columns '
        f"{_quoted(columns)}.",
        advice,
    )


def _nearest(name: str, columns: Collection[str]) -> str | None:
    folded = {column.casefold(): column for column in columns}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return folded[near[0]] if near else None


def _quoted(names: Collection[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
