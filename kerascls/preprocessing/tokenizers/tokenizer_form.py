"""Whether what stands in a `tokenizer.json` has the form of one."""

from collections.abc import Mapping
from typing import Any

from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.charsmap import charsmaps, is_charsmap

_OBJECT = (dict, type(None))


def require_form(content: Any, source: str) -> dict[str, Any]:
    """Returns the content of a `tokenizer.json`, as far as we look at it ourselves.

    What the Rust library alone looks at, it checks itself.

    Raises:
        CheckpointError: When something is of another kind than there must be.
    """
    wrong = _what_is_wrong(content)
    if wrong is not None:
        raise CheckpointError(
            f"Expected a tokenizer.json with a model, its vocabulary and added tokens. "
            f"Received: {source}, where {wrong}. Copy or download it again."
        )
    return dict(content)


def _what_is_wrong(content: Any) -> str | None:
    if not isinstance(content, dict) or not isinstance(content.get("model"), dict):
        return "no `model` is"
    for key in ("normalizer", "pre_tokenizer", "post_processor", "padding"):
        if not isinstance(content.get(key), _OBJECT):
            return f"`{key}` is no object"
    if not all(map(is_charsmap, charsmaps(content.get("normalizer")))):
        return "the `precompiled_charsmap` is damaged"
    rows = content.get("added_tokens")
    if not isinstance(rows, list | None) or not all(map(_is_added, rows or [])):
        return "`added_tokens` are no list of tokens with `content` and `id`"
    model = content["model"]
    return _what_is_wrong_with_model(model) or _what_is_wrong_with_unknown(model)


def _what_is_wrong_with_model(model: Mapping[str, Any]) -> str | None:
    vocab = model.get("vocab")
    if isinstance(vocab, list):
        if not vocab or not all(map(_is_scored, vocab)):
            return "the vocabulary is no list of tokens with scores"
    elif not isinstance(vocab, dict):
        return "the model has no vocabulary"
    merges = model.get("merges")
    if not isinstance(merges, list | None) or not all(map(_is_merge, merges or [])):
        return "`merges` are no list of pairs of tokens"
    for key in ("continuing_subword_prefix", "end_of_word_suffix", "type"):
        if not isinstance(model.get(key), str | None):
            return f"`{key}` of the model is no text"
    return None


def _what_is_wrong_with_unknown(model: Mapping[str, Any]) -> str | None:
    vocab, unk_id, token = model["vocab"], model.get("unk_id"), model.get("unk_token")
    if isinstance(vocab, list):
        known = type(unk_id) is int and 0 <= unk_id < len(vocab)
        return None if known or unk_id is None else f"no token has the unk_id {unk_id}"
    if token is None or (isinstance(token, str) and token in vocab):
        return None
    return f"the unk_token {token!r} is not in the vocabulary"


def _is_added(row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    return isinstance(row.get("content"), str) and type(row.get("id")) is int


def _is_scored(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 2
        and isinstance(row[0], str)
        and isinstance(row[1], float | int)
    )


def _is_merge(merge: Any) -> bool:
    pair = merge.split(" ") if isinstance(merge, str) else merge
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    return all(isinstance(token, str) for token in pair)
