"""`convert_data(...)`: labelled text in another format, and what that cannot hold."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Unpack

from kerascls.data.readers.formats import FORMATS, FileFormat
from kerascls.data.readers.globs import one_file
from kerascls.data.readers.read_options import ReadKeywords, ReadOptions
from kerascls.data.rewriting import (
    LabelledSource,
    check_place,
    label_columns,
    writable,
    write_table,
)


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
    name = writable(output, out_format)
    check_place(input, output, overwrite)
    source = LabelledSource.look(input, options)
    table = source.table()
    write_table(output, table, name)
    return Converted(
        output=output,
        format=name,
        rows=source.rows,
        lost=dict(table.lost),
        notes=(*source.notes, *_renaming(source, FORMATS[name])),
        skipped_rows=source.skipped_rows,
    )


def _renaming(source: LabelledSource, format: FileFormat) -> tuple[str, ...]:
    before = label_columns(source.columns.label)
    if before == (source.label,) or not format.has_columns:
        return ()
    columns = ", ".join(f'"{name}"' for name in before)
    return (f'labels of {columns} are in "{source.label}"',)
