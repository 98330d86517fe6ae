"""Whether texts are written in words or in ideographs."""

import re
from collections.abc import Sequence

from kerascls.data.drawing import drawn_rows

SAMPLED_TEXTS, SAMPLED_CHARS = 2000, 1000
IDEOGRAPHS = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
LETTERS = re.compile(r"[^\W\d_]")
IDEOGRAPHIC_SHARE = 0.2


def mostly_ideographs(texts: Sequence[str]) -> bool:
    """Returns whether a fifth or more of the letters are Chinese or Japanese."""
    rows = drawn_rows(len(texts), SAMPLED_TEXTS).tolist()
    sample = "".join(texts[row][:SAMPLED_CHARS] for row in rows)
    letters = len(LETTERS.findall(sample))
    return len(IDEOGRAPHS.findall(sample)) >= IDEOGRAPHIC_SHARE * max(letters, 1)
