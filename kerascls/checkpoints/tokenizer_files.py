"""A checkpoint's tokenizer: its files found and read, whatever their form."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import read_json
from kerascls.checkpoints.layouts import find_vocabulary, listing
from kerascls.checkpoints.tokenizer_agreement import (
    check_added_tokens,
    check_ends,
    check_treatment,
    notes_on_sentences,
    refuse_other_vocabulary,
)
from kerascls.checkpoints.tokenizer_classes import (
    TokenizerClass,
    class_of,
    short,
    stated_class,
    tokenizer_options,
)
from kerascls.checkpoints.tokenizer_conversions import (
    CONVERSIONS,
    Conversion,
    padding,
    token_name,
)
from kerascls.checkpoints.vocabularies import (
    lower_casing,
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
    path, their_ids, ends = directory / TOKENIZER_FILE, {}, []
    if path.is_file():
        content = require_form(read_json(path), str(path))
        if differs_from_bert(content) or _has_other_ends(content, path):
            return _general(path, content, raw_config)
        their_ids = token_ids_of(content, str(path))
        ends = _notes_on_no_ends(
            content, class_of(tokenizer_options(directory), raw_config)
        )
    elif (conversion := _conversion(directory, raw_config)) is not None:
        path = directory / conversion.files[0]
        converted = conversion.convert(directory, tokenizer_options(directory))
        content = require_form(converted, str(path))
        return _general(path, content, raw_config)
    path = find_vocabulary(directory)
    vocab = read_vocabulary(path)
    require_special_tokens(vocab, path)
    _refuse_other_ids(vocab, path, their_ids)
    options = tokenizer_options(directory)
    notes = [*ends, *notes_on_shifted_ids(path), *notes_on_repeats(path)]
    notes += refuse_other_vocabulary(vocab, path, options, raw_config)
    notes += check_added_tokens(directory, options, vocab)
    lower, source = lower_casing(directory, raw_config, vocab)
    notes.append(f"lower-cased text: {'yes' if lower else 'no'} ({source})")
    notes += notes_on_sentences(directory, lower)
    return FoundTokenizer(Tokenizer(vocab, do_lower_case=lower), path, tuple(notes))


def _has_other_ends(content: Mapping[str, Any], path: Path) -> bool:
    """Whether a WordPiece has other tokens around its texts than BERT's has."""
    template = sequence_template(content.get("post_processor"), str(path))
    ids = content["model"]["vocab"]
    usual = SequenceTemplate(
        cls_id=ids[CLS], sep_id=ids[SEP], separators=1, has_segments=True
    )
    return template not in (None, usual)


def _notes_on_no_ends(
    content: Mapping[str, Any], row: TokenizerClass | None
) -> list[str]:
    if row is None or row.separators or content.get("post_processor") is not None:
        return []
    return [
        f"special tokens {CLS} and {SEP}, as of BERT; {TOKENIZER_FILE} adds none, and "
        f"of its class transformers neither"
    ]


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
    options = tokenizer_options(directory)
    ids = token_ids_of(content, str(path))
    content, notes = _completed(content, ids, path, options, raw_config)
    tokenizer = RustTokenizer(content, str(path))
    lower, row = tokenizer.do_lower_case, class_of(options, raw_config)
    notes += check_treatment(content, lower, {**raw_config, **options}, row, path)
    notes += check_added_tokens(directory, options, ids)
    notes += [
        f"tokenizer: {tokenizer.kind}, {_example(tokenizer)}",
        f"lower-cased text: {'yes' if lower else 'no'} (from {path.name})",
        *notes_on_sentences(directory, lower),
    ]
    return FoundTokenizer(tokenizer, path, tuple(notes))


def _completed(
    content: dict[str, Any],
    ids: Mapping[str, int],
    path: Path,
    options: Mapping[str, Any],
    raw_config: Mapping[str, Any],
) -> tuple[dict[str, Any], list[str]]:
    """Returns a tokenizer that says its special tokens, as other files say them."""
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
    row = class_of(options, raw_config)
    template = sequence_template(content.get("post_processor"), str(path))
    if template is None:
        if row is None or not row.separators or not named.keys() >= {"cls", "sep"}:
            raise _no_ends(path, stated_class(options, raw_config), named)
        template = SequenceTemplate(
            cls_id=ids[named["cls"]],
            sep_id=ids[named["sep"]],
            separators=row.separators,
            has_segments=row.has_segments,
        )
        ends = named["cls"], named["sep"]
        content = {**content, "post_processor": template_processor(template, ends)}
        notes = [
            f"special tokens {ends[0]} and {ends[1]} from tokenizer_config.json; "
            f"{path.name} adds none"
        ]
    else:
        notes = check_ends(template, named, ids, row, path)
    tokens = {token_id: token for token, token_id in ids.items()}
    usual = {**raw_config, **options}.get("pad_token_id")
    pad_id = (content.get("padding") or {}).get("pad_id", usual)
    pad_id = ids[named["pad"]] if "pad" in named else pad_id
    if type(pad_id) is not int or pad_id not in tokens:
        raise _no_padding(path)
    return {**content, "padding": padding(tokens[pad_id], pad_id)}, notes


def _no_ends(
    path: Path, tokenizer_class: str | None, named: Mapping[str, str]
) -> CheckpointError:
    return CheckpointError(
        f"Expected a tokenizer that says which tokens stand before and behind a text. "
        f"Received: {path} without a post_processor, and beside it "
        f"{tokenizer_class=}, cls_token={named.get('cls')!r}, "
        f"sep_token={named.get('sep')!r}, with which transformers adds none. Copy the "
        f"checkpoint's own tokenizer.json, or state in tokenizer_config.json what the "
        f'model was trained with: "cls_token", "sep_token" and a "tokenizer_class", '
        f"which is BertTokenizer for one separator between two texts and "
        f"RobertaTokenizer for two."
    )


def _no_padding(path: Path) -> CheckpointError:
    return CheckpointError(
        f"Expected a tokenizer that says what texts are padded with. Received: {path}, "
        f"which does not, and neither do tokenizer_config.json and "
        f'special_tokens_map.json beside it. Add "pad_token" to tokenizer_config.json, '
        f"as the model was trained, or copy the checkpoint's own there."
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
    tokenizer_class = stated_class(tokenizer_options(directory), raw_config)
    model_type = raw_config.get("model_type")
    if tokenizer_class:
        found = CONVERSIONS.get(short(tokenizer_class))
    else:
        rows = CONVERSIONS.values()
        found = next((row for row in rows if model_type in row.model_types), None)
    if found in present:
        return found
    names = " and ".join(present[0].files)
    known = ", ".join(f"{name}Tokenizer" for name in CONVERSIONS)
    raise CheckpointError(
        f"Expected {names} of one of the classes {known}. Received: {directory}, whose "
        f"files name {tokenizer_class=}, {model_type=}; it holds "
        f"{listing(directory)}. Where transformers is installed, write its "
        f"tokenizer.json: AutoTokenizer.from_pretrained({str(directory)!r})"
        f".save_pretrained({str(directory)!r})."
    )
