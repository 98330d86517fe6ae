"""Settings of what is read."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
)

from kerascls.data.labels import Task
from kerascls.data.readers.file_options import Quoting
from kerascls.data.readers.formats import format_names
from kerascls.data.readers.frame_kinds import as_sources
from kerascls.data.readers.frames import Frame
from kerascls.data.readers.read_options import READ_KEYWORDS, ReadOptions
from kerascls.errors import SettingsError
from kerascls.settings.group import ONE_OR_MORE, Group

_FORMATS = " or ".join(", ".join(format_names(needs_labels=True)).rsplit(", ", 1))


def _shown(sources: tuple[Path | Frame, ...], info: SerializationInfo) -> Any:
    return [str(one) for one in sources] if info.mode_is_json() else sources


Files = Annotated[
    tuple[Path | Frame, ...], PlainValidator(as_sources), PlainSerializer(_shown)
]


def _whole(path: Path | None) -> Path | None:
    return path and path.expanduser().absolute()


# A run that goes on, or is scored, in another directory reads the same file.
FileOfNames = Annotated[Path | None, AfterValidator(_whole)]


class DataSettings(Group):
    """Where the labelled text is and how to read it."""

    train: Files = Field(
        (),
        description="Labelled text to learn from; repeat for several files, or quote a "
        "pattern: 'data/*.csv'. Default: the shipped sample.",
    )
    valid: Files = Field(
        (),
        description="Labelled text to choose on; repeat for several files. Default: "
        "15 % cut from train.",
    )
    test: Files = Field(
        (),
        description="Labelled text to score once, at the end; repeat for several "
        "files. Default: 15 % cut from train when --valid is not given either.",
    )
    text: Annotated[tuple[str, ...], ONE_OR_MORE] = Field(
        (),
        description="Column with text; repeat for several. Default: `text`, or "
        "`title` and `content`.",
    )
    text_pair: str | None = Field(
        None,
        description="Column with the second text of a pair; the first is `text`, or "
        "that of --text. Default: none.",
    )
    label: Annotated[tuple[str, ...], ONE_OR_MORE] = Field(
        (),
        description="Column with the labels; repeat for those of a one-hot table, "
        "which hold 0 and 1, or for distributions a weight. Default: `label` or "
        "`labels`.",
    )
    label_separator: str | None = Field(
        None,
        min_length=1,
        description="What joins several labels in one cell; each of several "
        "characters does. Default: |",
    )
    label_names: FileOfNames = Field(
        None,
        description="File with the names of classes 0, 1, ..., one a line. Default: "
        "labels are names.",
    )
    format: str | None = Field(
        None, description=f"{_FORMATS}. Default: by the file's ending."
    )
    encoding: str = Field("utf-8", description="Encoding of text files.")
    delimiter: str | None = Field(
        None,
        description="What stands between cells of csv and tsv. Default: comma or tab.",
    )
    quoting: Quoting | None = Field(
        None,
        description="What quotation marks mean in csv and tsv. Default: in csv what "
        "begins and ends a cell, in tsv what explains the whole file.",
    )
    sheet: str | None = Field(
        None, description="Sheet of a workbook, name or number. Default: the first."
    )
    header_row: int | None = Field(
        None,
        ge=1,
        description="Line, or row of a sheet, that names the columns. Default: the "
        "first that is not empty.",
    )
    no_header: bool = Field(
        False, description="The first row is no header; --columns names the columns."
    )
    columns: Annotated[tuple[str, ...], ONE_OR_MORE] = Field(
        (), description="Names of all columns without a header, as in label,text."
    )
    url_labels: FileOfNames = Field(
        None,
        description="For sogou: file with the beginning of a url, a tab and a label "
        "on each line. Default: the known channels.",
    )
    skip_bad_rows: bool = Field(
        False, description="Leave out and count rows that cannot be used."
    )
    split_seed: int | None = Field(
        None,
        ge=0,
        lt=2**31,
        description="Seed of the split into parts. Default: train.seed.",
    )
    task: Task | None = Field(
        None,
        description="multiclass: one label a row; multilabel: any number; "
        "distribution: shares that sum to 1. Default: by the column name, `label` or "
        "`labels`.",
    )

    def read_options(self) -> ReadOptions:
        """Returns how the files are read.

        Raises:
            SettingsError: When a value has no meaning, or both texts of a pair are in
                the same column.
        """
        values = {name: getattr(self, name) for name in READ_KEYWORDS}
        texts = {"text": self._text_columns(), "has_pair": self.text_pair is not None}
        return ReadOptions(**values | texts)

    def _text_columns(self) -> tuple[str, ...]:
        if self.text_pair is None:
            return self.text
        first = self.text or ("text",)
        if self.text_pair in first:
            raise SettingsError(
                f"Expected two columns for a pair of texts. Received: text="
                f"{', '.join(first)}, text_pair={self.text_pair}. Name the column of "
                f"the first text with --text."
            )
        return (*first, self.text_pair)
