"""What a `tokenizer.json` says of its special tokens."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tokenizers

from kerascls.errors import CheckpointError

# A tokenizer of one word, to see what a post-processor puts around words.
_PROBE = "a"
_SHELL: dict[str, Any] = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "normalizer": None,
    "pre_tokenizer": None,
    "decoder": None,
    "model": {"type": "WordLevel", "vocab": {_PROBE: 0}, "unk_token": _PROBE},
}
_CURE = (
    "Where transformers is installed, write the checkpoint's tokenizer anew with "
    "AutoTokenizer.from_pretrained(DIR).save_pretrained(DIR); if it is no encoder's, "
    "choose another checkpoint."
)


@dataclass(frozen=True, kw_only=True)
class SequenceTemplate:
    """How a tokenizer puts special tokens around one text and around two.

    Args:
        cls_id: The one before the first text.
        sep_id: The one behind each text.
        separators: How many of the latter stand between two texts.
        has_segments: Whether the second text is segment 1.
    """

    cls_id: int
    sep_id: int
    separators: int
    has_segments: bool


def sequence_template(post_processor: Any, source: str) -> SequenceTemplate | None:
    """Returns what a post-processor adds to texts; None where it adds nothing.

    It is found out by asking the Rust library.

    Args:
        post_processor: As it stands in the file.
        source: Where that is, for messages.

    Raises:
        CheckpointError: When it cannot be read, or makes other sequences than
            `cls text sep` and, of two, `cls text sep text sep` or the same with a
            doubled separator in the middle.
    """
    rust = read_rust({**_SHELL, "post_processor": post_processor}, source)
    one, two = _encoded(rust, source, _PROBE), _encoded(rust, source, _PROBE, _PROBE)
    if len(one.ids) == 1 and len(two.ids) == 2:
        return None
    between = two.ids[2:-2]
    cls_id, sep_id = one.ids[0], one.ids[-1]
    first, second = 1, len(two.ids) - 2
    if (
        one.sequence_ids != [None, 0, None]
        or two.sequence_ids != [None, 0, *[None] * len(between), 1, None]
        or between not in ([sep_id], [sep_id] * 2)
        or (two.ids[0], two.ids[-1]) != (cls_id, sep_id)
    ):
        raise CheckpointError(
            f"Expected a tokenizer of sequences `CLS text SEP`, and of two texts "
            f"`CLS text SEP text SEP` or `CLS text SEP SEP text SEP`. Received: "
            f"{source}, which makes {_shown(one)} and {_shown(two)}. {_CURE}"
        )
    return SequenceTemplate(
        cls_id=cls_id,
        sep_id=sep_id,
        separators=len(between),
        has_segments=two.type_ids[first] != two.type_ids[second],
    )


def template_processor(template: SequenceTemplate, names: Sequence[str]) -> Any:
    """Returns the post-processor that a template means.

    Args:
        template: What it adds.
        names: What the tokens `cls_id` and `sep_id` are called.
    """
    cls, sep = names
    second = int(template.has_segments)
    single = [_special(cls), _text("A"), _special(sep)]
    middle = [_special(sep)] * (template.separators - 1)
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": [*single, *middle, _text("B", second), _special(sep, second)],
        "special_tokens": {
            name: {"id": name, "ids": [token_id], "tokens": [name]}
            for name, token_id in ((cls, template.cls_id), (sep, template.sep_id))
        },
    }


def read_rust(content: Mapping[str, Any], source: str) -> tokenizers.Tokenizer:
    """Returns the Rust library's tokenizer of a `tokenizer.json`.

    Raises:
        CheckpointError: When the library cannot read it.
    """
    try:
        return tokenizers.Tokenizer.from_str(json.dumps(content))
    except Exception as error:  # the library raises no other class
        raise CheckpointError(
            f"Expected a tokenizer.json that the library tokenizers "
            f"{tokenizers.__version__} can read. Received: {source} ({error}). Copy "
            f"or download it again."
        ) from error


def _encoded(
    rust: tokenizers.Tokenizer, source: str, text: str, pair: str | None = None
) -> tokenizers.Encoding:
    try:
        return rust.encode(text, pair)
    except BaseException as error:  # what the library panics with is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise CheckpointError(
            f"Expected a post_processor that works. Received: {source}, whose own "
            f"makes the library tokenizers panic ({error}). {_CURE}"
        ) from error


def _special(name: str, segment: int = 0) -> dict[str, Any]:
    return {"SpecialToken": {"id": name, "type_id": segment}}


def _text(name: str, segment: int = 0) -> dict[str, Any]:
    return {"Sequence": {"id": name, "type_id": segment}}


def _shown(encoding: tokenizers.Encoding) -> str:
    parts = [
        f"[{token_id}]" if sequence is None else "text"
        for token_id, sequence in zip(encoding.ids, encoding.sequence_ids, strict=True)
    ]
    return f"`{' '.join(parts)}`"
