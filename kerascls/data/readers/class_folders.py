"""A folder for each class, a file for each text, as THUCNews and 20 newsgroups are.

The place of a row is its number: folders and files are taken in the order of their
names.
"""

import hashlib
import io
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kerascls.data.labels import Task
from kerascls.data.readers.decoding import check_encoding
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.globs import is_system_name
from kerascls.data.readers.labelled_table import LabelledTable, require_names
from kerascls.data.readers.rows import BadRow, Record, Row
from kerascls.errors import DataError

FOLDER_COLUMNS = ["text", "label", "file"]


def folder_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields each file's text, the name of its folder as label, and its own path.

    Args:
        handle: Not used: each file is opened by itself.
        source: The folder that holds the folders of the classes.
        options: Their encoding.

    Raises:
        DataError: When the folder holds no folders with files.
    """
    folder = Path(source)
    classes = [path for path in _entries(folder) if path.is_dir()]
    _check(folder, classes)
    number = 0
    for path in _files(folder, classes):
        number += 1
        name = path.relative_to(folder).as_posix()
        if not path.is_file():
            yield BadRow(number, f"{name}: a folder within the folder of a class")
        elif path.parent == folder:
            yield BadRow(number, f"{name}: a file outside the folders of the classes")
        else:
            yield _row(number, path, name, options.encoding)


def folder_columns(handle: BinaryIO, source: str, options: FileOptions) -> list[str]:
    """Returns the names of the fields of every row."""
    return FOLDER_COLUMNS


def open_folder(path: str | Path) -> BinaryIO:
    """Returns an empty file in place of a folder, whose files are opened one by one.

    Raises:
        DataError: When it is none.
    """
    if not os.path.isdir(path):
        raise DataError(
            f"Expected a folder that holds a folder for each class. Received: "
            f"path={str(path)!r}, which is none. Name the folder, or for a file its "
            f"own format."
        )
    return io.BytesIO()


def folder_sha256(path: str | Path) -> str:
    """Returns the SHA-256 of all that is read of a folder, names and bytes."""
    folder, digest = Path(path), hashlib.sha256()
    classes = [one for one in _entries(folder) if one.is_dir()]
    for one in _files(folder, classes):
        if one.is_file():
            digest.update(f"{one.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(one.read_bytes()).digest())
    return digest.hexdigest()


def _files(folder: Path, classes: list[Path]) -> Iterator[Path]:
    known = set(classes)
    yield from (path for path in _entries(folder) if path not in known)
    for one in classes:
        yield from _entries(one)


def _entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not is_system_name(path.name))


def _check(folder: Path, classes: list[Path]) -> None:
    inner = {one: [path.is_dir() for path in _entries(one)] for one in classes}
    if classes and all(any(are_folders) for are_folders in inner.values()):
        named = " or ".join(repr(str(one)) for one in classes[:3])
        advice = f"They hold folders themselves: give {named}."
    elif any(not all(are_folders) for are_folders in inner.values()):
        return
    elif not classes and (pattern := _pattern_of_files(folder)):
        raise DataError(
            f"Expected a file or a pattern of files, or a folder with a folder for "
            f"each class. Received: path={str(folder)!r}, a folder of files. Name them "
            f"by {pattern}, in quotation marks."
        )
    else:
        advice = "Give a folder that holds a folder of text files for each class."
    raise DataError(
        f"Expected a folder for each class, with a file for each text. Received: "
        f"path={str(folder)!r} with {len(classes)} folders. {advice}"
    )


def _pattern_of_files(folder: Path) -> str:
    """Returns a pattern for the files of a folder, or "" where they are texts."""
    endings = Counter(path.suffix for path in _entries(folder))
    ending, _ = endings.most_common(1)[0] if endings else ("", 0)
    return "" if ending in ("", ".txt") else repr(str(folder / f"*{ending}"))


def _row(number: int, path: Path, name: str, encoding: str) -> Record | BadRow:
    try:
        text = path.read_bytes().decode(check_encoding(encoding))
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        return BadRow(number, f"{name}: not {encoding} at byte {at} ({error})")
    except OSError as error:
        return BadRow(number, f"{name}: cannot be read ({error.strerror})")
    return Record(
        number, {"text": _text(text), "label": path.parent.name, "file": name}
    )


def save_folders(path: Path, table: LabelledTable) -> None:
    """Writes a folder for each class, a numbered file for each text, in UTF-8.

    Raises:
        DataError: When rows may have several labels, or a label is no folder's name.
    """
    if table.task is Task.MULTILABEL:
        raise DataError(
            "Expected one label for each text, for it goes into the label's folder. "
            "Received: task=multilabel. Write another format, such as jsonl."
        )
    rule = "names of folders, without / and a dot in front"
    require_names(table, _is_folder_name, "a folder for each class", rule)
    for number, row in enumerate(table.rows(), start=1):
        table.lose_others(row)
        text = table.one_text(row, between="\n")
        if text != _text(text):
            table.lost["texts whose line ends at the end are left out"] += 1
        folder = path / table.labels(row)[0]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:07}.txt").write_bytes(_text(text).encode())


def _is_folder_name(name: str) -> bool:
    return not (
        is_system_name(name)
        or set(name) & set('/\\:*?"<>|\0')
        or len(name.encode()) > 255
    )


def _text(content: str) -> str:
    return content.removeprefix("\ufeff").rstrip("\r\n")
