"""The parts of a `tokenizer.json`: its model, its tokens, which of them are special."""

from collections.abc import Mapping
from typing import Any

from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.vocabulary import CLS, PAD, SEP, UNK

Content = Mapping[str, Any]


def model_kind(content: Content) -> str:
    """Returns what the model is called; old files do not say it."""
    model = content["model"]
    if isinstance(model.get("vocab"), list):
        return "Unigram"
    stated = model.get("type") or ("BPE" if "merges" in model else "WordPiece")
    return str(stated)


def token_ids_of(content: Content, source: str) -> dict[str, int]:
    """Returns token -> id of the model and of the tokens added to it.

    Raises:
        CheckpointError: When two tokens have one id, or one is no id.
    """
    vocab = content["model"]["vocab"]
    if isinstance(vocab, list):
        vocab = {token: index for index, (token, _) in enumerate(vocab)}
    added = {row["content"]: row["id"] for row in content.get("added_tokens") or []}
    token_ids: dict[str, int] = {**vocab, **added}
    wrong = [
        token for token, token_id in token_ids.items() if type(token_id) is not int
    ]
    values = token_ids.values()
    if not token_ids or wrong or len({*values}) < len(values) or min(values) < 0:
        raise CheckpointError(
            f"Expected each token to have an id of its own, a whole number from 0 on. "
            f"Received: {source}, where {wrong[0] if wrong else 'two'!r} have none. "
            f"Copy or download it again."
        )
    return token_ids


def unknown_token(content: Content) -> str | None:
    """Returns what stands for what the model does not know; None for nothing."""
    model = content["model"]
    vocab, unk_id = model["vocab"], model.get("unk_id")
    if isinstance(vocab, list):
        return vocab[unk_id][0] if unk_id is not None else None
    return model.get("unk_token")


def special_names(content: Content) -> dict[str, str]:
    """Returns special tokens and what no text can have in their place.

    White space ends a token that comes from a text, so none has any inside, and least
    of all beside a NUL.
    """
    rows = content.get("added_tokens") or []
    names = [row["content"] for row in rows if row.get("special")]
    unknown = unknown_token(content)
    names += [unknown] if unknown else []
    return {name: f" \0{name}" for name in names}


def for_texts(content: Content) -> dict[str, Any]:
    """Returns a tokenizer of the same ids that adds no special token and finds none.

    A model finds its special tokens in texts where they are pieces of its vocabulary
    as any other, as in Unigram's: so they get names that do not occur.
    """
    renamed = special_names(content)
    model = dict(content["model"])
    if isinstance(model["vocab"], list):
        model["vocab"] = [
            [renamed.get(token, token), score] for token, score in model["vocab"]
        ]
    else:
        model["vocab"] = {
            renamed.get(token, token): token_id
            for token, token_id in model["vocab"].items()
        }
        if model.get("unk_token"):
            model["unk_token"] = renamed[model["unk_token"]]
    if "merges" in model:
        model["merges"] = [
            merge for merge in model["merges"] if not renamed.keys() & {*parts(merge)}
        ]
    added = [
        {**row, "content": renamed.get(row["content"], row["content"])}
        for row in content.get("added_tokens") or []
    ]
    return {
        **content,
        "model": model,
        "added_tokens": added,
        "post_processor": None,
        "padding": None,
        "truncation": None,
    }


def parts(merge: Any, prefix: str = "") -> tuple[str, str, str]:
    """Returns the two tokens of a merge, in either of its forms, and what they make."""
    first, second = merge.split(" ") if isinstance(merge, str) else merge
    return first, second, first + second.removeprefix(prefix)


def differs_from_bert(content: Content) -> str | None:
    """Returns what makes a tokenizer another than BERT's; None for BERT's own.

    BERT's own may lower-case or not. What the file does not say is as in BERT.
    """
    if (kind := model_kind(content)) != "WordPiece":
        return f"a {kind} model"
    model = content["model"]
    for key, usual in _BERT_MODEL.items():
        if model.get(key, usual) != usual:
            return f"{key}={model[key]!r}"
    normalizer = content.get("normalizer", {})
    if normalizer != {}:
        lower = (normalizer or {}).get("lowercase")
        usual = {**_BERT_NORMALIZER, "lowercase": lower}
        accents = (normalizer or {}).get("strip_accents")
        if type(lower) is not bool or accents not in (None, lower):
            return "its normalizer"
        if {**usual, **normalizer, "strip_accents": None} != usual:
            return "its normalizer"
    if content.get("pre_tokenizer", _BERT_SPLITTER) != _BERT_SPLITTER:
        return "its pre_tokenizer"
    rows = content.get("added_tokens") or []
    plain = [row["content"] for row in rows if not row.get("special")]
    if plain:
        return f"the added token {plain[0]!r}"
    missing = [name for name in (PAD, UNK, CLS, SEP) if name not in model["vocab"]]
    if missing:
        return f"no {missing[0]}"
    return None


_BERT_MODEL = {
    "unk_token": UNK,
    "continuing_subword_prefix": "##",
    "max_input_chars_per_word": 100,
}
_BERT_NORMALIZER = {
    "type": "BertNormalizer",
    "clean_text": True,
    "handle_chinese_chars": True,
    "strip_accents": None,
}
_BERT_SPLITTER = {"type": "BertPreTokenizer"}
