"""Tokenizers as `transformers` reads them; `tokenizer_files` reads them too."""

from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import read_json
from kerascls.checkpoints.tokenizer_conversions import added_tokens
from kerascls.checkpoints.tokenizer_files import TOKENIZER_FILE
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES
from kerascls.preprocessing.tokenizers.special_tokens import (
    SequenceTemplate,
    template_processor,
)
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.preprocessing.tokenizers.vocabulary import (
    CLS,
    MASK,
    PAD,
    SEP,
    UNK,
    load_vocab,
)
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.system.files import write_json

OPTIONS_FILE = "tokenizer_config.json"


def write_tokenizer(
    tokenizer: TextTokenizer,
    config: EncoderConfig,
    folder: Path,
    max_tokens: int | None = None,
) -> None:
    """Writes `tokenizer.json`, `tokenizer_config.json` and, of WordPiece, `vocab.txt`.

    Args:
        tokenizer: The tokenizer.
        config: The encoder that goes with it.
        folder: Where to.
        max_tokens: Longest text that is meant; by default the encoder's positions.
    """
    path = folder / TOKENIZER_FILE
    options: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast"}
    if isinstance(tokenizer, Tokenizer):
        write_json(path, wordpiece_content(tokenizer))
        write_vocabulary(tokenizer, folder)
        # Of itself transformers looks for SentencePiece where the encoder is ALBERT.
        options["tokenizer_class"] = "BertTokenizer"
        options["do_lower_case"] = tokenizer.do_lower_case
    else:
        tokenizer.save(path)
    names = {"cls": tokenizer.cls_id, "sep": tokenizer.sep_id, "pad": tokenizer.pad_id}
    names["unk"] = tokenizer.unk_id
    options |= {
        f"{role}_token": tokenizer.token(token_id)
        for role, token_id in names.items()
        if token_id >= 0
    }
    special = [row["content"] for row in read_json(path)["added_tokens"]]
    if masks := [name for name in special if "mask" in name.lower()]:
        options["mask_token"] = masks[0]
    inputs = ["input_ids", "token_type_ids", "attention_mask"]
    if FAMILIES[config.family].pairs_by_separator:
        inputs.remove("token_type_ids")
    options["model_max_length"] = max_tokens or config.max_positions
    options["model_input_names"] = inputs
    write_json(folder / OPTIONS_FILE, options)


def write_vocabulary(tokenizer: Tokenizer, folder: Path) -> bool:
    """Writes `vocab.txt`, unless a token of white space could not be read from it."""
    path = folder / Tokenizer.file_name
    tokenizer.save(path)
    is_whole = load_vocab(path) == tokenizer.vocab
    if not is_whole:
        path.unlink()
    return is_whole


def wordpiece_content(tokenizer: Tokenizer) -> dict[str, Any]:
    """Returns BERT's tokenizer as a `tokenizer.json`."""
    ids = dict(sorted(tokenizer.vocab.items(), key=lambda pair: pair[1]))
    names = [name for name in (PAD, UNK, CLS, SEP, MASK) if name in ids]
    template = SequenceTemplate(
        cls_id=ids[CLS], sep_id=ids[SEP], separators=1, has_segments=True
    )
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added_tokens(names, ids),
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": tokenizer.do_lower_case,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": template_processor(template, (CLS, SEP)),
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": UNK,
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    }
