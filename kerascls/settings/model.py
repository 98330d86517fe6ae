"""Settings of the model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from kerascls.errors import SettingsError
from kerascls.models.presets import get_preset
from kerascls.models.registry import POOLINGS, WINDOW_POOLINGS
from kerascls.preprocessing.tokenizers.units import UNITS
from kerascls.settings.group import Group, NameIn

DEFAULT_MODEL = "albert_small"
Pooling = Annotated[str, AfterValidator(NameIn(POOLINGS, "pooling"))]
Units = Annotated[str, AfterValidator(NameIn(UNITS, "units"))]
WindowPooling = Annotated[
    str, AfterValidator(NameIn(WINDOW_POOLINGS, "window_pooling"))
]


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
        "input; ALBERT runs its one block so often. Of a classic model: how many there "
        "are. Default: all, or the preset's.",
    )
    prune_vocab: int | None = Field(
        None,
        ge=1,
        description="Keep only tokens that occur at least so often in the training "
        "text, and what spells the words of the others; pretrained weights only. "
        "Default: all.",
    )
    units: Units | None = Field(
        None,
        description="What classic models take for words: "
        f"{'; '.join(f'{name}: {row.meaning}' for name, row in UNITS.items())}. "
        "Default: auto.",
    )
    min_count: int | None = Field(
        None,
        ge=1,
        description="How often a word is in the training text to be known to a "
        "classic model. Default: 2.",
    )
    embedding_dim: int | None = Field(
        None,
        ge=1,
        description="Width of a classic model's word embeddings. Default: the "
        "preset's, or that of the word vectors.",
    )
    hidden_dim: int | None = Field(
        None,
        ge=1,
        description="Width of a classic model's other layers. Default: the preset's.",
    )
    ngrams: int | None = Field(
        None,
        ge=1,
        le=4,
        description="Longest sequence of words that fastText has an embedding for, "
        "of words alone 1. Default: 2.",
    )
    batch_norm: bool | None = Field(
        None,
        description="BatchNorm behind the convolutions of textcnn and what contains "
        "it. Batches then have texts of any length, not about one. Default: none.",
    )
    word_vectors: Path | None = Field(
        None,
        description="Vectors that a classic model's word embeddings start from: "
        "word2vec, fastText or GloVe, as text or binary, or .npy. Default: random.",
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
    max_windows: int = Field(
        1,
        ge=1,
        description="Read long texts in so many windows at most, each of --max-tokens; "
        "time and memory grow with the windows. Needs one text column. 1: no windows.",
    )
    window_overlap: int | None = Field(
        None,
        ge=0,
        description="How many tokens a window has in common with the next. Default: "
        "an eighth of max_tokens.",
    )
    window_pooling: WindowPooling | None = Field(
        None,
        description="How the vectors of windows become the text vector: a pooling of "
        "all of them. Default: mean.",
    )
    pooling: Pooling | None = Field(
        None,
        description="Text vector: "
        f"{', '.join(row.meaning for row in POOLINGS.values())}. "
        "Default: the preset's; cls without one, and mean for random weights.",
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
        description="Share of the text vector dropped in training. Default: 0.1, of "
        "classic models the preset's.",
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

    @model_validator(mode="after")
    def _windows_of_several(self) -> Self:
        given = {
            name: value
            for name in ("window_overlap", "window_pooling")
            if (value := getattr(self, name)) is not None
        }
        if self.max_windows == 1 and given:
            told = ", ".join(f"{name}={value!r}" for name, value in given.items())
            raise SettingsError(
                f"Expected windows beside what is said of them. Received: {told} with "
                f"max_windows=1, which reads one window alone. Say how many a text may "
                f"have, as in --max-windows 4, or leave it out."
            )
        return self
