"""Many texts to Unigram ids at once, by looking up short parts of them.

A Unigram model cuts a word into the likeliest pieces. No piece goes over a place
between two characters that stand side by side in no piece of the vocabulary. So what is
on either side of it is cut on its own, and of a Chinese headline only parts of one to
four characters are: they come again and again, and are kept in a dictionary.

Ids equal the Rust tokenizer's, and not nearly. The score of a way to cut is a sum; with
another sum in front of it, it might be rounded otherwise. Scores here are multiples of
2**-30 and below 2**6: sums of up to 2**16 of them are exact in 64 bits. So of two
ways the same one is better, or both are equally good and the same one comes first, with
or without what stands in front. Unknown characters beside each other are one unknown
token: there is no cut between two characters that have no piece of their own.

Texts are taken apart before they are normalised. That is done for characters that no
neighbour changes, neither by Unicode's rules (all are starters, as are those that they
become, and none is part of a composition of starters) nor as parts of one grapheme, of
which the tables of SentencePiece know some. Texts with other characters are left to the
tokenizer, and those whose blanks may be more than ends of words.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import tokenizers

from kerascls.data.ragged import chunks, offsets_of, span_indices

# Latin and its punctuation; dashes and quotation marks; kana, ideographs and their
# punctuation; full-width forms. What they become is asked of the tokenizer.
RANGES = (
    (0x09, 0x0A),
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x3000, 0x3011),
    (0x3014, 0x301F),
    (0x3041, 0x3096),
    (0x30A1, 0x30FC),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE6),
)
NUM_CODE_POINTS = 2**16 + 1  # all behind are of the kind of the last: OTHER
OTHER, PLAIN, SPACE, UNSEEN = range(4)
WORD, SEPARATOR = "\u2581", "\0"  # what stands before a word, and before a text
PAIRS_BITS, FACTOR = 22, 40503
CHARS_AT_ONCE, MAX_TEXT_CHARS = 2**17, 2**14  # a character may become three
MAX_SEGMENTS, MAX_SEGMENT_CHARS = 2**18, 40
SCORE_STEPS, MAX_SCORE = 2.0**30, 2.0**6 - 10

_METASPACE: dict[str, Any] = {
    "type": "Metaspace",
    "replacement": WORD,
    "prepend_scheme": "always",
}
_METASPACE |= {"split": True}
_SPLITTERS = (
    _METASPACE,
    {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, _METASPACE]},
)
_BLANKS = re.compile(f"{WORD}{{2,}}")
_ONE_SPACE = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}


def can_be_segmented(content: Mapping[str, Any]) -> bool:
    """Whether parts of a tokenizer's texts can be encoded on their own, see above."""
    model = content["model"]
    if not isinstance(model["vocab"], list) or model.get("byte_fallback"):
        return False
    if model.get("unk_id") is None:
        return False
    if any(not row.get("special") for row in content.get("added_tokens") or []):
        return False
    known = all(
        step == _ONE_SPACE or step.get("type") in ("NFC", "NFKC", "Precompiled")
        for step in _steps(content)
    )
    scores = np.array([score for _, score in model["vocab"]], np.float64)
    exact = np.abs(scores).max() <= MAX_SCORE and np.all(scores * SCORE_STEPS % 1 == 0)
    return bool(known and exact and content.get("pre_tokenizer") in _SPLITTERS)


