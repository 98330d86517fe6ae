"""A file opened to be read as rows: unpacked, its format known, its bytes judged."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kerascls.data.readers.class_folders import open_folder
from kerascls.data.readers.file_kinds import HEAD_BYTES
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.formats import (
    FORMATS,
    FileFormat,
    check_effect,
    find_format,
)
from kerascls.data.readers.packed import open_unpacked
from kerascls.data.readers.text_encodings import check_reading
from kerascls.errors import DataError


@dataclass(frozen=True)
class OpenFile:
    """A file that can be read; to be closed by whoever opened it.

    Args:
        handle: What it holds, unpacked.
        format: What it is read as.
        note: A line for people on how it reads, or "".
    """

    handle: BinaryIO
    format: FileFormat
    note: str = ""


def open_rows(
    path: str | Path, options: FileOptions, needs_labels: bool = False
) -> OpenFile:
    """Opens a file.

    Raises:
        DataError: When it cannot be opened, is certainly of another format, or is
            text of another encoding.
        SettingsError: When the format is unknown or has no use for an option.
    """
    name = find_format(path, options.format, needs_labels=needs_labels)
    check_effect(options, name, str(path))
    is_folder = FORMATS[name].is_folder
    handle = open_folder(path) if is_folder else open_unpacked(path)
    note = ""
    try:
        if handle.seekable():
            _check_kind(handle, name, str(path))
        if FORMATS[name].is_text and handle.seekable():
            note = check_reading(handle, str(path), options.encoding)
    except BaseException:
        handle.close()
        raise
    return OpenFile(handle, FORMATS[name], note)


def _check_kind(handle: BinaryIO, format: str, source: str) -> None:
    refuses = FORMATS[format].refuses
    head = handle.read(HEAD_BYTES)
    handle.seek(0)
    if refuses is not None and (kind := refuses(head)):
        raise DataError(
            f"Expected {source} to be {format}, as its ending or `--format` says. "
            f"Received: {kind.name}. {kind.advice}"
        )
