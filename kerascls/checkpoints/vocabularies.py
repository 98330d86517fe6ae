"""A checkpoint's vocabulary, and whether its texts are lower-cased."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import read_json
from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.vocabulary import load_vocab

CASED_SHARE = 0.01


def read_vocabulary(path: Path) -> dict[str, int]:
    """Returns token -> id of a `vocab.txt` or a WordPiece `tokenizer.json`.

    Raises:
        CheckpointError: When it cannot be read or is of another kind.
    """
    if path.suffix != ".json":
        return dict(load_vocab(path))
    model = _json_object(path).get("model", {})
    if model.get("type", "WordPiece") != "WordPiece" or "vocab" not in model:
        raise CheckpointError(
            f"Expected a WordPiece vocabulary. Received: {path} of type "
            f"{model.get('type')!r}. Other tokenizers are not supported."
        )
    return dict(model["vocab"])


def lower_casing(
    directory: Path, raw_config: Mapping[str, Any], tokens: Iterable[str]
) -> tuple[bool, str]:
    """Returns whether texts are lower-cased, and where that was found.

    Looked at in order: `do_lower_case` of tokenizer_config.json, of the
    configuration, the normalizer of tokenizer.json, and the vocabulary, which is
    taken as lower-cased when hardly any token has a capital letter.

    Raises:
        CheckpointError: When the files ask for a treatment of text we do not have.
    """
    tokenizer_config = _json_object(directory / "tokenizer_config.json")
    tokenizer = _json_object(directory / "tokenizer.json")
    normalizer = tokenizer.get("normalizer") or {}
    sources = (
        (tokenizer_config.get("do_lower_case"), "tokenizer_config.json"),
        (raw_config.get("do_lower_case"), "the configuration"),
        (normalizer.get("lowercase"), "tokenizer.json"),
    )
    for value, source in sources:
        if isinstance(value, bool):
            _refuse_other_tokenizers(tokenizer_config, directory, value)
            return value, f"from {source}"
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


def _json_object(path: Path) -> dict[str, Any]:
    content = read_json(path) if path.is_file() else {}
    return content if isinstance(content, dict) else {}
