"""How the bytes of a file become rows: the value that every reader is given."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, Self, TypedDict, get_args

from kerascls.data.readers.decoding import check_encoding
from kerascls.errors import SettingsError
from kerascls.system.keywords import known_keywords, refuse_keyword

Quoting = Literal["auto", "none", "csv"]
_DELIMITER_NAMES = {"tab": "\t", r"\t": "\t"}


class TableKeywords(TypedDict, total=False):
    """Fields of `FileOptions`, for functions whose `format` is another one."""

    encoding: str
    delimiter: str | None
    quoting: Quoting | None
    sheet: str | None
    header_row: int | None
    no_header: bool
    columns: str | Sequence[str]
    url_labels: str | Path | None


class FileKeywords(TableKeywords, total=False):
    """The fields of `FileOptions`, for signatures that accept each by its name."""

    format: str | None


@dataclass(frozen=True)
class FileOptions:
    r"""How a file becomes rows, whatever their columns mean; checked when it is made.

    Each format has a use for some of these only, see `FileFormat.options`; to state
    another one is an error.

    Args:
        format: One of `FORMATS`; by default the file's ending.
        encoding: Of the text formats. UTF-8 is read with or without BOM.
        delimiter: What stands between two cells; by default a comma in csv, a tab in
            tsv, or what a first line such as `sep=;` says.
        quoting: What `"` means in csv and tsv. `"csv"`: it begins and ends a cell that
            may hold delimiters and line ends; `"none"`: itself; `"auto"`, which is the
            default: `"csv"` in csv, and in tsv what explains the whole file.
        sheet: Name of a workbook's sheet, or its number from 1; by default the first.
        header_row: The line or row of a sheet, from 1, that names the columns; by
            default the first that is not empty.
        no_header: Whether the first row is no header, so that `columns` names them.
        columns: Names of the columns, in order, of a file without header.
        url_labels: A file with the beginning of a url, a tab and a label on each line,
            for sogou; by default the known channels.

    Raises:
        SettingsError: When a value has no meaning.
    """

    format: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    quoting: Quoting | None = None
    sheet: str | None = None
    header_row: int | None = None
    no_header: bool = False
    columns: tuple[str, ...] = ()
    url_labels: Path | None = None

    def __post_init__(self) -> None:
        check_encoding(self.encoding)
        object.__setattr__(self, "delimiter", _checked_delimiter(self.delimiter))
        object.__setattr__(self, "columns", _checked_columns(self.columns))
        if self.url_labels is not None:
            object.__setattr__(self, "url_labels", Path(self.url_labels))
        if self.quoting is not None and self.quoting not in get_args(Quoting):
            raise SettingsError(
                f"Expected quoting to be one of {', '.join(get_args(Quoting))}. "
                f"Received: quoting={self.quoting!r}. Use none where quotation "
                f"marks stand for themselves."
            )
        if self.header_row is not None and self.header_row < 1:
            raise SettingsError(
                f"Expected header_row to count from 1. Received: header_row="
                f"{self.header_row}. Give the number that an editor or Excel shows."
            )
        if self.no_header != bool(self.columns) or (self.no_header and self.header_row):
            raise SettingsError(
                f"Expected the names of the columns exactly where the file has no row "
                f"that holds them. Received: no_header={self.no_header}, columns="
                f"{','.join(self.columns)!r}, header_row={self.header_row}. Give "
                f"`--no-header --columns label,text` together, with the names in "
                f"their order, or none of the two."
            )

    @classmethod
    def from_keywords(
        cls, function: Callable, keywords: Mapping[str, Any], others: Iterable[str] = ()
    ) -> Self:
        """Returns the options in the keywords that a function was called with.

        `others` are names of keywords that say nothing on how a file is read.

        Raises:
            KeywordError: When a keyword is unknown, with the nearest known one.
            SettingsError: When a value has no meaning.
        """
        own = [field.name for field in fields(cls)]
        known = known_keywords(function, own, others)
        for name in keywords:
            if name not in known:
                refuse_keyword(function, name, keywords[name], known)
        return cls(**{name: keywords[name] for name in own if name in keywords})

    @property
    def stated(self) -> tuple[str, ...]:
        """Names of the fields that differ from their defaults, without the format."""
        return tuple(
            field.name
            for field in fields(FileOptions)
            if field.name != "format" and getattr(self, field.name) != field.default
        )


def _checked_delimiter(delimiter: str | None) -> str | None:
    if delimiter is None:
        return None
    delimiter = _DELIMITER_NAMES.get(delimiter, delimiter)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise SettingsError(
            f"Expected a delimiter of one character, none of quotation mark and line "
            f"ends. Received: delimiter={delimiter!r}. Use ';', ',', '|' or tab."
        )
    return delimiter


def _checked_columns(columns: str | Sequence[str]) -> tuple[str, ...]:
    given = [columns] if isinstance(columns, str) else list(columns or ())
    names = tuple(name.strip() for one in given for name in one.split(","))
    if "" in names or len(set(names)) < len(names):
        raise SettingsError(
            f"Expected a name for each column, none twice. Received: columns="
            f"{','.join(names)!r}. Name them in their order, as in label,text."
        )
    return names


# All but the format, which some functions call by another name.
TABLE_KEYWORDS = tuple(f.name for f in fields(FileOptions) if f.name != "format")
