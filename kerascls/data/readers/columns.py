"""Which columns hold the texts and the labels."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from kerascls.data.labels import Task
from kerascls.errors import DataError, SettingsError

NAME_THE_LABEL = "Name the column with `--label`."
TASK_OF_COLUMN = {"label": Task.MULTICLASS, "labels": Task.MULTILABEL}


def check_columns(cells: Sequence[str], source: str) -> list[str]:
    """Returns the column names of a header, stripped, without unnamed ones at the end.

    Raises:
        DataError: When two columns have the same name, or none has one.
    """
    columns = [cell.strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise DataError(
            f"Expected a first line that names the columns. Received: {source} with "
            f"{len(cells)} empty cells there. Write the names into it."
        )
    if columns.count("") > 1:
        raise DataError(
            f"Expected every column to have a name. Received: {source} with "
            f"{columns.count('')} columns without one before {columns[-1]!r}. Name or "
            f"remove them."
        )
    twice = {name for name in columns if columns.count(name) > 1}
    if twice:
        raise DataError(
            f"Expected every column to have a name of its own. Received: {source} with "
            f"{_quoted(sorted(twice))} more than once. Rename or remove one of them."
        )
    return columns


def default_text_columns(columns: Collection[str]) -> tuple[str, ...]:
    """Returns the column `text`, or else both `title` and `content`.

    Raises:
        DataError: When there are neither.
    """
    if "text" in columns:
        return ("text",)
    if "title" in columns and "content" in columns:
        return ("title", "content")
    raise DataError(
        f'Expected a column "text", or "title" and "content". Received: columns '
        f"{_quoted(columns)}. Name the columns that hold the texts with `--text`; the "
        f"first line of a file names its columns."
    )


def choose_text_columns(
    stated: tuple[str, ...], columns: Collection[str]
) -> tuple[str, ...]:
    """Returns the stated text columns, or where none are the default ones.

    Raises:
        SettingsError: When a column is stated twice.
        DataError: When a stated column does not exist.
    """
    if not stated:
        return default_text_columns(columns)
    if len(set(stated)) < len(stated):
        raise SettingsError(
            f"Expected different text columns. Received: text={stated}. Name each once."
        )
    for name in stated:
        _require(name, columns, "--text (or --text-pair)")
    return stated


def choose_label_column(
    label: str | tuple[str, ...] | None,
    task: Task | str | None,
    columns: Collection[str],
) -> tuple[str | tuple[str, ...], Task]:
    """Returns the label column, or those of a one-hot table, and the task.

    Raises:
        SettingsError: When the task neither is stated nor follows from the column.
        DataError: When there is no such column, or two to choose from.
    """
    task = check_task(task)
    if isinstance(label, tuple):
        for name in label:
            _require(name, columns, "--label")
        return label, task or Task.MULTILABEL
    if label is None:
        defaults = [name for name in TASK_OF_COLUMN if name in columns]
        if len(defaults) != 1:
            raise DataError(
                f'Expected one label column: "label" (one per row) or "labels" (any '
                f"number). Received: columns {_quoted(columns)}. {NAME_THE_LABEL}"
            )
        label = defaults[0]
    _require(label, columns, "--label")
    task = task or TASK_OF_COLUMN.get(label)
    if task is None:
        raise SettingsError(
            f'Expected the task to be stated for a label column other than "label" or '
            f'"labels". Received: label={label!r}, task=None. Add `--task multiclass` '
            f"(one label per row) or `--task multilabel` (any number)."
        )
    return label, task


def check_task(task: Task | str | None) -> Task | None:
    """Returns the task as a `Task`.

    Raises:
        SettingsError: When there is no such task.
    """
    if task is None or task in tuple(Task):
        return None if task is None else Task(task)
    raise SettingsError(
        f"Expected a task out of {', '.join(Task)}. Received: task={task!r}. Choose "
        f"multiclass for one label per row, multilabel for any number."
    )


def pick_texts(
    fields: Mapping[str, object], text_columns: Sequence[str]
) -> tuple[str, ...]:
    """Returns the texts of one record's fields, in the order of the columns.

    Raises:
        DataError: When a column is missing or holds something else than a text.
    """
    texts = []
    for name in text_columns:
        text = fields.get(name)
        if not isinstance(text, str):
            if name not in fields:
                raise DataError(f'text column "{name}" is missing')
            kind = "null" if text is None else type(text).__name__
            raise DataError(f'text column "{name}" must hold a text, not {kind}')
        texts.append(text)
    return tuple(texts)


def _require(name: str, columns: Collection[str], option: str) -> None:
    if name in columns:
        return
    folded = {column.casefold(): column for column in columns}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    advice = f'Did you mean "{folded[near[0]]}"?' if near else f"Correct `{option}`."
    raise DataError(
        f'Expected a column "{name}". Received: columns {_quoted(columns)}. {advice}'
    )


def _quoted(names: Collection[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
