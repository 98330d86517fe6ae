"""Token stores kept from run to run, found again by what they were made of."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tokenizers

from kerascls.errors import DataError
from kerascls.preprocessing.token_store import (
    FORMAT_VERSION,
    ROWS_AT_ONCE,
    TokenStore,
    build_token_store,
    write_token_store,
)
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

CACHE_VARIABLE = "KERASCLS_CACHE"


def cached_token_store(
    texts: Sequence[tuple[str, ...]],
    lines: Sequence[int] | np.ndarray,
    tokenizer: Tokenizer,
    on_progress: Callable[[int, int], None] | None = None,
    warn: Callable[[str], None] | None = None,
) -> TokenStore:
    """Returns the store of these texts, written by an earlier run or by this one.

    Stores are kept in `$KERASCLS_CACHE` or `~/.cache/kerascls`. One that is damaged
    is written again; where none can be written, it is held in memory.

    Arguments are those of `write_token_store`; `warn` is called with a line for people
    when nothing can be kept.
    """
    folder = cache_folder() / _name(texts, lines, tokenizer)
    try:
        return TokenStore.open(folder)
    except DataError:
        pass  # there is none, or it is damaged
    try:
        return write_token_store(folder, texts, lines, tokenizer, on_progress)
    except (DataError, OSError) as error:
        store = build_token_store(texts, tokenizer, lines)
        if warn:
            warn(f"token ids are held in memory and not kept: {error}")
        return store


def cache_folder() -> Path:
    """Returns where stores are kept."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "kerascls"


def _name(
    texts: Sequence[tuple[str, ...]],
    lines: Sequence[int] | np.ndarray,
    tokenizer: Tokenizer,
) -> str:
    # Of the texts, not of the file: its bytes mean another text in another encoding.
    made_by = [FORMAT_VERSION, tokenizers.__version__, tokenizer.do_lower_case]
    digest = hashlib.sha256(json.dumps([*made_by, len(texts), len(lines)]).encode())
    digest.update(json.dumps(sorted(tokenizer.vocab.items())).encode())
    digest.update(np.array(lines, np.int64).tobytes())
    for start in range(0, len(texts), ROWS_AT_ONCE):
        rows = texts[start : start + ROWS_AT_ONCE]
        fields = [field for row in rows for field in row]
        digest.update(np.array([*map(len, rows), *map(len, fields)]).tobytes())
        digest.update("".join(fields).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]
