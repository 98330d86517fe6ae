"""The rows of any supported file, one after the other."""

from collections.abc import Iterator
from pathlib import Path

from kerascls.data.readers.formats import FORMATS, find_format
from kerascls.data.readers.rows import BadRow, BadRowLog, Errors, Record
from kerascls.data.readers.text_files import check_encoding, open_binary


def read_columns(
    path: str | Path, *, format: str | None = None, encoding: str = "utf-8"
) -> tuple[str, ...]:
    """Returns the names in a file's header, or those of its first usable row.

    Arguments and errors are those of `read_records`.
    """
    format = find_format(path, format, needs_labels=False)
    if columns_of := FORMATS[format].columns:
        with open_binary(path) as handle:
            return tuple(columns_of(handle, str(path), encoding))
    records = read_records(path, format=format, encoding=encoding, errors="skip")
    return next((tuple(record.fields) for record in records), ())


def read_records(
    path: str | Path,
    *,
    format: str | None = None,
    encoding: str = "utf-8",
    errors: Errors = "raise",
    bad_rows: list[BadRow] | None = None,
) -> Iterator[Record]:
    """Yields the rows of a file without holding more than one of them.

    Everything that can be checked without reading is checked at the call. Bad rows
    are passed over; with `errors="raise"` they are reported together behind the last
    good one.

    Args:
        path: The file.
        format: One of `FORMATS`; by default the file's ending.
        encoding: Of the text formats. UTF-8 is read with or without BOM.
        errors: `"raise"` or `"skip"`, for rows that cannot be used.
        bad_rows: A list that receives every bad row.

    Raises:
        DataError: When the file or some of its rows cannot be read.
        SettingsError: When format or encoding is unknown.
    """
    rows_of = FORMATS[find_format(path, format, needs_labels=False)].rows
    check_encoding(encoding)
    log = BadRowLog(str(path), errors, bad_rows)
    handle = open_binary(path)

    def records() -> Iterator[Record]:
        with handle:
            for row in rows_of(handle, str(path), encoding):
                if isinstance(row, Record):
                    yield row
                else:
                    log.add(row)
            log.finish()

    return records()
