"""Which tokens of a vocabulary a model for one kind of text needs."""

from collections.abc import Iterable
from itertools import islice

import numpy as np

from kerascls.preprocessing.tokenizers.vocabulary import CLS, MASK, PAD, SEP, UNK
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

TEXTS_AT_ONCE = 4096


def kept_tokens(
    tokenizer: Tokenizer, texts: Iterable[str], min_count: int
) -> np.ndarray:
    """Returns the ids of the tokens worth keeping, int64 `(tokens,)`, rising.

    Kept are

    - the special tokens;
    - tokens that occur at least `min_count` times in the texts;
    - of every character that a longer token has, the two pieces of that character
      alone, "a" and "##a", so that a word whose token is dropped is read in smaller
      pieces.

    WordPiece takes the longest piece it knows. So a text of which every token is kept
    has the same tokens as before. A character whose own piece is dropped, such as a
    rare ideograph, becomes [UNK], together with the word it stands in.

    """
    counts = np.zeros(tokenizer.vocab_size, np.int64)
    remaining = iter(texts)
    while chunk := list(islice(remaining, TEXTS_AT_ONCE)):
        ids, _ = tokenizer.encode_flat(chunk)
        counts += np.bincount(ids, minlength=tokenizer.vocab_size)
    vocab, special = tokenizer.vocab, {PAD, UNK, CLS, SEP, MASK}
    bodies = [token.removeprefix("##") for token in vocab.keys() - special]
    characters = {char for body in bodies if len(body) > 1 for char in body}
    needed = special | characters | {f"##{char}" for char in characters}
    kept = counts >= min_count
    kept[[vocab[token] for token in needed & vocab.keys()]] = True
    return np.flatnonzero(kept)
