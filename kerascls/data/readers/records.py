"""The rows of any supported file, one after the other."""

from collections.abc import Iterator
from pathlib import Path

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.opening import open_rows
from kerascls.data.readers.rows import (
    BadRow,
    BadRowLog,
    Errors,
    Record,
    Unlabelled,
)

AS_IT_IS = FileOptions()


def read_columns(path: str | Path, options: FileOptions = AS_IT_IS) -> tuple[str, ...]:
    """Returns the names in a file's header, or those of its first usable row.

    Arguments and errors are those of `read_records`.
    """
    opened = open_rows(path, options)
    if opened.format.columns:
        with opened.handle:
            return tuple(opened.format.columns(opened.handle, str(path), options))
    opened.handle.close()
    records = read_records(path, options, errors="skip")
    return next((tuple(record.fields) for record in records), ())


def read_records(
    path: str | Path,
    options: FileOptions = AS_IT_IS,
    *,
    errors: Errors = "raise",
    keep_empty: bool = False,
    bad_rows: list[BadRow] | None = None,
    notes: list[str] | None = None,
) -> Iterator[Record]:
    """Yields the rows of a file without holding more than one of them.

    Everything that can be checked without reading is checked at the call. Bad rows
    are passed over; with `errors="raise"` they are reported together behind the last
    good one.

    Args:
        path: The file.
        options: How it is read.
        errors: `"raise"` or `"skip"`, for rows that cannot be used.
        keep_empty: Whether an empty row above others is a row, or passed over.
        bad_rows: A list that receives every bad row.
        notes: A list that receives what is to be said of the file.

    Raises:
        DataError: When the file or some of its rows cannot be read.
        SettingsError: When the format is unknown or has no use for an option.
    """
    opened = open_rows(path, options)
    log = BadRowLog(str(path), errors, bad_rows)
    if opened.note and notes is not None:
        notes.append(opened.note)

    def records() -> Iterator[Record]:
        with opened.handle as handle:
            for row in opened.format.rows(handle, str(path), options):
                if isinstance(row, Record):
                    if keep_empty or not row.is_empty:
                        yield row
                elif isinstance(row, Unlabelled):
                    yield Record(row.line, row.fields)
                elif isinstance(row, BadRow):
                    log.add(row)
                elif notes is not None:
                    notes.append(row.line)
            log.finish()

    return records()
