"""Near duplicates by MinHash: texts whose sets of character n-grams overlap.

The similarity of two texts is the Jaccard similarity of their sets of character
n-grams, shared n-grams divided by all, after NFKC, case folding and removal of all but
letters and digits. Candidates come from locality-sensitive hashing and are checked
exactly; a pair at the threshold is missed in at most one case out of a hundred.

References:
    - [On the resemblance and containment of documents](
      https://doi.org/10.1109/SEQUEN.1997.666900), Broder 1997
    - [Mining of massive datasets, chapter 3](http://www.mmds.org), Leskovec et al.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from kerascls.data.ragged import chunks

NUM_HASHES = 64
CHARS_AT_ONCE = 2**20
PAIRS_AT_ONCE = 2**10
MAX_BAND = 8
BAND_RECALL = 0.99
# How far apart in a bucket two texts are compared; beyond, each is compared with the
# first. All pairs of a bucket of 10,000 alike texts would be 50 million.
NEIGHBOURS = 8
# Three standard errors of a similarity estimated from 64 hashes.
SLACK = 0.19
_MARKS = re.compile(r"[\W_]+")
_PAD = "\0"


def normalised(text: str) -> str:
    """Returns the letters and digits of a text in one case and form.

    A text without any keeps its other characters but white space.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _MARKS.sub("", folded) or "".join(folded.split())


def near_pairs(
    texts: Sequence[str], threshold: float = 0.8, size: int = 2, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Finds pairs of near duplicates.

    Args:
        texts: Different texts; an empty one is like no other.
        threshold: Least similarity, 0.5 to 1.
        size: Characters of an n-gram.
        seed: Of the hash functions.

    Returns:
        int64 `(pairs, 2)`, the smaller number first, and their similarity, float64
        `(pairs,)`. Of many alike texts not all pairs are there, but they hang together.

    Example:
        >>> near_pairs(["国足今晚迎战劲旅", "国足今晚 迎战劲旅!", "新车发布"])[0]
        array([[0, 1]])
    """
    kept, signatures = _signatures(texts, size, np.random.default_rng(seed))
    if len(kept) < 2:
        return np.zeros((0, 2), np.int64), np.zeros(0)
    least = threshold - SLACK
    pairs = kept[_candidates(signatures, _band_width(threshold), least)]
    similarities = _similarities(texts, pairs, size)
    similar = similarities >= threshold
    return pairs[similar], similarities[similar]


def _band_width(threshold: float) -> int:
    widths = range(MAX_BAND, 1, -1)
    recalls = (1 - (1 - threshold**w) ** (NUM_HASHES // w) for w in widths)
    fitting = (w for w, r in zip(widths, recalls, strict=True) if r >= BAND_RECALL)
    return next(fitting, 1)


def _signatures(
    texts: Sequence[str], size: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Returns which texts have any n-gram, int64, and uint32 `(those, NUM_HASHES)`."""
    factors = random.integers(0, 2**63, NUM_HASHES, np.uint64) * 2 + 1
    signatures = np.empty((len(texts), NUM_HASHES), np.uint32)
    kept = [np.empty(0, np.int64)]
    done = 0
    for chunk in chunks(texts, CHARS_AT_ONCE):
        plain = [normalised(text) for text in texts[chunk]]
        filled = [row for row, text in enumerate(plain) if text]
        if not filled:
            continue
        kept.append(np.array(filled, np.int64) + chunk.start)
        grams, starts = _gram_hashes([plain[row] for row in filled], size)
        rows = slice(done, done := done + len(filled))
        for column, factor in enumerate(factors):
            # Multiply and shift: the upper half of the product is a good hash.
            hashes = (grams * factor) >> np.uint64(32)
            signatures[rows, column] = np.minimum.reduceat(hashes, starts)
    return np.concatenate(kept), signatures[:done]


def _gram_hashes(texts: Sequence[str], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns a hash of each n-gram of each text, and where each text starts.

    A text is padded, so that it has as many n-grams as characters.
    """
    pad = _PAD * (size - 1)
    lengths = np.array([len(text) for text in texts])
    joined = pad.join(texts) + pad
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = codes.astype(np.uint64)
    width = len(codes) - size + 1
    grams = np.zeros(width, np.uint64)
    for shift in range(size):
        grams = grams * np.uint64(0x100000001B3) + codes[shift : shift + width]
    ends = np.cumsum(lengths)
    starts = ends - lengths
    first = np.arange(len(grams) if size == 1 else ends[-1])
    indices = first + np.repeat(np.arange(len(texts)) * (size - 1), lengths)
    return _mixed(grams[indices]), starts


def _mixed(values: np.ndarray) -> np.ndarray:
    """Returns uint64 whose every bit depends on every bit (SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _candidates(signatures: np.ndarray, width: int, least: float) -> np.ndarray:
    """Returns int64 `(pairs, 2)` of texts that agree in one band of hashes.

    Their similarity, as all hashes estimate it, is `least` or more.
    """
    count = len(signatures)
    codes = [np.zeros(0, np.int64)]  # of a pair: first * count + second
    for start in range(0, NUM_HASHES - width + 1, width):
        key = np.zeros(count, np.uint64)
        for column in signatures[:, start : start + width].T:
            key = _mixed(key * np.uint64(0x100000001B3) + column)
        order = np.argsort(key, kind="stable")
        key = key[order]
        found = []
        for apart in range(1, min(NEIGHBOURS, count - 1) + 1):
            same = key[apart:] == key[:-apart]
            found.append(order[:-apart][same] * count + order[apart:][same])
        first = np.searchsorted(key, key)
        far = np.arange(count) - first > NEIGHBOURS
        found.append(order[first][far] * count + order[far])
        # At once, or the pairs of all bands would be in memory together.
        band = np.concatenate(found)
        codes.append(band[_estimates(signatures, band) >= least])
    return np.stack(np.divmod(np.unique(np.concatenate(codes)), count), axis=1)


def _estimates(signatures: np.ndarray, codes: np.ndarray) -> np.ndarray:
    pairs = np.stack(np.divmod(codes, len(signatures)), axis=1)
    estimates = np.empty(len(pairs))
    for start in range(0, len(pairs), 2**16):
        first, second = pairs[start : start + 2**16].T
        same = signatures[first] == signatures[second]
        estimates[start : start + 2**16] = same.mean(axis=1)
    return estimates


def _similarities(texts: Sequence[str], pairs: np.ndarray, size: int) -> np.ndarray:
    similarities = np.empty(len(pairs))
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        some = pairs[start : start + PAIRS_AT_ONCE]
        rows = np.unique(some).tolist()
        grams = {row: _grams(normalised(texts[row]), size) for row in rows}
        for index, (first, second) in enumerate(some.tolist(), start):
            shared = len(grams[first] & grams[second])
            both = len(grams[first]) + len(grams[second]) - shared
            similarities[index] = shared / both
    return similarities


def _grams(text: str, size: int) -> set[str]:
    padded = text + _PAD * (size - 1)
    return {padded[start : start + size] for start in range(len(text))}
