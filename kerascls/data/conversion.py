"""`convert_data(...)`: labelled text in another format, and what that cannot hold."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Unpack

from kerascls.data.labels import Task
from kerascls.data.readers.columns import TASK_OF_COLUMN
from kerascls.data.readers.example_columns import ExampleColumns
from kerascls.data.readers.formats import FORMATS, FileFormat, find_format
from kerascls.data.readers.globs import one_file
from kerascls.data.readers.labelled_rows import open_labelled
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.data.readers.read_options import ReadKeywords, ReadOptions
from kerascls.errors import DataError, SettingsError
from kerascls.system.files import replaced


@dataclass(frozen=True)
class Converted:
    """What was written.

    Args:
        output: The new file or folder.
        format: Its format.
        rows: Rows that were read.
        lost: Counts, in words, what the new file does not hold.
        notes: What people should know of reading and writing.
        skipped_rows: Bad rows that were left out.
    """

    output: Path
    format: str
    rows: int
    lost: dict[str, int]
    notes: tuple[str, ...]
    skipped_rows: int

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain JSON types."""
        return asdict(self) | {"output": str(self.output)}


def convert_data(
    input: str | Path,
    output: str | Path,
    *,
    out_format: str | None = None,
    overwrite: bool = False,
    **reading: Unpack[ReadKeywords],
) -> Converted:
    """Writes labelled text in another format.

    Labels are written as the new format has them, in the column `label` (multi-class)
    or `labels` (multi-label) where these names are free; texts and all other columns
    keep their names. The input is read twice, and never held in memory.

    Args:
        input: A file, or a folder with a folder for each class.
        output: What to write, in UTF-8.
        out_format: One of `kerascls.data.readers.FORMATS` that can be written; by
            default as the ending says.
        overwrite: Whether to replace `output` if it exists.
        **reading: How `input` is read, see `kerascls.data.readers.ReadOptions`.

    Returns:
        Rows, and what the new format cannot hold.

    Raises:
        DataError: When the input cannot be used, or a label cannot be written at all.
            Nothing is written then.
        SettingsError: When the output exists, or a keyword is unknown or has no
            meaning.

    Example:
        >>> convert_data("train.csv", "train.fasttext").lost
        {'column "id"': 200}
    """
    input, output = one_file(input), Path(output)
    options = ReadOptions.from_keywords(convert_data, reading)
    name = _writable(output, out_format)
    _check_place(input, output, overwrite)
    source = _Source.look(input, options)
    table = source.table()
    with replaced(output) as work:
        if FORMATS[name].is_folder:
            work.mkdir()
        FORMATS[name].save(work, table)  # type: ignore[misc]
        if not FORMATS[name].is_folder:
            work.chmod(0o644)
    return Converted(
        output=output,
        format=name,
        rows=source.rows,
        lost=dict(table.lost),
        notes=(*source.notes, *_renaming(source, FORMATS[name])),
        skipped_rows=source.skipped_rows,
    )


@dataclass(frozen=True)
class _Source:
    """A file that has been read once, to know what is in it."""

    path: Path
    options: ReadOptions
    columns: ExampleColumns
    fields: tuple[str, ...]
    label: str
    rows: int
    notes: tuple[str, ...]
    skipped_rows: int

    @classmethod
    def look(cls, path: Path, options: ReadOptions) -> "_Source":
        names: dict[str, None] = {}
        count = 0
        with open_labelled(path, options) as rows:
            for record, _ in rows:
                names.update(dict.fromkeys(record.fields))
                count += 1
            notes = rows.finish(lambda: count)
        if rows.columns is None or not count:
            raise DataError(
                f"Expected at least one row of labelled text. Received: {path} with "
                f"none. Give a file with rows."
            )
        before = rows.columns.label
        others = [name for name in names if name not in _listed(before)]
        label = _label_name(before, rows.columns.task, others)
        fields = [name if name not in _listed(before) else label for name in names]
        return cls(
            path=path,
            options=options,
            columns=rows.columns,
            fields=tuple(dict.fromkeys(fields)),
            label=label,
            rows=count,
            notes=notes,
            skipped_rows=rows.log.count,
        )

    def table(self) -> LabelledTable:
        return LabelledTable(
            columns=self.fields,
            text_columns=self.columns.texts,
            label_column=self.label,
            task=self.columns.task,
            rows=self._rows,
            lost=Counter(),
        )

    def _rows(self) -> Iterator[Mapping[str, object]]:
        own = _listed(self.columns.label)
        with open_labelled(self.path, self.options) as rows:
            for record, example in rows:
                fields = {n: v for n, v in record.fields.items() if n not in own}
                yield {**fields, self.label: example.labels}


def _listed(label: str | tuple[str, ...]) -> tuple[str, ...]:
    return (label,) if isinstance(label, str) else label


def _label_name(before: str | tuple[str, ...], task: Task, others: list[str]) -> str:
    """Returns the name from which the task follows, unless another column has it."""
    names = {one: name for name, one in TASK_OF_COLUMN.items()}
    usual, unusual = names[task], *(set(TASK_OF_COLUMN) - {names[task]},)
    if usual not in others and not unusual & set(others):
        return usual
    return before if isinstance(before, str) else "one_hot_labels"


def _renaming(source: _Source, format: FileFormat) -> tuple[str, ...]:
    before = _listed(source.columns.label)
    if before == (source.label,) or not format.has_columns:
        return ()
    columns = ", ".join(f'"{name}"' for name in before)
    return (f'labels of {columns} are in "{source.label}"',)


def _writable(output: Path, format: str | None) -> str:
    names = [name for name, one in FORMATS.items() if one.save is not None]
    try:
        found = format or find_format(output.with_name(f"new{output.suffix}"))
    except DataError:
        found = None
    if found in names:
        return found
    raise SettingsError(
        f"Expected a format that can be written: {', '.join(names)}. Received: "
        f"output={str(output)!r}, out_format={format!r}. Name it with `--out-format`."
    )


def _check_place(input: Path, output: Path, overwrite: bool) -> None:
    received = f"Received: output={str(output)!r}"
    if not output.parent.is_dir():
        raise SettingsError(
            f"Expected a new file in an existing folder. {received}. Create "
            f"{str(output.parent)!r} first."
        )
    if output.exists() and os.path.samefile(input, output):
        raise SettingsError(
            f"Expected another file than the input. {received}, which is both. Choose "
            f"another name."
        )
    if os.path.lexists(output) and not overwrite:
        raise SettingsError(
            f"Expected a new file. {received}, which exists. Choose another name, or "
            f"replace it with `--overwrite`."
        )
