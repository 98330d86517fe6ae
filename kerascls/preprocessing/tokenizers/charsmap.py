"""Whether a table of SentencePiece is one; the Rust library takes it on trust."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_BYTES = np.arange(1, 256)


def charsmaps(normalizer: Any) -> Iterator[Any]:
    """Yields the tables that a normalizer of a `tokenizer.json` has."""
    if isinstance(normalizer, Mapping):
        if normalizer.get("type") == "Precompiled":
            yield normalizer.get("precompiled_charsmap")
        steps = normalizer.get("normalizers")
        for step in steps if isinstance(steps, list) else []:
            yield from charsmaps(step)


def is_charsmap(text: Any) -> bool:
    """Whether every text can be looked up in a table, given as base64.

    It is the number of bytes of a trie, a trie as a double array of 32-bit units
    (Darts), and the texts that its leaves are the places of, each with a NUL behind it.
    """
    try:
        data = base64.b64decode(text, validate=True)
        size = int.from_bytes(data[:4], "little")
        trie, texts = data[4 : 4 + size], data[4 + size :]
        texts.decode("utf-8")
    except (TypeError, ValueError, binascii.Error, UnicodeDecodeError):
        return False
    if len(trie) != size or not size or size % 4:
        return False
    places = _leaves(np.frombuffer(trie, "<u4").astype(np.int64))
    if places is None or places.max(initial=0) > len(texts):
        return False
    first = np.frombuffer(texts + b"\0", np.uint8)[places]
    return not np.any(first & 0xC0 == 0x80)  # in the middle of a character


def _leaves(units: np.ndarray) -> np.ndarray | None:
    """Returns the values of all leaves; None where a way leads out of the trie."""
    offsets = (units >> 10) << ((units & 512) >> 6)
    labels, has_leaf = units & (2**31 | 255), (units >> 8 & 1).astype(bool)
    seen = np.zeros(len(units), bool)
    bases, values = offsets[:1], []
    while len(bases):
        if bases.max() >= len(units):
            return None
        bases = np.unique(bases[~seen[bases]])
        seen[bases] = True
        steps = bases[:, None] ^ _BYTES  # (bases, bytes)
        if steps.max(initial=0) >= len(units):
            return None
        nodes = steps[labels[steps] == _BYTES]
        bases = nodes ^ offsets[nodes]
        leaves = bases[has_leaf[nodes]]
        if leaves.max(initial=0) >= len(units):
            return None
        values.append(units[leaves] & (2**31 - 1))
    return np.concatenate([np.empty(0, np.int64), *values])
