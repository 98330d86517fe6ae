"""Whether the files beside a tokenizer agree with it, and what nobody heeds."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kerascls.checkpoints.tokenizer_classes import (
    CLASSES,
    WITH_DICTIONARY,
    TokenizerClass,
    json_object,
    short,
    stated_class,
)
from kerascls.checkpoints.tokenizer_conversions import token_name
from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.special_tokens import SequenceTemplate
from kerascls.preprocessing.tokenizers.tokenizer_json import model_kind
from kerascls.preprocessing.tokenizers.vocabulary import CLS, PAD, SEP, UNK

SENTENCE_FILE = "sentence_bert_config.json"


def check_ends(
    template: SequenceTemplate,
    named: Mapping[str, str],
    ids: Mapping[str, int],
    row: TokenizerClass | None,
    path: Path,
) -> list[str]:
    """Compares the special tokens around texts with those that other files name.

    Args:
        template: What the tokenizer puts there.
        named: What is named beside it, by role.
        ids: Of its tokens.
        row: Its class.
        path: Of its file.

    Returns:
        What is to be said.

    Raises:
        CheckpointError: When they are others, and its class puts those there.
    """
    notes = []
    for role, own in (("cls", template.cls_id), ("sep", template.sep_id)):
        if role in named and ids[named[role]] != own:
            if row is None or not row.separators:
                notes.append(
                    f"{role}_token={named[role]!r} is not heeded: {path.name} puts "
                    f"{own} there"
                )
                continue
            raise CheckpointError(
                f"Expected files that agree on special tokens. Received: "
                f"{role}_token={named[role]!r} of {path.parent}, whose id is "
                f"{ids[named[role]]}, while {path.name} puts {own} there. Correct "
                f"{role}_token in tokenizer_config.json, if the model was trained "
                f"with {path.name}, or copy the right files."
            )
    other = row.separators if row else 0
    if other not in (0, template.separators):
        notes.append(
            f"separators between two texts: {template.separators}, as {path.name} "
            f"says; transformers 5 puts {other} there by its class"
        )
    return notes


def check_treatment(
    content: Mapping[str, Any],
    lower: bool,
    options: Mapping[str, Any],
    row: TokenizerClass | None,
    path: Path,
) -> list[str]:
    """Compares what options ask for with what a `tokenizer.json` does to texts.

    Args:
        content: Of the file.
        lower: Whether it lower-cases texts.
        options: What is said beside it.
        row: Its class; an unknown one is taken as BERT's.
        path: Of the file.

    Returns:
        What is to be said of options that no library heeds.

    Raises:
        CheckpointError: When one that its class heeds asks for something else.
    """
    row = row or CLASSES["Bert"]
    heeded = row.heeds if row.kind == model_kind(content) else ()
    notes = []
    for key, does in _treatment(content, lower).items():
        stated = options.get(key)
        if stated is None or does is None or stated is does:
            continue
        if key in heeded:
            raise CheckpointError(
                f"Expected files that agree on how texts are cut. Received: "
                f"{key}={stated!r} in the configuration or tokenizer_config.json of "
                f"{path.parent}, while {path.name} has {key}={does}. Remove {key}, if "
                f"the model was trained with {path.name}, or copy the right files."
            )
        if key == "do_lower_case":
            notes.append(f"{key}={stated!r} is not heeded: {path.name} says {does}")
    return notes


def refuse_other_vocabulary(
    vocab: Mapping[str, int],
    path: Path,
    options: Mapping[str, Any],
    raw_config: Mapping[str, Any],
) -> list[str]:
    """Compares what is said of a `vocab.txt` with how BERT reads it.

    Returns:
        What is to be said of its class.

    Raises:
        CheckpointError: When it is of a tokenizer that cuts words otherwise, or with
            other special tokens.
    """
    usual = {"cls": CLS, "sep": SEP, "pad": PAD, "unk": UNK}
    for role, own in usual.items():
        name = token_name(options.get(f"{role}_token"))
        if name not in (None, own):
            raise CheckpointError(
                f"Expected BERT's special tokens beside a vocabulary of WordPiece. "
                f"Received: {role}_token={name!r} of {path.parent}, not {own!r}, which "
                f"{path.name} has as well. Correct it in tokenizer_config.json, or "
                f"write its tokenizer.json with transformers: AutoTokenizer."
                f"from_pretrained({str(path.parent)!r}).save_pretrained("
                f"{str(path.parent)!r})."
            )
    name = stated_class(options, raw_config)
    if name is None or short(name) in CLASSES:
        return []
    if short(name) in WITH_DICTIONARY:
        raise CheckpointError(
            f"Expected BERT's way to cut texts into words. Received: "
            f"tokenizer_class={name!r} of {path.parent}, which cuts them with a "
            f"dictionary. This is not supported; choose another checkpoint."
        )
    return [f"read as BERT's tokenizer, though its class is called {name}"]


def check_added_tokens(
    directory: Path, options: Mapping[str, Any], ids: Mapping[str, int]
) -> list[str]:
    """Compares tokens that are listed beside a tokenizer with those it has.

    Returns:
        What is to be said of those it has not.

    Raises:
        CheckpointError: When one has another id there.
    """
    notes = []
    file = "tokenizer_config.json"
    for source, listed in (
        ("added_tokens.json", json_object(directory / "added_tokens.json")),
        (f"added_tokens_decoder of {file}", dict(_decoder(options))),
    ):
        for token, token_id in listed.items():
            if token in ids and ids[token] != token_id:
                raise CheckpointError(
                    f"Expected files that agree on the ids of tokens. Received: "
                    f"{directory}, where {token!r} is {ids[token]}, and in {source} "
                    f"{token_id!r}. Bring together the files of one checkpoint."
                )
        if unused := [token for token in listed if token not in ids]:
            shown = ", ".join(unused[:3])
            notes.append(f"{source} is not read: {len(unused)} tokens, such as {shown}")
    return notes


def notes_on_sentences(directory: Path, lower: bool) -> list[str]:
    """Returns what is to be said where sentence-transformers lower-cases texts."""
    stated = json_object(directory / SENTENCE_FILE).get("do_lower_case")
    if lower or not stated:
        return []
    return [
        f"do_lower_case={stated!r} of {SENTENCE_FILE} is not heeded: lower-case texts "
        f"yourself, if the model was trained so"
    ]


def _decoder(options: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    rows = options.get("added_tokens_decoder")
    for token_id, row in rows.items() if isinstance(rows, Mapping) else ():
        token = token_name(row)
        if token is not None and str(token_id).isdecimal():
            yield token, int(token_id)


def _treatment(content: Mapping[str, Any], lower: bool) -> dict[str, Any]:
    does: dict[str, Any] = {"do_lower_case": lower}
    normalizer = content.get("normalizer") or {}
    if normalizer.get("type") == "BertNormalizer":
        accents = normalizer.get("strip_accents")
        does["strip_accents"] = lower if accents is None else accents
        does["tokenize_chinese_chars"] = normalizer.get("handle_chinese_chars", True)
    steps = _steps(content.get("pre_tokenizer"))
    byte_level = next((step for step in steps if step.get("type") == "ByteLevel"), None)
    if byte_level is not None:
        does["add_prefix_space"] = byte_level.get("add_prefix_space", True)
    return does


def _steps(step: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(step, Mapping):
        yield step
        inner = step.get("pretokenizers")
        for one in inner if isinstance(inner, list) else ():
            yield from _steps(one)
