"""Texts cleaned and cut into words, by one function for each row of `UNITS`."""

import re
import unicodedata
from functools import cache
from itertools import chain
from typing import Any

from kerascls.preprocessing.tokenizers.alignment import (
    Traced,
    composed,
    lowered,
    whole_characters,
)
from kerascls.preprocessing.tokenizers.vocabulary import without_surrogates

# Beside the scripts of Han, its marks of repetition and its zero.
IDEOGRAPHS = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_VARIATIONS = "\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HAS_VARIATIONS = re.compile(f"[{_VARIATIONS}]").search
# All marks and characters that control or format are there.
_CODES = (range(0x20000), range(0xE0000, 0xE0200))


def clean(text: str) -> str:
    """Returns a text in lower case and composed (NFC), without what nobody sees.

    That is control and format characters but white space, and variation selectors.
    Accents stay. Half a surrogate pair counts as U+FFFD.
    """
    return unicodedata.normalize("NFC", _seen(text).lower())


def traced(text: str) -> Traced:
    """Returns the same as `clean`, and where its characters come from."""
    seen = Traced.of(text)
    if _seen(text) != text:
        whole = whole_characters(seen)
        unseen = _unseen().fullmatch
        seen = whole.remade((1, "" if unseen(char) else char) for char in whole.text)
    return composed(lowered(seen))


def auto_words(text: str) -> list[str]:
    """Returns ideographs and marks, each alone, and runs of other letters and digits.

    A combining mark belongs to what it stands behind.
    """
    return _words().findall(clean(text))


def blank_words(text: str) -> list[str]:
    """Returns what white space of any kind separates."""
    return clean(text).split()


def characters(text: str) -> list[str]:
    """Returns every character that is no white space."""
    return [*"".join(clean(text).split())]


def jieba_words(text: str) -> list[str]:
    """Returns the words that rjieba finds, without white space.

    Its dictionary has capitals, as in T恤, so case goes behind the cutting.
    """
    lower, cased = clean(text), unicodedata.normalize("NFC", _seen(text))
    if len(cased) != len(lower):  # as of İ
        cased = lower
    words, start = [], 0
    for piece in _jieba().cut(cased, True):
        words += lower[start : start + len(piece)].split()
        start += len(piece)
    return words


def _seen(text: str) -> str:
    # Nearly all text is printable, which is known ten times faster.
    if not text.isprintable() or _HAS_VARIATIONS(text):
        return _unseen().sub("", without_surrogates(text))
    return text


@cache
def _unseen() -> re.Pattern[str]:
    return re.compile(f"[{_class('Cc', 'Cf', 'Cs')}{_VARIATIONS}]")


@cache
def _words() -> re.Pattern[str]:
    letter, mark = rf"[^\W_{IDEOGRAPHS}]", f"[{_class('Mn', 'Mc', 'Me')}]"
    # The large class is slow to look through, so not for what is no mark at a glance.
    marks = rf"(?![\w\s]){mark}+"
    return re.compile(rf"{letter}+(?:{marks}{letter}*)*|\S(?:{marks})?")


@cache
def _jieba() -> Any:
    import rjieba

    return rjieba.Jieba()  # that of the package may have got words added to it


def _class(*categories: str) -> str:
    """Returns what of some Unicode categories is no white space, for a regex."""
    found = [
        character
        for character in map(chr, chain(*_CODES))
        if unicodedata.category(character) in categories and not character.isspace()
    ]
    return "".join(map(re.escape, found))
