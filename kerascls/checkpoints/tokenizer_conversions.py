"""Tokenizers in their own files, put into the form of a `tokenizer.json`."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import read_json
from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.checkpoints.sentencepiece_model import Piece, read_sentencepiece
from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.special_tokens import (
    SequenceTemplate,
    template_processor,
)

Content = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """How the files of one class of tokenizers become a `tokenizer.json`.

    Args:
        files: What they are called; the first one stands for all.
        convert: From their directory, and what tokenizer_config.json says, to the
            content of a `tokenizer.json`.
        model_types: Configurations that have this tokenizer where no class is named.
    """

    files: tuple[str, ...]
    convert: Callable[[Path, Mapping[str, Any]], Content]
    model_types: tuple[str, ...]


def xlm_roberta(directory: Path, options: Mapping[str, Any]) -> Content:
    """Returns XLM-R's tokenizer.

    Its ids are not those of its SentencePiece model: four special tokens come first,
    and `<mask>` last, as fairseq had them.
    """
    model = read_sentencepiece(directory / XLM_ROBERTA.files[0])
    names = _names(options, cls="<s>", pad="<pad>", sep="</s>", unk="<unk>")
    mask = _names(options, mask="<mask>")
    vocab = [*((name, 0.0) for name in names), *_scores(model.pieces[3:])]
    vocab += [(name, 0.0) for name in mask]
    charsmap = _charsmap(model.charsmap)
    return _unigram(
        vocab,
        unk_id=3,
        special=[*names, *mask],
        normalizer=charsmap[0] if charsmap else None,
        template=SequenceTemplate(cls_id=0, sep_id=2, separators=2, has_segments=False),
        pad_id=1,
    )


def albert(directory: Path, options: Mapping[str, Any]) -> Content:
    """Returns the tokenizer of the English ALBERT.

    A number with a comma behind it is two tokens there, whatever the model has.
    """
    model = read_sentencepiece(directory / ALBERT.files[0])
    names = _names(
        options, pad="<pad>", unk="<unk>", cls="[CLS]", sep="[SEP]", mask="[MASK]"
    )
    ids = _ids(
        [piece.name for piece in model.pieces], names, directory / "spiece.model"
    )
    steps: list[Content] = [_replaced("``", '"'), _replaced("''", '"')]
    if not options.get("keep_accents", False):
        steps += [{"type": "NFKD"}, {"type": "StripAccents"}]
    if options.get("do_lower_case", True):
        steps.append({"type": "Lowercase"})
    steps += _charsmap(model.charsmap)
    pad_id, unk_id, cls_id, sep_id, _ = ids
    return _unigram(
        _scores(model.pieces),
        unk_id=unk_id,
        special=names,
        normalizer={"type": "Sequence", "normalizers": steps},
        template=SequenceTemplate(
            cls_id=cls_id, sep_id=sep_id, separators=1, has_segments=True
        ),
        pad_id=pad_id,
    )


def roberta(directory: Path, options: Mapping[str, Any]) -> Content:
    """Returns the byte-level BPE tokenizer of RoBERTa and of what has its files.

    Raises:
        CheckpointError: When a file cannot be read, or lacks a special token.
    """
    vocab_path, merges_path = (directory / name for name in ROBERTA.files)
    vocab = read_json(vocab_path)
    if not isinstance(vocab, dict):
        raise CheckpointError(
            f"Expected an object of tokens and ids. Received: {vocab_path}, a "
            f"{type(vocab).__name__}. Copy or download it again."
        )
    names = _names(
        options, cls="<s>", pad="<pad>", sep="</s>", unk="<unk>", mask="<mask>"
    )
    cls_id, pad_id, sep_id, _, _ = _ids(vocab, names, vocab_path)
    prefix = bool(options.get("add_prefix_space", False))
    byte_level = {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True}
    template = SequenceTemplate(
        cls_id=cls_id, sep_id=sep_id, separators=2, has_segments=False
    )
    return {
        "version": "1.0",
        "added_tokens": added_tokens(names, vocab),
        "normalizer": None,
        "pre_tokenizer": {**byte_level, "use_regex": True},
        "post_processor": template_processor(template, (names[0], names[2])),
        "padding": padding(names[1], pad_id),
        "truncation": None,
        "decoder": {**byte_level, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": vocab,
            "merges": _read_merges(merges_path),
        },
    }


XLM_ROBERTA = Conversion(
    files=("sentencepiece.bpe.model",),
    convert=xlm_roberta,
    model_types=("xlm-roberta", "xlm-roberta-xl"),
)
ALBERT = Conversion(files=("spiece.model",), convert=albert, model_types=("albert",))
ROBERTA = Conversion(
    files=("vocab.json", "merges.txt"), convert=roberta, model_types=("roberta",)
)
# By the class that transformers has for such a tokenizer, without its ending.
CONVERSIONS = {"XLMRoberta": XLM_ROBERTA, "Albert": ALBERT, "Roberta": ROBERTA}


def padding(name: str, pad_id: int) -> Content:
    """Returns how a `tokenizer.json` says what texts are padded with."""
    return {
        "strategy": "BatchLongest",
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": pad_id,
        "pad_type_id": 0,
        "pad_token": name,
    }


def token_name(value: Any) -> str | None:
    """Returns the token that a configuration names, alone or with its properties."""
    if isinstance(value, Mapping):
        value = value.get("content")
    return value if isinstance(value, str) else None


def _unigram(
    vocab: Sequence[tuple[str, float]],
    *,
    unk_id: int,
    special: Sequence[str],
    normalizer: Content | None,
    template: SequenceTemplate,
    pad_id: int,
) -> Content:
    ids = {name: index for index, (name, _) in enumerate(vocab)}
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}
    ends = vocab[template.cls_id][0], vocab[template.sep_id][0]
    return {
        "version": "1.0",
        "added_tokens": added_tokens(special, ids),
        "normalizer": normalizer,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {**metaspace, "split": True},
            ],
        },
        "post_processor": template_processor(template, ends),
        "padding": padding(vocab[pad_id][0], pad_id),
        "truncation": None,
        "decoder": {**metaspace, "split": True},
        "model": {
            "type": "Unigram",
            "unk_id": unk_id,
            "byte_fallback": False,
            "vocab": [list(pair) for pair in vocab],
        },
    }


def _names(options: Mapping[str, Any], **usual: str) -> list[str]:
    return [
        token_name(options.get(f"{role}_token")) or name for role, name in usual.items()
    ]


def _scores(pieces: Sequence[Piece]) -> list[tuple[str, float]]:
    return [(piece.name, piece.score) for piece in pieces]


def _charsmap(table: bytes) -> list[Content]:
    if not table:
        return []
    text = base64.b64encode(table).decode("ascii")
    return [{"type": "Precompiled", "precompiled_charsmap": text}]


def _replaced(old: str, new: str) -> Content:
    return {"type": "Replace", "pattern": {"String": old}, "content": new}


def added_tokens(names: Sequence[str], ids: Mapping[str, int]) -> list[Content]:
    """Returns how a `tokenizer.json` names its special tokens."""
    usual = {"single_word": False, "lstrip": False, "rstrip": False}
    usual |= {"normalized": False, "special": True}
    rows = [
        {"id": ids[name], "content": name, **usual} for name in dict.fromkeys(names)
    ]
    return sorted(rows, key=lambda row: row["id"])


def _ids(
    tokens: Sequence[str] | Mapping[str, int], names: Sequence[str], path: Path
) -> list[int]:
    ids = tokens
    if not isinstance(ids, Mapping):
        ids = {token: index for index, token in enumerate(tokens)}
    missing = [name for name in names if name not in ids]
    if missing:
        raise CheckpointError(
            f"Expected the special tokens {', '.join(names)} in a vocabulary. "
            f"Received: {path} without {', '.join(missing)}. Bring together the files "
            f"of one checkpoint; other names are stated in tokenizer_config.json."
        )
    return [ids[name] for name in names]


def _read_merges(path: Path) -> list[list[str]]:
    refuse_placeholder(path)
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(
            f"Expected merges of a BPE tokenizer, in UTF-8. Received: {path} "
            f"({error}). Copy or download it again."
        ) from error
    merges = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or (number == 1 and re.match("#version", line)):
            continue
        if len(pair := line.split()) != 2:
            raise CheckpointError(
                f"Expected two tokens in each line. Received: {path}:{number}: "
                f"{line!r:.100}. Copy or download it again."
            )
        merges.append(pair)
    return merges
