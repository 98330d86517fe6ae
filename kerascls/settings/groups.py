"""The groups of settings: every field with its type, default, range and meaning."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from kerascls.labels import Task
from kerascls.presets import get_preset

DEFAULT_MODEL = "albert_small"
Pooling = Literal["cls", "pooler", "mean", "max", "attention", "label_attention"]


class Group(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True
    )


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


class ModelSettings(Group):
    """Which encoder, where its weights come from, and what is put on top of it."""

    name: str | None = Field(
        DEFAULT_MODEL,
        description="Preset, as listed by `kerascls models`; with --checkpoint it may "
        "be left out: the checkpoint says what it is.",
    )
    checkpoint: Path | None = Field(
        None,
        description="Pretrained weights: a folder, or one of several checkpoints in "
        "it, by its file or TensorFlow prefix. Default: looked for in "
        "pretrained/ or $KERASCLS_PRETRAINED.",
    )
    vocab: Path | None = Field(
        None,
        description="Vocabulary, one token a line, for --from-scratch. Default: made "
        "from the training text.",
    )
    from_scratch: bool = Field(False, description="Start from random weights.")
    num_layers: int | None = Field(
        None,
        ge=1,
        description="Keep only so many of the encoder's layers, counted from the "
        "input; ALBERT runs its one block so often. Default: all.",
    )
    prune_vocab: int | None = Field(
        None,
        ge=1,
        description="Keep only tokens that occur at least so often in the training "
        "text, and what spells the words of the others; pretrained weights only. "
        "Default: all.",
    )
    max_tokens: int | None = Field(
        None,
        ge=4,
        description="Longest sequence, in tokens with special ones. Default: the "
        "preset's.",
    )
    truncate: Literal["head", "tail", "both"] = Field(
        "head", description="Which end of a long text is kept."
    )
    pooling: Pooling | None = Field(
        None,
        description="Text vector: that of [CLS], the encoder's pooler on it, the mean "
        "or maximum over tokens, attention over tokens, or attention of each label. "
        "Default: cls, and mean for random weights.",
    )
    mix_layers: int = Field(
        1,
        ge=1,
        description="Mix the hidden states of so many last layers, with learned "
        "weights.",
    )
    mlp_dim: int | None = Field(
        None,
        ge=1,
        description="Units of a ReLU layer between text vector and logits, 256 for "
        "example. Default: no such layer.",
    )
    dropout: float | None = Field(
        None,
        ge=0,
        lt=1,
        description="Share of the text vector dropped in training. Default: 0.1.",
    )

    @model_validator(mode="before")
    @classmethod
    def _checkpoint_decides(cls, values: Any) -> Any:
        if not isinstance(values, Mapping) or values.get("name") is not None:
            return values
        values = {key: value for key, value in values.items() if key != "name"}
        return values | ({"name": None} if values.get("checkpoint") else {})

    @field_validator("name")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        return name if name is None else get_preset(name).name

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if self.from_scratch and self.checkpoint is not None:
            raise ValueError("from_scratch and checkpoint exclude each other")
        return self


class DecisionSettings(Group):
    """How logits become probabilities, and probabilities labels."""

    threshold: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Probability from which on a label is given, multilabel only. "
        "Default: chosen on the validation part.",
    )
    objective: str = Field(
        "macro_f1",
        min_length=1,
        description="What thresholds are chosen for. One for all labels: macro_f1, "
        "micro_f1. One for each label: f1, f0.5, f2, precision@0.95, recall@0.9, "
        "cost:FILE (for multiclass a matrix of costs).",
    )
    shrinkage: float | None = Field(
        None,
        ge=0,
        description="Positives a label needs for its own threshold to count as much "
        "as the one for all labels; 0 for its own alone. Default: 200 for F-scores, 10 "
        "for the rest.",
    )
    calibration: Literal["auto", "none", "temperature", "platt", "isotonic"] = Field(
        "auto",
        description="How probabilities are corrected on the validation part; auto: "
        "temperature for multiclass, platt for multilabel.",
    )
    top_k: int | None = Field(
        None, ge=1, description="Give the so many likeliest labels, always."
    )
    mass: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Give the fewest labels whose share of all probability reaches "
        "this.",
    )
    min_labels: int = Field(
        0, ge=0, description="Give at least so many labels: the likeliest."
    )
    max_labels: int | None = Field(
        None, ge=1, description="Give at most so many labels: the likeliest."
    )
    abstain_below: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Give no label where the largest probability is below this.",
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        stated = [self.threshold, self.top_k, self.mass]
        if sum(value is not None for value in stated) > 1:
            raise ValueError("threshold, top_k and mass exclude each other")
        fitted_for = self.objective != "macro_f1" or self.shrinkage is not None
        if fitted_for and any(value is not None for value in stated):
            raise ValueError(
                "threshold, top_k and mass are not fitted, so they go without "
                "objective and shrinkage"
            )
        return self