class SegmentTokenizer:
    """Gives the ids of a Unigram tokenizer, many times faster on Chinese text.

    Only characters and parts not met before cost a call of the tokenizer. Tables take
    5 MB; the dictionary starts again when it is full. Threads may share an object: at
    worst two of them find out the same.

    Args:
        content: What a `tokenizer.json` says that `can_be_segmented`.
        rust: Its tokenizer, without special tokens.
        encode: From texts to the ids of each, for what is left to the tokenizer.
    """

    def __init__(
        self,
        content: Mapping[str, Any],
        rust: tokenizers.Tokenizer,
        encode: Callable[[list[str]], Sequence[Sequence[int]]],
    ) -> None:
        self._rust, self._encode = rust, encode
        pieces = [piece for piece, _ in content["model"]["vocab"]]
        self._any_white = content["pre_tokenizer"] != _METASPACE
        self._merges = self._any_white or _steps(content)[-1:] == [_ONE_SPACE]
        self._kinds = np.full(NUM_CODE_POINTS, OTHER, np.uint8)
        for first, last in RANGES:
            self._kinds[first : last + 1] = UNSEEN
        self._become: dict[int, str] = {ord(SEPARATOR): WORD}
        self._joined = _pairs(pieces)
        self._alone = np.ones(NUM_CODE_POINTS, bool)
        single = [ord(piece) for piece in pieces if len(piece) == 1]
        self._alone[[code for code in single if code < NUM_CODE_POINTS]] = False
        self._segments: dict[str, bytes] = {}

    def encode_flat(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns all ids, int32 `(tokens,)`, and how many each text has, `(texts,)`.

        Raises:
            UnicodeEncodeError: When a text has half a surrogate pair.
        """
        encoded = [self._chunk(texts[some]) for some in chunks(texts, CHARS_AT_ONCE)]
        ids = [np.empty(0, np.int32), *(chunk_ids for chunk_ids, _ in encoded)]
        lengths = [np.empty(0, np.int64), *(counts for _, counts in encoded)]
        return np.concatenate(ids), np.concatenate(lengths)

    def _chunk(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        plain, num_words = self._are_plain(texts)
        fast = [text for text, one in zip(texts, plain, strict=True) if one]
        slow = [text for text, one in zip(texts, plain, strict=True) if not one]
        ids, counts = self._plain(fast, num_words[plain])
        if not slow:
            return ids, counts
        rows = self._encode(slow)
        lengths = np.empty(len(texts), np.int64)
        lengths[plain], lengths[~plain] = counts, [len(row) for row in rows]
        starts = offsets_of(lengths)[:-1]
        found = np.empty(int(lengths.sum()), np.int32)
        found[span_indices(starts[plain], counts)] = ids
        others = np.array([token_id for row in rows for token_id in row], np.int32)
        found[span_indices(starts[~plain], lengths[~plain])] = others
        return found, lengths

    def _are_plain(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns which texts can be taken apart, and how many words each has."""
        sizes = np.array([len(text) for text in texts])
        ends = np.cumsum(sizes)
        codes = _codes("".join(texts))
        kinds = self._kinds.take(codes, mode="clip")
        if (unseen := kinds == UNSEEN).any():
            self._look_at(np.unique(codes[unseen]).tolist())
            kinds = self._kinds.take(codes, mode="clip")
        spaces, bad = kinds == SPACE, kinds == OTHER
        filled = np.flatnonzero(sizes)
        first, last = (ends - sizes)[filled], ends[filled] - 1
        behind = np.concatenate([[True], spaces[:-1]])[: len(spaces)]
        behind[first] = True  # a blank, or the start of a text, is before
        if not self._merges:
            bad |= spaces & behind
        if not self._any_white:
            bad[last] |= spaces[last]
        num_words = _sums(behind & ~spaces, ends)
        plain = (num_words > 0) & (sizes <= MAX_TEXT_CHARS) & (_sums(bad, ends) == 0)
        return plain, num_words

    def _plain(
        self, texts: list[str], num_words: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        if not texts:
            return np.empty(0, np.int32), np.empty(0, np.int64)
        joined = SEPARATOR.join(["", *texts]).translate(self._become)
        if self._merges:
            joined = _BLANKS.sub(WORD, joined).removesuffix(WORD)
        codes = _codes(joined)
        alone = self._alone.take(codes, mode="clip")
        one_part = self._joined[_hash(codes[:-1], codes[1:])]
        one_part |= alone[1:] & alone[:-1]
        one_part &= codes[1:] != ord(WORD)
        starts = np.concatenate([[0], np.flatnonzero(~one_part) + 1])
        ends = [*starts[1:].tolist(), len(joined)]
        segments = [joined[a:b] for a, b in zip(starts.tolist(), ends, strict=True)]
        ids = self._ids_of(segments)
        counts = np.array([len(one) // 4 for one in ids], np.int64)
        words = np.flatnonzero(codes[starts] == ord(WORD))
        first = words[offsets_of(num_words)[:-1]]
        flat = np.frombuffer(b"".join(ids), np.int32)
        return flat, np.add.reduceat(counts, first)

    def _look_at(self, codes: list[int]) -> None:
        """Finds out what characters become."""
        normalizer = self._rust.normalizer
        for code in codes:
            character = chr(code)
            normal = normalizer.normalize_str(character) if normalizer else character
            self._kinds[code] = kind = self._kind(normal)
            if kind == SPACE or normal != character:
                self._become[code] = WORD if kind == SPACE else normal

    def _kind(self, normal: str) -> int:
        if normal == " " or (self._any_white and len(normal) == 1 and normal.isspace()):
            return SPACE
        if self._any_white and any(map(str.isspace, normal)):
            return OTHER
        starters = not any(map(unicodedata.combining, normal))
        inside = all(ord(one) < NUM_CODE_POINTS - 1 for one in normal)
        strange = not normal or {WORD, " ", SEPARATOR} & {*normal}
        return PLAIN if starters and inside and not strange else OTHER

    def _ids_of(self, segments: list[str]) -> list[bytes]:
        # Another thread may empty the dictionary: what it had is in hand before.
        known = list(map(self._segments.get, segments))
        if None not in known:
            return known  # type: ignore[return-value]  # as was looked for
        model, new = self._rust.model, {}
        for segment in {s for s, ids in zip(segments, known, strict=True) if not ids}:
            ids = [token.id for token in model.tokenize(segment)]
            new[segment] = np.array(ids, np.int32).tobytes()
        self._remember({s: new[s] for s in new if len(s) <= MAX_SEGMENT_CHARS})
        return [
            new[segment] if ids is None else ids
            for segment, ids in zip(segments, known, strict=True)
        ]

    def _remember(self, new: Mapping[str, bytes]) -> None:
        if len(self._segments) + len(new) > MAX_SEGMENTS:
            self._segments = {}
        self._segments.update(islice(new.items(), MAX_SEGMENTS))


def _steps(content: Mapping[str, Any]) -> list[Any]:
    normalizer = content.get("normalizer") or {}
    return list(normalizer.get("normalizers", [normalizer] if normalizer else []))


def _pairs(pieces: Sequence[str]) -> np.ndarray:
    """Returns which hashes of two characters beside each other are of some piece.

    Characters in no piece may have the hash of others that are: they are not cut, which
    is never wrong.
    """
    codes = _codes("".join(pieces))
    ends = np.cumsum([len(piece) for piece in pieces])
    inside = np.ones(len(codes), bool)
    inside[ends[:-1] - 1] = False  # what is between two pieces is in neither
    pairs = np.zeros(2**PAIRS_BITS, bool)
    pairs[_hash(codes[:-1], codes[1:])[inside[:-1]]] = True
    return pairs


def _hash(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first * FACTOR + second) & (2**PAIRS_BITS - 1)


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.int64)


def _sums(marks: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Returns how many of the marks each text has."""
    totals = np.concatenate([[0], np.cumsum(marks)])[ends]
    return np.diff(totals, prepend=0)
