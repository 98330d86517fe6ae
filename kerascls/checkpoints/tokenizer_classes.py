"""The classes that transformers has for tokenizers: what each does beside its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import read_json
from kerascls.checkpoints.tokenizer_conversions import token_name
from kerascls.errors import CheckpointError

OPTION_FILES = ("special_tokens_map.json", "tokenizer_config.json")


@dataclass(frozen=True, kw_only=True)
class TokenizerClass:
    """What a class of tokenizers does whatever its `tokenizer.json` says.

    Args:
        kind: The model of its files.
        heeds: Options that change how it cuts texts, where the model is of that kind.
        separators: How many separators it puts between two texts; 0 where that, and
            which special tokens there are, is up to the file.
        has_segments: Whether the second text is segment 1.
        model_types: Configurations that have it where no class is named.
    """

    kind: str = ""
    heeds: tuple[str, ...] = ()
    separators: int = 1
    has_segments: bool = True
    model_types: tuple[str, ...] = ()


_BERT: dict[str, Any] = {
    "kind": "WordPiece",
    "heeds": ("do_lower_case", "strip_accents", "tokenize_chinese_chars"),
}
_ROBERTA: dict[str, Any] = {"separators": 2, "has_segments": False}
# By their names without "Tokenizer" and "Fast".
CLASSES = {
    "PreTrained": TokenizerClass(separators=0),
    "TokenizersBackend": TokenizerClass(separators=0, model_types=("modernbert",)),
    "Bert": TokenizerClass(**_BERT, model_types=("bert", "ernie")),
    "DistilBert": TokenizerClass(**_BERT, model_types=("distilbert",)),
    "Electra": TokenizerClass(**_BERT, model_types=("electra",)),
    "Albert": TokenizerClass(
        kind="Unigram", heeds=("do_lower_case",), model_types=("albert",)
    ),
    "Roberta": TokenizerClass(
        kind="BPE", heeds=("add_prefix_space",), model_types=("roberta",), **_ROBERTA
    ),
    "XLMRoberta": TokenizerClass(
        kind="Unigram", model_types=("xlm-roberta",), **_ROBERTA
    ),
    "Camembert": TokenizerClass(kind="Unigram", model_types=("camembert",), **_ROBERTA),
}
# They cut texts into words beforehand, with dictionaries that no file of theirs holds.
WITH_DICTIONARY = ("BertJapanese", "RoFormer")


def stated_class(
    options: Mapping[str, Any], raw_config: Mapping[str, Any]
) -> str | None:
    """Returns the class that the files name, if they do."""
    stated = options.get("tokenizer_class") or raw_config.get("tokenizer_class")
    return str(stated) if stated else None


def short(name: str) -> str:
    """Returns what a class is called here, as in "Bert" of BertTokenizerFast."""
    return name.removesuffix("Fast").removesuffix("Tokenizer")


def class_of(
    options: Mapping[str, Any], raw_config: Mapping[str, Any]
) -> TokenizerClass | None:
    """Returns the class that is named, or that of the model; None for an unknown one.

    Args:
        options: As of `tokenizer_options`.
        raw_config: The configuration of the model.
    """
    if stated := stated_class(options, raw_config):
        return CLASSES.get(short(stated))
    model_type = raw_config.get("model_type")
    rows = CLASSES.values()
    return next((row for row in rows if model_type in row.model_types), None)


def tokenizer_options(directory: Path) -> dict[str, Any]:
    """Returns what is said of a tokenizer beside it.

    Raises:
        CheckpointError: When two files name different special tokens.
    """
    contents = [json_object(directory / name) for name in OPTION_FILES]
    for key in ("cls_token", "sep_token", "pad_token", "unk_token"):
        names = [token_name(content.get(key)) for content in contents]
        if None not in names and len({*names}) > 1:
            said = " and ".join(
                f"{key}={name!r} in {file}"
                for name, file in zip(names, OPTION_FILES, strict=True)
            )
            raise CheckpointError(
                f"Expected files that agree on special tokens. Received: {directory} "
                f"with {said}. Correct the one that the model was not trained with."
            )
    return contents[0] | contents[1]


def json_object(path: Path) -> dict[str, Any]:
    """Returns what stands in a file; nothing where there is none, or no object."""
    content = read_json(path) if path.is_file() else {}
    return content if isinstance(content, dict) else {}
