"""What BERT's tokenizer does to each single character, found out and laid in tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from tokenizers import normalizers, pre_tokenizers

from kerascls.data.ragged import offsets_of
from kerascls.preprocessing.tokenizers.vocabulary import bert_normalizer

# Of a normal character: part of a word, a word by itself, white space.
LETTER, ALONE, SPACE = 0, 1, 2
PAGE = 256
_CODE_POINTS = 0x110000
_SURROGATES = np.arange(0xD800, 0xE000)
# Planes with characters are asked one by one; of the others these stand for all.
_UNASSIGNED, _PRIVATE = 0x40000, 0xF0000
_ASKED = (np.arange(0x40000), np.arange(0xE0000, 0xF0000), [_UNASSIGNED, _PRIVATE])
# Nothing is normalised to it but itself, and nothing moves across it.
_MARK = 0x3042
# A mark of the lowest combining class: in canonical order it goes before all others.
_LOWEST = "\u0334"


@dataclass(frozen=True, eq=False)
class CharacterTables:
    """Code point -> what stands in its place after normalising and splitting.

    `sequence = pages[page_of[code_point // PAGE], code_point % PAGE]`; its items are
    those from `starts[sequence]` on, `lengths[sequence]` many.

    Args:
        page_of: int32 `(code points / PAGE,)`.
        pages: int32 `(pages, PAGE)`.
        starts: int32 `(sequences,)`.
        lengths: int32 `(sequences,)`.
        symbols: int32 `(items,)`, numbers of characters, 0 for any other.
        kinds: int32 `(items,)`: `LETTER`, `ALONE` or `SPACE`.
    """

    page_of: np.ndarray
    pages: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    symbols: np.ndarray
    kinds: np.ndarray


def character_tables(
    symbol_of: Mapping[str, int], do_lower_case: bool
) -> CharacterTables:
    """Asks the Rust tokenizer about every code point.

    A text is treated character by character, but for what `order_matters` tells.

    `symbol_of` has numbers from 1 on for the characters that a vocabulary knows; all
    others become 0.
    """
    asked, firsts, lengths, normal = _normalised(do_lower_case)
    kinds = _kinds(np.unique(normal))[normal]
    # So ideographs are told apart: by white space around each.
    three = np.flatnonzero(lengths == 3)
    around = kinds[firsts[three, None] + np.arange(3)]
    three = three[(around == [SPACE, LETTER, SPACE]).all(axis=1)]
    firsts[three] += 1
    lengths[three] = 1
    kinds[firsts[three]] = ALONE
    symbols = np.zeros(_CODE_POINTS, np.int32)
    symbols[list(map(ord, symbol_of))] = list(symbol_of.values())
    items = np.stack([symbols[normal], kinds], axis=1)  # (characters, 2)
    numbers: dict[bytes, int] = {b"": 0}
    sequences = [
        numbers.setdefault(items[first : first + length].tobytes(), len(numbers))
        for first, length in zip(firsts.tolist(), lengths.tolist(), strict=True)
    ]
    items_of = [np.frombuffer(key, np.int32).reshape(-1, 2) for key in numbers]
    return _tables(_spread(asked, sequences), items_of)


def order_matters(characters: Iterable[str], do_lower_case: bool) -> list[str]:
    """Returns the characters which BERT's normalising may put into another order.

    With lower-casing it decomposes characters, sorts marks that follow each other by
    their class, and drops those without width. Few stay: the tails of musical notes,
    viramas and tone marks of some scripts. What is not in `characters`, which a
    vocabulary knows, is unknown wherever it stands.
    """
    if not do_lower_case:
        return []
    decompose = normalizers.NFD().normalize_str
    normalise = bert_normalizer(True).normalize_str
    marks = [
        mark
        for mark in sorted(characters)
        if normalise(mark) == mark and decompose(mark + _LOWEST) != mark + _LOWEST
    ]
    pairs = map("".join, product(marks, repeat=2))
    return sorted({mark for pair in pairs if decompose(pair) != pair for mark in pair})


def _normalised(
    do_lower_case: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Returns code points; where the normal form of each starts, its length; all."""
    asked = np.setdiff1d(np.concatenate(_ASKED), [*_SURROGATES, _MARK])
    between = np.full(2 * len(asked) + 1, _MARK)
    between[1::2] = asked
    text = bert_normalizer(do_lower_case).normalize_str(_text(between))
    normal = np.frombuffer(text.encode("utf-32-le"), "<u4")
    marks = np.flatnonzero(normal == _MARK)
    firsts, lengths = marks[:-1] + 1, np.diff(marks) - 1
    return (
        np.append(asked, _MARK),
        np.append(firsts, marks[0]),
        np.append(lengths, 1),
        normal,
    )


def _kinds(characters: np.ndarray) -> np.ndarray:
    """Returns the kind of every code point, as it is behind the normaliser."""
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    kinds = np.zeros(_CODE_POINTS, np.int32)
    kinds[characters] = SPACE
    for piece, (start, end) in split(_text(characters)):
        alone = end - start == 1 and len(split(f"a{piece}a")) == 3
        kinds[characters[start:end]] = ALONE if alone else LETTER
    return kinds


def _text(code_points: np.ndarray) -> str:
    return code_points.astype("<u4").tobytes().decode("utf-32-le")


def _spread(asked: np.ndarray, sequences: list[int]) -> np.ndarray:
    """Returns the sequence of every code point, those not asked too."""
    spread = np.zeros(_CODE_POINTS, np.int32)
    spread[asked] = sequences
    planes = spread.reshape(-1, 0x10000)
    planes[4:14] = spread[_UNASSIGNED]
    # The last two code points of a plane are never a character.
    private = spread[_PRIVATE]
    planes[15:] = spread[_UNASSIGNED]
    planes[15:, :-2] = private
    return spread


def _tables(sequences: np.ndarray, items_of: list[np.ndarray]) -> CharacterTables:
    numbers: dict[bytes, int] = {}
    page_of = [
        numbers.setdefault(page.tobytes(), len(numbers))
        for page in sequences.reshape(-1, PAGE)
    ]
    lengths = [len(items) for items in items_of]
    symbols, kinds = np.concatenate(items_of).T.copy()
    return CharacterTables(
        page_of=np.array(page_of, np.int32),
        pages=np.frombuffer(b"".join(numbers), np.int32).reshape(-1, PAGE),
        starts=offsets_of(lengths)[:-1].astype(np.int32),
        lengths=np.array(lengths, np.int32),
        symbols=symbols,
        kinds=kinds,
    )
