"""The contract between training and serving: how a row's texts become a sequence."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, cast, get_args

from kerascls.errors import SettingsError
from kerascls.preprocessing.layout_checks import (
    check_room,
    check_windows,
    input_rank,
)
from kerascls.preprocessing.sequence_layout import Layout, Truncate

if TYPE_CHECKING:
    from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer


@dataclass(frozen=True, kw_only=True)
class InputSpec:
    """What training fixed of a model's input; serving reads it from the bundle.

    Args:
        text_columns: Names of the text fields of a row, in the order of the sequence.
        label_column: Name of the column with the labels, or of those of a one-hot
            table.
        pair: Whether the last field is segment 1; all others are segment 0.
        do_lower_case: Whether the tokenizer lower-cases texts and strips accents.
        max_tokens: Most tokens of a sequence, special tokens included; None for a model
            that reads texts as they are, and whole.
        truncate: What stays of a field that is too long, as of `Layout`.
        separators: How many separators stand between two texts.
        max_windows: Most windows of a text, each of `max_tokens`; 1 for no windows.
        window_overlap: How many tokens a window has in common with the next.

    Raises:
        SettingsError: When a value is of another type, or has no meaning for so many
            text columns.
    """

    text_columns: tuple[str, ...]
    label_column: str | tuple[str, ...]
    pair: bool
    do_lower_case: bool
    max_tokens: int | None
    truncate: Truncate
    separators: int = 1  # early bundles say nothing of it nor of what follows
    max_windows: int = 1
    window_overlap: int = 0

    def __post_init__(self) -> None:
        for name, (kind, fits) in _KINDS.items():
            if not fits(value := getattr(self, name)):
                raise SettingsError(
                    f"Expected {name} to be {kind}. Received: {name}={value!r:.200}. "
                    f"Give such a value."
                )
        object.__setattr__(self, "text_columns", tuple(self.text_columns))
        if not isinstance(self.label_column, str):
            object.__setattr__(self, "label_column", tuple(self.label_column))
        if self.max_tokens is not None:
            num_fields = len(self.text_columns)
            check_room(
                num_fields,
                self.max_tokens,
                self.pair,
                self.separators,
                self.max_windows,
            )
            check_windows(self.max_windows, self.window_overlap, self.max_tokens)

    @property
    def has_tokens(self) -> bool:
        """Whether the model reads tokens; otherwise it reads texts."""
        return self.max_tokens is not None

    @property
    def input_rank(self) -> int:
        """Axes of a batch: 3 with windows, else 2."""
        return input_rank(self.max_windows)

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The label column, or those of a one-hot table."""
        column = self.label_column
        return (column,) if isinstance(column, str) else column

    def layout(self, tokenizer: "TextTokenizer") -> Layout:
        """Returns how ids become a sequence, with the tokenizer's special tokens."""
        return Layout(
            max_tokens=cast("int", self.max_tokens),
            truncate=self.truncate,
            pair=self.pair,
            separators=self.separators,
            max_windows=self.max_windows,
            window_overlap=self.window_overlap,
            cls_id=tokenizer.cls_id,
            sep_id=tokenizer.sep_id,
            pad_id=tokenizer.pad_id,
        )

    def to_dict(self) -> dict[str, Any]:
        """Returns the fields as plain JSON types, but for what earlier versions lack.

        With one separator, and without windows, these read it, too.
        """
        values = asdict(self) | {"text_columns": list(self.text_columns)}
        if self.separators == 1:
            del values["separators"]
        if self.max_windows == 1:
            del values["max_windows"], values["window_overlap"]
        if not isinstance(self.label_column, str):
            values["label_column"] = list(self.label_column)
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "InputSpec":
        """Returns what `to_dict` wrote.

        Raises:
            SettingsError: When a key is missing or unknown, or a value is wrong.
        """
        names = [field.name for field in fields(cls)]
        needed = {field.name for field in fields(cls) if field.default is MISSING}
        if not needed <= set(values) <= set(names):
            raise SettingsError(
                f"Expected an input described by the keys {', '.join(names)}. "
                f"Received: keys={sorted(values)}. Read it with the version of "
                f"kerascls that wrote it."
            )
        return cls(**values)


def _are_names(value: Any) -> bool:
    listed = isinstance(value, list | tuple) and len(value) > 0
    return listed and all(isinstance(name, str) for name in value)


# Field -> what its value is, for messages, and whether a value is that.
_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "text_columns": ("a list of one name or more", _are_names),
    "label_column": (
        "a name, or a list of two or more",
        lambda v: isinstance(v, str) or (_are_names(v) and len(v) > 1),
    ),
    "pair": ("True or False", lambda v: isinstance(v, bool)),
    "do_lower_case": ("True or False", lambda v: isinstance(v, bool)),
    "max_tokens": ("a whole number", lambda v: v is None or type(v) is int),
    "separators": ("1 or 2", lambda v: type(v) is int and v in (1, 2)),
    "max_windows": ("a whole number", lambda v: type(v) is int),
    "window_overlap": ("a whole number", lambda v: type(v) is int),
    "truncate": ("'head', 'tail' or 'both'", lambda v: v in get_args(Truncate)),
}
