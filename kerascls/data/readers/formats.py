"""The formats of files that texts come from, in one table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from kerascls.data.readers.arrow import (
    arrow_rows,
    parquet_rows,
    save_arrow,
    save_parquet,
)
from kerascls.data.readers.class_folders import (
    folder_columns,
    folder_rows,
    save_folders,
)
from kerascls.data.readers.delimited import (
    DELIMITERS,
    delimited_lines,
    delimited_text,
)
from kerascls.data.readers.doccano import (
    doccano_csv_rows,
    save_doccano,
    save_doccano_csv,
)
from kerascls.data.readers.fasttext import (
    fasttext_dialect,
    fasttext_pair_rows,
    fasttext_rows,
    fasttext_tail_rows,
    save_fasttext,
    save_fasttext_tail,
)
from kerascls.data.readers.file_kinds import HEAD_BYTES, FileKind, file_kind
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.json_arrays import json_rows
from kerascls.data.readers.jsonl import jsonl_rows, jsonl_text
from kerascls.data.readers.label_studio import save_label_studio, task_rows
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.data.readers.lines import line_rows
from kerascls.data.readers.packed import open_unpacked, unpacked_name
from kerascls.data.readers.quoting import decide_quoting
from kerascls.data.readers.rows import Fields, Row
from kerascls.data.readers.saving import save_delimited, save_json, save_jsonl
from kerascls.data.readers.sogou import sogou_columns, sogou_rows
from kerascls.data.readers.tables import Lines, table_columns, table_rows
from kerascls.data.readers.text_kinds import (
    any_other_kind,
    json_kind,
    table_kind,
    text_kind,
)
from kerascls.data.readers.xlsx import other_sheets, xlsx_lines
from kerascls.errors import DataError, SettingsError


@dataclass(frozen=True)
class FileFormat:
    """How files of one format are read and written.

    Args:
        suffixes: Endings of its files, in lower case.
        rows: Yields the rows of an open file, from it, its name for messages and how
            it is read.
        columns: Returns the column names of a table, from the same arguments; None
            for what is no table: there each row names its own fields.
        write: Returns a file's text from column names, the fields of the rows and a
            line end; None for what is never a file's own format written anew.
        save: Writes labelled text to a path; None for what is only read.
        options: The fields of `FileOptions` that it has a use for.
        is_lines: Whether a row is one text and nothing else, so without a label.
        has_columns: Whether what is written names its columns as they are.
        is_folder: Whether it is a folder; an empty file stands for it.
        is_for_annotators: Whether what is written is for a tool in which people give
            each text any number of labels.
        lines: Yields the rows of a table as they stand, its header among them, from
            the same arguments.
        variants: Returns other options that a table may be meant to be read with,
            from an open file and the options that did not do.
        refuses: Returns what a file certainly is instead, from its first bytes.
        holds_weights: Whether what is written holds weights of labels.
    """

    suffixes: tuple[str, ...]
    rows: Callable[[BinaryIO, str, FileOptions], Iterator[Row]]
    columns: Callable[[BinaryIO, str, FileOptions], list[str]] | None = None
    write: Callable[[Sequence[str], Iterable[Fields], str], str] | None = None
    options: frozenset[str] = frozenset({"encoding"})
    is_lines: bool = False
    has_columns: bool = True
    is_folder: bool = False
    is_for_annotators: bool = False
    save: Callable[[Path, LabelledTable], None] | None = None
    lines: Callable[[BinaryIO, str, FileOptions], Lines] | None = None
    variants: Callable[[BinaryIO, FileOptions], list[FileOptions]] | None = None
    refuses: Callable[[bytes], FileKind | None] | None = None
    holds_weights: bool = False

    @property
    def is_table(self) -> bool:
        """Whether all rows have the same columns."""
        return self.columns is not None

    @property
    def is_text(self) -> bool:
        """Whether its files have an encoding."""
        return "encoding" in self.options and not self.is_folder


_HEADER = frozenset({"header_row", "no_header", "columns"})
_DELIMITED = _HEADER | {"encoding", "delimiter", "quoting"}


def table_format(
    suffix: str,
    lines: Callable[[BinaryIO, str, FileOptions], Lines],
    variants: Callable[[BinaryIO, FileOptions], list[FileOptions]],
    options: frozenset[str],
    write: Callable[[Sequence[str], Iterable[Fields], str], str] | None = None,
    save: Callable[[Path, LabelledTable], None] | None = None,
    refuses: Callable[[bytes], FileKind | None] | None = None,
) -> FileFormat:
    """Returns a format whose rows have a header above them; see `FileFormat`."""

    def rows(handle: BinaryIO, source: str, how: FileOptions) -> Iterator[Row]:
        return table_rows(lines(handle, source, how), source, how)

    def columns(handle: BinaryIO, source: str, how: FileOptions) -> list[str]:
        return table_columns(lines(handle, source, how), source, how)

    return FileFormat(
        (suffix,),
        rows,
        columns,
        write,
        options,
        save=save,
        lines=lines,
        variants=variants,
        refuses=refuses,
        holds_weights=save is not None,
    )


def _other_delimiters(handle: BinaryIO, options: FileOptions) -> list[FileOptions]:
    return [replace(options, delimiter=one) for one in DELIMITERS]


# What a new format has to be added to; all else is derived.
FORMATS = {
    "csv": table_format(
        ".csv",
        delimited_lines,
        _other_delimiters,
        _DELIMITED,
        delimited_text,
        save_delimited,
        json_kind,
    ),
    "tsv": table_format(
        ".tsv",
        partial(delimited_lines, delimiter="\t", decide=decide_quoting),
        _other_delimiters,
        _DELIMITED,
        partial(delimited_text, delimiter="\t"),
        partial(save_delimited, delimiter="\t"),
        json_kind,
    ),
    "xlsx": table_format(
        ".xlsx", xlsx_lines, other_sheets, _HEADER | {"sheet"}, refuses=text_kind
    ),
    "jsonl": FileFormat(
        (".jsonl",),
        jsonl_rows,
        write=jsonl_text,
        save=save_jsonl,
        refuses=table_kind,
        holds_weights=True,
    ),
    "json": FileFormat(
        (".json",), json_rows, save=save_json, refuses=table_kind, holds_weights=True
    ),
    "parquet": FileFormat(
        (".parquet",),
        parquet_rows,
        save=save_parquet,
        options=frozenset(),
        refuses=partial(any_other_kind, expected="a Parquet file"),
        holds_weights=True,
    ),
    "arrow": FileFormat(
        (".arrow", ".feather"),
        arrow_rows,
        save=save_arrow,
        options=frozenset(),
        refuses=partial(any_other_kind, expected="an Arrow file"),
        holds_weights=True,
    ),
    "fasttext": FileFormat(
        (".fasttext",), fasttext_rows, save=save_fasttext, has_columns=False
    ),
    "fasttext-tail": FileFormat(
        (), fasttext_tail_rows, save=save_fasttext_tail, has_columns=False
    ),
    "fasttext-pair": FileFormat((), fasttext_pair_rows, has_columns=False),
    "doccano": FileFormat(
        (),
        jsonl_rows,
        save=save_doccano,
        has_columns=False,
        is_for_annotators=True,
    ),
    "doccano-csv": FileFormat(
        (),
        doccano_csv_rows,
        save=save_doccano_csv,
        options=_DELIMITED,
        has_columns=False,
    ),
    "label-studio": FileFormat(
        (), task_rows, save=save_label_studio, is_for_annotators=True
    ),
    "sogou": FileFormat(
        (".dat", ".smarty"),
        sogou_rows,
        sogou_columns,
        options=frozenset({"encoding", "url_labels"}),
    ),
    "folder": FileFormat(
        (),
        folder_rows,
        folder_columns,
        save=save_folders,
        has_columns=False,
        is_folder=True,
    ),
    "txt": FileFormat((".txt",), line_rows, is_lines=True),
}


class FormatError(DataError):
    """A file whose ending names no format; `format` is what its text looks like."""

    def __init__(self, message: str, format: str | None = None) -> None:
        super().__init__(message)
        self.format = format


def format_names(needs_labels: bool) -> list[str]:
    """Returns the names of all formats, or of those that can hold labels."""
    return [n for n, kind in FORMATS.items() if not (needs_labels and kind.is_lines)]


def check_format(format: str, needs_labels: bool = False) -> str:
    """Returns a stated format.

    Raises:
        SettingsError: When there is no such format.
    """
    if format in format_names(needs_labels):
        return format
    labelled = format_names(needs_labels=True)
    others = [name for name in FORMATS if name not in labelled]
    raise SettingsError(
        f"Expected a format out of {', '.join(labelled)}, or for texts without labels "
        f"{', '.join(others)}. Received: format={format!r}. Choose one of them."
    )


def find_format(
    path: str | Path, format: str | None = None, *, needs_labels: bool = True
) -> str:
    """Returns the stated format, or the one that the file's ending names.

    Raises:
        SettingsError: When the stated format is unknown.
        FormatError: When the ending names none.
        DataError: When the file cannot be read, or is of a known kind that no format
            reads.
    """
    if format is not None:
        return check_format(format, needs_labels)
    names = format_names(needs_labels)
    if Path(path).is_dir():
        return next(name for name in names if FORMATS[name].is_folder)
    format_of = {suffix: name for name in names for suffix in FORMATS[name].suffixes}
    if (ending := Path(unpacked_name(path)).suffix.lower()) in format_of:
        return format_of[ending]
    advice = "Save it as one of these, or say which it is with `--format`."
    looks_like = None
    if Path(path).is_file():
        with open_unpacked(path) as handle:
            head = handle.read(HEAD_BYTES)
        if kind := file_kind(head):
            raise DataError(
                f"Expected a file in one of the formats {', '.join(names)}. Received: "
                f"path={str(path)!r}, which is {kind.name}. {kind.advice}"
            )
        if needs_labels and (dialect := fasttext_dialect(head)):
            advice = (
                f"It begins as fastText's files do: read it with `--format {dialect}`."
            )
        elif kind := text_kind(head):
            looks_like = kind.format
            if looks_like is not None:
                advice = f"It looks like {kind.name}. {kind.advice}"
    raise FormatError(
        f"Expected a file that ends in one of: "
        f"{', '.join(suffix.removeprefix('.') for suffix in format_of)}. Received: "
        f"path={str(path)!r}. {advice}",
        looks_like,
    )


def check_effect(options: FileOptions, format: str, source: str) -> None:
    """Checks that a format has a use for everything that is stated.

    Raises:
        SettingsError: When it has none for an option.
    """
    useless = [name for name in options.stated if name not in FORMATS[format].options]
    if useless:
        name = useless[0]
        value = getattr(options, name)
        shown = repr(str(value) if isinstance(value, Path) else value)
        received = f"{name}={shown} for {source}, read as {format}"
        others = [n for n, kind in FORMATS.items() if name in kind.options]
        flag = f"--{name.replace('_', '-')}"
        raise SettingsError(
            f"Expected options that have an effect. Received: {received}; `{flag}` is "
            f"for {', '.join(others)}. Leave it out, or say with `--format` what the "
            f"file is."
        )
