"""A checkpoint's tokenizer: its files found and read, whatever their form."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import read_json
from kerascls.checkpoints.layouts import find_vocabulary, listing
from kerascls.checkpoints.tokenizer_conversions import (
    CONVERSIONS,
    Conversion,
    padding,
    token_name,
)
from kerascls.checkpoints.vocabularies import (
    lower_casing,
    notes_on_added_tokens,
    notes_on_repeats,
    notes_on_shifted_ids,
    read_vocabulary,
)
from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.special_tokens import (
    SequenceTemplate,
    sequence_template,
    template_processor,
)
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.preprocessing.tokenizers.tokenizer_form import require_form
from kerascls.preprocessing.tokenizers.tokenizer_json import (
    differs_from_bert,
    token_ids_of,
)
from kerascls.preprocessing.tokenizers.vocabulary import (
    CLS,
    SEP,
    require_special_tokens,
)
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

TOKENIZER_FILE = "tokenizer.json"


@dataclass(frozen=True)
class FoundTokenizer:
    """A tokenizer, the file that stands for it, and what is to be said of it."""

    tokenizer: TextTokenizer
    path: Path
    notes: tuple[str, ...]


def find_tokenizer(directory: Path, raw_config: Mapping[str, Any]) -> FoundTokenizer:
    """Returns the tokenizer of a checkpoint.

    It is the one of `tokenizer.json`, where there is one that is not BERT's own; else
    the WordPiece of a `vocab.txt`, of any other `*vocab*.txt` or of `tokenizer.json`;
    else the one that files of SentencePiece or byte-level BPE describe.

    Args:
        directory: Where the checkpoint lies.
        raw_config: Its configuration.

    Raises:
        CheckpointError: When there is none, it cannot be read, its special tokens
            cannot be told, or files contradict each other.
    """
    path, their_ids = directory / TOKENIZER_FILE, {}
    if path.is_file():
        content = require_form(read_json(path), str(path))
        if differs_from_bert(content) or _has_other_ends(content, path):
            return _general(path, content, raw_config)
        their_ids = token_ids_of(content, str(path))
    elif (conversion := _conversion(directory, raw_config)) is not None:
        path = directory / conversion.files[0]
        options = _options(directory)
        converted = conversion.convert(directory, options)
        content = require_form(converted, str(path))
        return _general(path, content, raw_config)
    path = find_vocabulary(directory)
    vocab = read_vocabulary(path)
    require_special_tokens(vocab, path)
    _refuse_other_ids(vocab, path, their_ids)
    lower, source = lower_casing(directory, raw_config, vocab)
    notes = [*notes_on_shifted_ids(path), *notes_on_repeats(path)]
    notes += [*notes_on_added_tokens(directory, vocab)]
    notes.append(f"lower-cased text: {'yes' if lower else 'no'} ({source})")
    return FoundTokenizer(Tokenizer(vocab, do_lower_case=lower), path, tuple(notes))


def _has_other_ends(content: Mapping[str, Any], path: Path) -> bool:
    """Whether a WordPiece has other tokens around its texts than BERT's has."""
    template = sequence_template(content.get("post_processor"), str(path))
    ids = content["model"]["vocab"]
    usual = SequenceTemplate(
        cls_id=ids[CLS], sep_id=ids[SEP], separators=1, has_segments=True
    )
    return template not in (None, usual)


def _refuse_other_ids(
    vocab: Mapping[str, int], path: Path, their_ids: Mapping[str, int]
) -> None:
    """Raises a CheckpointError where `tokenizer.json` has other ids."""
    other = (name for name in vocab if their_ids.get(name, vocab[name]) != vocab[name])
    if (name := next(other, None)) is not None:
        raise CheckpointError(
            f"Expected files that agree on the ids of tokens. Received: {path}, where "
            f"{name!r} is {vocab[name]}, and {TOKENIZER_FILE} beside it, where it is "
            f"{their_ids[name]}. Bring together the files of one checkpoint, or move "
            f"away the one that the model was not trained with."
        )


def _general(
    path: Path, content: dict[str, Any], raw_config: Mapping[str, Any]
) -> FoundTokenizer:
    directory = path.parent
    options = _options(directory)
    ids = token_ids_of(content, str(path))
    content, notes = _completed(content, ids, path, {**raw_config, **options})
    tokenizer = RustTokenizer(content, str(path))
    _refuse_other_case(tokenizer, path, {**raw_config, **options})
    notes += notes_on_added_tokens(directory, ids)
    lower = "yes" if tokenizer.do_lower_case else "no"
    notes += [
        f"tokenizer: {tokenizer.kind}, {_example(tokenizer)}",
        f"lower-cased text: {lower} (from {path.name})",
    ]
    return FoundTokenizer(tokenizer, path, tuple(notes))


