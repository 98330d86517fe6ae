"""Which tokens of a vocabulary a model for one kind of text needs."""

from collections.abc import Iterable
from itertools import islice

import numpy as np

from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer

TEXTS_AT_ONCE = 4096


def kept_tokens(
    tokenizer: TextTokenizer, texts: Iterable[str], min_count: int
) -> np.ndarray:
    """Returns the ids of the tokens worth keeping, int64 `(tokens,)`, rising.

    Kept are tokens that occur at least `min_count` times in the texts, the special
    tokens, and what the tokenizer needs beside them: the tokens of single characters,
    so that a word whose token is dropped is read in smaller pieces
    (`TextTokenizer.needed`).

    So a text of which every token is kept has the same tokens as before. A character
    whose own token is dropped, such as a rare ideograph, becomes unknown, and with
    WordPiece the word it stands in.
    """
    counts = np.zeros(tokenizer.vocab_size, np.int64)
    remaining = iter(texts)
    while chunk := list(islice(remaining, TEXTS_AT_ONCE)):
        ids, _ = tokenizer.encode_flat(chunk)
        counts += np.bincount(ids, minlength=tokenizer.vocab_size)
    used = counts >= min_count
    return np.flatnonzero(used | tokenizer.needed(used))
