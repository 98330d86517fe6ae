"""A `tokenizer.json` of fewer tokens, and which tokens the others cannot do without."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.tokenizer_json import Content, model_kind, parts

_BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def needed_tokens(content: Content, used: np.ndarray) -> np.ndarray:
    """Returns which tokens must stay where those that are used stay.

    Kept are added tokens; of every character that a longer token has, the token of
    that character alone; and what else the model needs to find the same tokens:

    - Unigram chooses the likeliest of all ways to cut a text. Without tokens that it
      does not choose, the choice is the same. But what is unknown costs 10 more than
      the unlikeliest token of all: that one stays.
    - BPE makes a token of two others, the earliest merge first. The merges that lead
      to a used token stay, and with them what they merge; among fewer merges the
      earliest that applied is still the earliest.
    - WordPiece takes the longest token that fits; the same without longer ones that
      did not.

    Args:
        content: The tokenizer.
        used: bool `(vocab_size,)`.

    Returns:
        bool `(vocab_size,)`.
    """
    model, kind = content["model"], model_kind(content)
    vocab = model["vocab"]
    if isinstance(vocab, list):
        token_ids = {token: index for index, (token, _) in enumerate(vocab)}
    else:
        token_ids = vocab
    prefix = model.get("continuing_subword_prefix") or ""
    added = {row["content"]: row["id"] for row in content.get("added_tokens") or []}
    needed = np.zeros(len(used), bool)
    needed[[*added.values()]] = True
    if kind != "WordLevel":
        suffix = model.get("end_of_word_suffix") or ""
        spelling = _spelling(token_ids.keys() - added.keys(), prefix, suffix)
        names = spelling | ({*_BYTES} if model.get("byte_fallback") else set())
        needed[[token_ids[name] for name in names & token_ids.keys()]] = True
    if kind == "Unigram":
        needed[int(np.argmin([score for _, score in vocab]))] = True
    if kind == "BPE":
        needed |= _parts_of(model["merges"], token_ids, prefix, used)
    return needed


def renumbered(content: Content, keep_tokens: Sequence[int]) -> dict[str, Any]:
    """Returns the tokenizer of these tokens alone; their places are the new ids.

    Raises:
        SettingsError: When a special token is not among them, or a token added to a
            Unigram model comes before one of the model's own.
    """
    new_ids = {int(old): new for new, old in enumerate(keep_tokens)}
    model = dict(content["model"])
    vocab = model["vocab"]
    if isinstance(vocab, list):
        inside = [old < len(vocab) for old in new_ids]
        if sorted(inside, reverse=True) != inside:
            raise SettingsError(
                "Expected tokens that were added to a vocabulary to stay behind its "
                "own. Received: keep_tokens in another order. Sort them."
            )
        model["vocab"] = [vocab[old] for old in new_ids if old < len(vocab)]
        if model.get("unk_id") is not None:
            model["unk_id"] = _new_id(new_ids, model["unk_id"])
    else:
        model["vocab"] = {
            token: new_ids[old] for token, old in vocab.items() if old in new_ids
        }
        if model.get("unk_token"):
            _new_id(new_ids, vocab[model["unk_token"]])
    if "merges" in model:
        prefix = model.get("continuing_subword_prefix") or ""
        known = model["vocab"].keys()
        model["merges"] = [
            merge for merge in model["merges"] if {*parts(merge, prefix)} <= known
        ]
    changed = {**content, "model": model}
    changed["added_tokens"] = [
        {**row, "id": new_ids[row["id"]]}
        for row in sorted(
            content.get("added_tokens") or [],
            key=lambda row: new_ids.get(row["id"], -1),
        )
        if row["id"] in new_ids
    ]
    changed["post_processor"] = _processor(content.get("post_processor"), new_ids)
    if content.get("padding"):
        pad_id = _new_id(new_ids, content["padding"]["pad_id"])
        changed["padding"] = {**content["padding"], "pad_id": pad_id}
    return changed


def _spelling(tokens: Iterable[str], prefix: str, suffix: str) -> set[str]:
    """Returns what the tokens of single characters would be, of longer tokens."""
    names: set[str] = set()
    for token in tokens:
        body = token.removeprefix(prefix).removesuffix(suffix)
        if len(body) > 1:
            names.update(body)
    return {
        form
        for name in names
        for form in (name, prefix + name, name + suffix, prefix + name + suffix)
    }


def _parts_of(
    merges: Sequence[Any], token_ids: Mapping[str, int], prefix: str, used: np.ndarray
) -> np.ndarray:
    """Returns the tokens that used ones are merged of, and what these are merged of."""
    made_of: dict[str, list[str]] = {}
    for merge in merges:
        first, second, made = parts(merge, prefix)
        made_of.setdefault(made, []).extend((first, second))
    todo = [token for token, token_id in token_ids.items() if used[token_id]]
    needed = np.zeros(len(used), bool)
    while todo:
        for part in made_of.pop(todo.pop(), ()):
            needed[token_ids[part]] = True
            todo.append(part)
    return needed


def _processor(processor: Any, new_ids: Mapping[int, int]) -> Any:
    """Returns a post-processor with the new ids of its special tokens."""
    if not isinstance(processor, Mapping):
        return processor
    changed = dict(processor)
    if "processors" in changed:
        changed["processors"] = [
            _processor(one, new_ids) for one in changed["processors"]
        ]
    for key in ("sep", "cls"):
        if key in changed:
            name, old = changed[key]
            changed[key] = [name, _new_id(new_ids, old)]
    if isinstance(changed.get("special_tokens"), Mapping):
        changed["special_tokens"] = {
            name: {**row, "ids": [_new_id(new_ids, old) for old in row["ids"]]}
            for name, row in changed["special_tokens"].items()
        }
    return changed


def _new_id(new_ids: Mapping[int, int], old: int) -> int:
    if old not in new_ids:
        raise SettingsError(
            f"Expected the special tokens among those to keep. Received: keep_tokens "
            f"without the id {old}. Add it."
        )
    return new_ids[old]