def _completed(
    content: dict[str, Any],
    ids: Mapping[str, int],
    path: Path,
    options: Mapping[str, Any],
) -> tuple[dict[str, Any], list[str]]:
    """Returns a tokenizer that says its special tokens, as other files say them."""
    notes = []
    named = {
        role: name
        for role in ("cls", "sep", "pad")
        if (name := token_name(options.get(f"{role}_token"))) is not None
    }
    for role, name in named.items():
        if name not in ids:
            raise CheckpointError(
                f"Expected special tokens that are in the vocabulary. Received: "
                f"{role}_token={name!r} of {path.parent}, which {path.name} does not "
                f"have. Bring together the files of one checkpoint."
            )
    template = sequence_template(content.get("post_processor"), str(path))
    if template is None:
        if not named.keys() >= {"cls", "sep"}:
            raise _untold(path, "which tokens stand before and behind a text")
        template = SequenceTemplate(
            cls_id=ids[named["cls"]],
            sep_id=ids[named["sep"]],
            separators=1,
            has_segments=True,
        )
        ends = named["cls"], named["sep"]
        content = {**content, "post_processor": template_processor(template, ends)}
        notes.append(
            f"special tokens {ends[0]} and {ends[1]} from tokenizer_config.json; "
            f"{path.name} adds none"
        )
    tokens = {token_id: token for token, token_id in ids.items()}
    pad_id = (content.get("padding") or {}).get("pad_id", options.get("pad_token_id"))
    pad_id = ids[named["pad"]] if "pad" in named else pad_id
    if type(pad_id) is not int or pad_id not in tokens:
        raise _untold(path, "what texts are padded with")
    return {**content, "padding": padding(tokens[pad_id], pad_id)}, notes


def _untold(path: Path, what: str) -> CheckpointError:
    return CheckpointError(
        f"Expected a tokenizer that says {what}. Received: {path}, which does not, "
        f"and neither do tokenizer_config.json and special_tokens_map.json beside it. "
        f'Add "cls_token", "sep_token" and "pad_token" to tokenizer_config.json, as '
        f"the model was trained, or copy the checkpoint's own there."
    )


def _refuse_other_case(
    tokenizer: RustTokenizer, path: Path, options: Mapping[str, Any]
) -> None:
    stated = options.get("do_lower_case")
    if stated is not None and stated is not tokenizer.do_lower_case:
        does = "lower-cases" if tokenizer.do_lower_case else "does not lower-case"
        raise CheckpointError(
            f"Expected files that agree on lower-casing. Received: "
            f"do_lower_case={stated!r} in the configuration or tokenizer_config.json "
            f"of {path.parent}, while the normalizer of {path.name} {does} texts. "
            f"Remove do_lower_case, if the model was trained with {path.name}, or "
            f"copy the right files."
        )


def _example(tokenizer: TextTokenizer) -> str:
    cls, sep = tokenizer.token(tokenizer.cls_id), tokenizer.token(tokenizer.sep_id)
    between = " ".join([sep] * tokenizer.separators)
    return f"{cls} text {sep}, {cls} text {between} text {sep}"


def _conversion(directory: Path, raw_config: Mapping[str, Any]) -> Conversion | None:
    """Returns how the tokenizer files of a directory are read; None without any.

    Beside a `vocab.txt` they are of no use.

    Raises:
        CheckpointError: When nothing says whose files these are, or they are those of
            a tokenizer that is not read.
    """
    present = [
        row
        for row in CONVERSIONS.values()
        if all((directory / name).is_file() for name in row.files)
    ]
    if not present or any(directory.glob("*vocab*.txt")):
        return None
    options = _options(directory)
    stated = options.get("tokenizer_class") or raw_config.get("tokenizer_class")
    model_type = raw_config.get("model_type")
    if stated:
        name = str(stated).removesuffix("Fast").removesuffix("Tokenizer")
        found = CONVERSIONS.get(name)
    else:
        rows = CONVERSIONS.values()
        found = next((row for row in rows if model_type in row.model_types), None)
    if found in present:
        return found
    names = " and ".join(present[0].files)
    known = ", ".join(f"{name}Tokenizer" for name in CONVERSIONS)
    raise CheckpointError(
        f"Expected {names} of one of the classes {known}. Received: {directory}, whose "
        f"files name tokenizer_class={stated!r}, model_type={model_type!r}; it holds "
        f"{listing(directory)}. Where transformers is installed, write its "
        f"tokenizer.json: AutoTokenizer.from_pretrained({str(directory)!r})"
        f".save_pretrained({str(directory)!r})."
    )


def _options(directory: Path) -> dict[str, Any]:
    """Returns what is said of a tokenizer beside it; the later file has the word."""
    options: dict[str, Any] = {}
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        path = directory / name
        content = read_json(path) if path.is_file() else {}
        options |= content if isinstance(content, dict) else {}
    return options
