"""What a vocabulary does not know of texts: a share, and words as examples."""

from collections.abc import Sequence

import numpy as np

from kerascls.data.drawing import drawn_rows
from kerascls.preprocessing.token_store import TokenStore
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer

# Emoji and rare characters stay far below it; the wrong language is far above.
MUCH = 0.1
TOKENS_AT_ONCE = 2**22
SAMPLED_TEXTS, SAMPLED_CHARS, EXAMPLES = 500, 500, 5


def unknown_share(store: TokenStore, unk_id: int) -> float:
    """Returns the share of a store's tokens that are unknown."""
    ids, unknown = store.token_ids, 0
    for start in range(0, len(ids), TOKENS_AT_ONCE):
        chunk = ids[start : start + TOKENS_AT_ONCE]
        unknown += int(np.count_nonzero(chunk == unk_id))
    return unknown / max(len(ids), 1)


def unknown_note(
    store: TokenStore,
    texts: Sequence[tuple[str, ...]],
    tokenizer: TextTokenizer,
    source: str,
) -> str | None:
    """Returns a line for people where much is unknown, else None.

    Args:
        store: The tokens of `texts`.
        texts: The text fields of each row, for examples.
        tokenizer: Whose vocabulary it is.
        source: What people call the texts.
    """
    share = unknown_share(store, tokenizer.unk_id)
    if share < MUCH:
        return None
    words = _unknown_words(texts, tokenizer)
    examples = f", such as {' '.join(words)}" if words else ""
    return (
        f"{share:.0%} of the tokens of {source} are unknown ({tokenizer.unk_token})"
        f"{examples}: {tokenizer.unknown_question} Of such words the model sees nothing"
    )


def _unknown_words(
    texts: Sequence[tuple[str, ...]], tokenizer: TextTokenizer
) -> list[str]:
    rows = drawn_rows(len(texts), SAMPLED_TEXTS).tolist()
    sample = (field[:SAMPLED_CHARS] for row in rows for field in texts[row])
    counts = tokenizer.unknown_words(sample)
    return [word for word, _ in counts.most_common(EXAMPLES)]
