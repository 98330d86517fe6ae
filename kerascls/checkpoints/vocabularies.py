"""A checkpoint's vocabulary, and whether its texts are lower-cased."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import read_json
from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.checkpoints.tokenizer_classes import class_of, json_object
from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.tokenizer_form import require_form
from kerascls.preprocessing.tokenizers.tokenizer_json import token_ids_of
from kerascls.preprocessing.tokenizers.vocabulary import (
    begins_empty,
    load_vocab,
    repeated_tokens,
)

CASED_SHARE = 0.01


def read_vocabulary(path: Path) -> dict[str, int]:
    """Returns token -> id of a `vocab.txt` or of a `tokenizer.json` of BERT's kind.

    Raises:
        CheckpointError: When it cannot be read.
    """
    refuse_placeholder(path)
    if path.suffix != ".json":
        return dict(load_vocab(path))
    content = require_form(read_json(path), str(path))
    token_ids_of(content, str(path))  # which checks them
    return dict(content["model"]["vocab"])


def notes_on_shifted_ids(path: Path) -> list[str]:
    """Returns what is to be said of a `vocab.txt` whose first line is empty."""
    if path.suffix == ".json" or not begins_empty(path):
        return []
    return [
        f"the first line of {path.name} is empty, so the ids of its tokens begin with "
        f"1; if the checkpoint came without that line, all are off by one: delete it"
    ]


def notes_on_repeats(path: Path) -> list[str]:
    """Returns what is to be said of tokens that a `vocab.txt` has more than once."""
    repeated = repeated_tokens(path) if path.suffix != ".json" else {}
    if not repeated:
        return []
    token, lines = next(iter(repeated.items()))
    listed = f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
    return [
        f"tokens more than once in {path.name}: {len(repeated)}, such as {token!r} in "
        f"lines {listed}; the last line counts, as in Google's code"
    ]


def lower_casing(
    directory: Path, raw_config: Mapping[str, Any], tokens: Iterable[str]
) -> tuple[bool, str]:
    """Returns whether texts are lower-cased, and where that was found.

    Looked at in order: `do_lower_case` of tokenizer_config.json, of the
    configuration, the normalizer of tokenizer.json, and the vocabulary, which is
    taken as lower-cased when hardly any token has a capital letter. Of a class that
    does what tokenizer.json says, that comes first.

    Raises:
        CheckpointError: When the files ask for a treatment of text we do not have.
    """
    tokenizer_config = json_object(directory / "tokenizer_config.json")
    tokenizer = json_object(directory / "tokenizer.json")
    normalizer = _object(tokenizer, "normalizer", directory / "tokenizer.json")
    sources = [
        (tokenizer_config.get("do_lower_case"), "tokenizer_config.json"),
        (raw_config.get("do_lower_case"), "the configuration"),
        (normalizer.get("lowercase"), "tokenizer.json"),
    ]
    row = class_of(tokenizer_config, raw_config)
    if row is not None and not row.heeds:
        sources.reverse()
    stated = [(value, source) for value, source in sources if value is not None]
    for value, source in stated:
        if not isinstance(value, bool):
            raise CheckpointError(
                f"Expected lower-casing to be true or false. Received: {value!r} "
                f"from {source} of {directory}. Correct it."
            )
    if stated:
        lower, source = stated[0]
        _refuse_other_tokenizers(tokenizer_config, directory, lower)
        others = [name for value, name in stated if value is not lower]
        have = "has" if len(others) == 1 else "have"
        otherwise = f", not as {' and '.join(others)} {have} it" if others else ""
        return lower, f"from {source}{otherwise}"
    lower = _is_lower_cased(tokens)
    _refuse_other_tokenizers(tokenizer_config, directory, lower)
    kind = "hardly any" if lower else "many"
    return lower, f"inferred: {kind} tokens of the vocabulary have capital letters"


def _refuse_other_tokenizers(
    config: Mapping[str, Any], directory: Path, lower: bool
) -> None:
    supported = {"tokenize_chinese_chars": (None, True), "strip_accents": (None, lower)}
    for key, values in supported.items():
        if config.get(key) not in values:
            raise CheckpointError(
                f"Expected BERT's own treatment of text. Received: "
                f"{key}={config[key]!r} with do_lower_case={lower} in "
                f"{directory / 'tokenizer_config.json'}. This is not supported; "
                f"choose another checkpoint."
            )


def _is_lower_cased(tokens: Iterable[str]) -> bool:
    words = [token for token in tokens if re.search("[A-Za-z]", token)]
    words = [token for token in words if not re.fullmatch(r"[\[<].*[\]>]", token)]
    capitals = sum(token != token.lower() for token in words)
    return capitals <= CASED_SHARE * len(words)


def _object(content: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    value = content.get(key) or {}
    if not isinstance(value, dict):
        raise CheckpointError(
            f"Expected `{key}` to be an object. Received: {key}={value!r:.200} in "
            f"{path}. Copy or download it again."
        )
    return value
