"""The rows of any supported file, one after the other."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.formats import (
    FORMATS,
    check_effect,
    find_format,
    open_source,
)
from kerascls.data.readers.rows import (
    BadRow,
    BadRowLog,
    Errors,
    Note,
    Record,
    Unlabelled,
)

AS_IT_IS = FileOptions()


def read_columns(path: str | Path, options: FileOptions = AS_IT_IS) -> tuple[str, ...]:
    """Returns the names in a file's header, or those of its first usable row.

    Arguments and errors are those of `read_records`.
    """
    format = find_format(path, options.format, needs_labels=False)
    check_effect(options, format, str(path))
    if columns_of := FORMATS[format].columns:
        with open_source(path, FORMATS[format]) as handle:
            return tuple(columns_of(handle, str(path), options))
    records = read_records(path, options, errors="skip")
    return next((tuple(record.fields) for record in records), ())


def read_records(
    path: str | Path,
    options: FileOptions = AS_IT_IS,
    *,
    errors: Errors = "raise",
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
        bad_rows: A list that receives every bad row.
        notes: A list that receives what is to be said of the file.

    Raises:
        DataError: When the file or some of its rows cannot be read.
        SettingsError: When the format is unknown or has no use for an option.
    """
    format = find_format(path, options.format, needs_labels=False)
    check_effect(options, format, str(path))
    log = BadRowLog(str(path), errors, bad_rows)
    stack = ExitStack()
    handle = stack.enter_context(open_source(path, FORMATS[format]))

    def records() -> Iterator[Record]:
        with stack:
            for row in FORMATS[format].rows(handle, str(path), options):
                if isinstance(row, Record):
                    yield row
                elif isinstance(row, Unlabelled):
                    yield Record(row.line, row.fields)
                elif isinstance(row, BadRow):
                    log.add(row)
                elif isinstance(row, Note) and notes is not None:
                    notes.append(row.line)
            log.finish()

    return records()
