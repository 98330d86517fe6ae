"""Settings of what is read."""

from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from kerascls.data.labels import Task
from kerascls.settings.group import Group


class DataSettings(Group):
    """Where the labelled text is and how to read it."""

    train: Path | None = Field(
        None, description="Labelled text to learn from. Default: the shipped sample."
    )
    valid: Path | None = Field(
        None, description="Labelled text to choose on. Default: 15 % cut from train."
    )
    test: Path | None = Field(
        None,
        description="Labelled text to score once, at the end. Default: 15 % cut from "
        "train when --valid is not given either.",
    )
    text: tuple[str, ...] = Field(
        (),
        description="Column with text; repeat for several. Default: `text`, or "
        "`title` and `content`.",
    )
    text_pair: str | None = Field(
        None,
        description="Column with the second text of a pair; the first is `text`, or "
        "that of --text. Default: none.",
    )
    label: str | None = Field(
        None, description="Column with the labels. Default: `label` or `labels`."
    )
    label_separator: str = Field(
        "|", min_length=1, description="What joins several labels in one cell."
    )
    format: str | None = Field(
        None, description="csv, tsv, xlsx or jsonl. Default: by the file's ending."
    )
    encoding: str = Field("utf-8", description="Encoding of text files.")
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
        description="multiclass: one label a row; multilabel: any number. Default: "
        "by the column name, `label` or `labels`.",
    )

    @field_validator("text", mode="before")
    @classmethod
    def _one_column_is_a_list_of_one(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value
