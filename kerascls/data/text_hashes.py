"""Short hashes of texts, to know a text again without keeping it."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

NUM_BYTES = 8
# No text has it: what is blank is not known again.
BLANK = np.uint64(0)


def text_hashes(texts: Iterable[tuple[str, ...]]) -> np.ndarray:
    """Returns a hash of the text fields of each row, uint64 `(rows,)`; 0 where blank.

    Texts that differ in white space alone, as between formats, have the same hash.
    """
    return np.frombuffer(b"".join(map(_digest, texts)), "<u8").astype(np.uint64)


def _digest(fields: tuple[str, ...]) -> bytes:
    words = [" ".join(field.split()) for field in fields]
    if not any(words):
        return bytes(NUM_BYTES)
    content = "\0".join(words).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=NUM_BYTES).digest()
