"""Corrected labels: findings.csv filled in, or JSON lines back from doccano."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.auditing.findings import CORRECTED
from kerascls.auditing.rows import label_cell
from kerascls.data.labels import Task
from kerascls.data.readers import (
    FileOptions,
    Record,
    read_columns,
    read_records,
    split_labels,
)
from kerascls.data.readers.formats import FORMATS, find_format
from kerascls.data.readers.label_cells import checked_labels
from kerascls.data.readers.rows import SHOWN_ROWS, BadRow
from kerascls.errors import DataError


@dataclass(frozen=True, slots=True)
class Correction:
    """The labels that one row should have.

    Args:
        said_at: The line of the corrections that says so, for messages.
        file: The file of the row.
        line: Where the row starts in it.
        key: What the row was when it was audited, see `rows.row_key`.
        labels: The labels to give.
    """

    said_at: int
    file: str
    line: int
    key: str
    labels: tuple[str, ...]


def read_corrections(
    path: str | Path,
    task: Task,
    encoding: str = "utf-8",
    classes: Iterable[str] = (),
) -> list[Correction]:
    """Reads corrections; an empty cell in the column `corrected` is none.

    Args:
        path: findings.csv (saved as csv, tsv or xlsx) with labels in `corrected`, or
            the JSON lines of doccano with labels in `label`.
        task: What a row's labels mean.
        encoding: Of text files.
        classes: Labels that a multi-class cell may hold as they are, unescaped.

    Raises:
        DataError: When the file or one of its rows cannot be used.
    """
    path = Path(path)
    options = FileOptions(encoding=encoding)
    is_table = FORMATS[find_format(path)].is_table
    if is_table:
        _require_columns(path, read_columns(path, options))
    cells = _class_cells(classes) if task is Task.MULTICLASS else {}
    corrections: list[Correction] = []
    bad: list[BadRow] = []
    for record in read_records(path, options, errors="skip", bad_rows=bad):
        try:
            fields = _flat(record.fields)
            if is_table:
                labels = _cell_labels(fields, cells)
            else:
                labels = _doccano_labels(fields)
            if labels is not None:
                corrections.append(_correction(record, fields, labels, task))
        except DataError as error:
            bad.append(BadRow(record.line, str(error)))
    refuse_bad(
        sorted(bad, key=lambda row: row.line),
        path,
        "corrections that can be used",
        "Correct these lines; nothing was written.",
    )
    return corrections


def refuse_bad(
    bad: Sequence[BadRow], source: str | Path, expected: str, advice: str
) -> None:
    """Raises a DataError about bad corrections in a file, if there are any."""
    if not bad:
        return
    lines = [f"  {source}:{row.line}: {row.reason}" for row in bad[:SHOWN_ROWS]]
    if len(bad) > SHOWN_ROWS:
        lines.append(f"  ... and {len(bad) - SHOWN_ROWS} more")
    raise DataError(
        f"Expected {expected}. Received: {len(bad)} that are not:\n"
        + "\n".join(lines)
        + f"\n{advice}"
    )


def _class_cells(classes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    # As the audit writes a class goes before as a person may.
    cells: dict[str, tuple[str, ...]] = {name: (name,) for name in sorted(classes)}
    return cells | {label_cell(names): names for names in cells.values()}


def _require_columns(path: Path, columns: Sequence[str]) -> None:
    missing = {"file", "line", "row", CORRECTED} - set(columns)
    if missing:
        raise DataError(
            f"Expected the findings.csv of an audit with labels in {CORRECTED!r}. "
            f"Received: {path} without {', '.join(sorted(missing))}. Keep its columns, "
            f"and write the right labels into {CORRECTED!r}."
        )


def _flat(fields: dict[str, Any]) -> dict[str, Any]:
    # Versions of doccano differ in where other fields come back.
    for name in ("metadata", "meta"):
        inner = fields.get(name)
        if isinstance(inner, dict):
            fields = {**inner, **fields}
    return fields


def _doccano_labels(fields: dict[str, Any]) -> tuple[str, ...]:
    labels = fields.get("label", fields.get("labels"))
    if isinstance(labels, str):
        labels = [labels] if labels.strip() else []
    if not isinstance(labels, list):
        raise DataError('"label" must be a list of labels')
    return checked_labels(labels)


def _cell_labels(
    fields: dict[str, Any], cells: dict[str, tuple[str, ...]]
) -> tuple[str, ...] | None:
    cell = str(fields[CORRECTED]).strip()
    return (cells.get(cell) or split_labels(cell)) if cell else None


def _correction(
    record: Record, fields: dict[str, Any], labels: tuple[str, ...], task: Task
) -> Correction:
    try:
        line = int(fields.get("line", ""))
    except (TypeError, ValueError) as error:
        raise DataError('"line" must be the number of a line') from error
    if not fields.get("row") or not fields.get("file"):
        raise DataError('"file" and "row" must be as the audit wrote them')
    if task is Task.MULTICLASS and len(labels) != 1:
        raise DataError(f"{len(labels)} labels where multiclass has one")
    file, key = str(fields["file"]), str(fields["row"])
    return Correction(record.line, file, line, key, labels)
