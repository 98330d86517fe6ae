"""Token stores kept from run to run, found again by what they were made of."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tokenizers

from kerascls.errors import DataError
from kerascls.preprocessing.cache import Cache
from kerascls.preprocessing.token_store import (
    FORMAT_VERSION,
    ROWS_AT_ONCE,
    TokenStore,
    build_token_store,
    write_token_store,
)
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer


def cached_token_store(
    cache: Cache,
    texts: Sequence[tuple[str, ...]],
    lines: Sequence[int] | np.ndarray,
    tokenizer: TextTokenizer,
    on_progress: Callable[[int, int], None] | None = None,
) -> TokenStore:
    """Returns the store of these texts, written by an earlier run or by this one.

    One that is damaged is written again; where none can be written, it is held in
    memory. All but the cache are arguments of `write_token_store`.
    """
    store = cache.keep(
        _name(texts, lines, tokenizer),
        "token ids",
        _opened,
        lambda folder: write_token_store(folder, texts, lines, tokenizer, on_progress),
    )
    return build_token_store(texts, tokenizer, lines) if store is None else store


def _opened(folder: Path) -> TokenStore | None:
    try:
        return TokenStore.open(folder)
    except DataError:
        return None  # there is none, or it is damaged


def _name(
    texts: Sequence[tuple[str, ...]],
    lines: Sequence[int] | np.ndarray,
    tokenizer: TextTokenizer,
) -> str:
    # Of the texts, not of the file: its bytes mean another text in another encoding.
    made_by = [FORMAT_VERSION, tokenizers.__version__, tokenizer.do_lower_case]
    digest = hashlib.sha256(json.dumps([*made_by, len(texts), len(lines)]).encode())
    digest.update(tokenizer.identity())
    digest.update(np.array(lines, np.int64).tobytes())
    for start in range(0, len(texts), ROWS_AT_ONCE):
        rows = texts[start : start + ROWS_AT_ONCE]
        fields = [field for row in rows for field in row]
        digest.update(np.array([*map(len, rows), *map(len, fields)]).tobytes())
        digest.update("".join(fields).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]
