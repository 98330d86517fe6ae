"""Edited texts that mostly say what the original says, for labels of few rows.

Three edits of "easy data augmentation" that need no dictionary: a unit is dropped, said
twice, or changes places with the next. A unit is a Chinese or Japanese character, or
elsewhere a word between spaces and punctuation. Random insertion of the paper is
saying a unit twice here; replacement by synonyms is left out.

What changes the meaning at one stroke is never edited: units with a digit, and words
that negate, which the paper does edit. Punctuation stays where it is. What is negated
may be edited, by which a copy can say something else.

References:
    - Wei and Zou (2019), "EDA: Easy Data Augmentation Techniques for Boosting
      Performance on Text Classification Tasks", EMNLP. https://arxiv.org/abs/1901.11196
"""

import re
from dataclasses import dataclass, replace

import numpy as np

from kerascls.data.ideographs import IDEOGRAPHS

# Of fewer, one that is dropped may be all that the text says.
MIN_UNITS = 4
TRIES = 10
_NEGATIONS = frozenset(
    "不 没 沒 無 无 未 非 别 別 勿 莫 否 no not never none nor neither nothing nobody "
    "without cannot".split()
)
_PUNCTUATION = (
    r"!-&(-,/:-@\[-`{-~¡«·»¿\u2010-\u2018\u201a-\u2027\u2030-\u205e"
    r"\u3001-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
# Variants of an ideograph are written with a selector behind it.
_IDEOGRAPH = f"{IDEOGRAPHS.pattern}[\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
_WORD = rf"(?:(?!{IDEOGRAPHS.pattern})[^\s{_PUNCTUATION}])+"
_UNITS = re.compile(rf"(\s*)(?:({_IDEOGRAPH})|({_WORD})|[{_PUNCTUATION}])")


@dataclass(frozen=True)
class _Unit:
    """A piece of a text: what stands before it, itself, and whether it is a word."""

    gap: str
    text: str
    is_word: bool
    is_editable: bool


def can_be_edited(text: str) -> bool:
    """Returns whether a text has enough units for `edited` to change some."""
    return sum(unit.is_editable for unit in _units(text)) >= MIN_UNITS


def edited(text: str, share: float, random: np.random.Generator) -> str:
    """Returns a text with some units dropped, said twice or moved one place.

    Args:
        text: Any; one that is too short comes back as it is.
        share: Of the units that can be edited, how many are: at least one, at most
            half.
        random: Chooses which, and how.

    Example:
        >>> edited("国足主场二比零取胜", 0.1, np.random.default_rng(0))
        '国足主场二比零取取胜'
    """
    units = _units(text)
    places = [place for place, unit in enumerate(units) if unit.is_editable]
    if len(places) < MIN_UNITS:
        return text
    number = min(max(1, round(share * len(places))), len(places) // 2)
    chosen = set(random.choice(places, number, replace=False).tolist())
    end = text[sum(len(unit.gap) + len(unit.text) for unit in units) :]
    return _written(_changed(units, chosen, random)) + end


def edited_copies(
    texts: tuple[str, ...],
    number: int,
    share: float,
    random: np.random.Generator,
) -> list[tuple[str, ...]]:
    """Returns copies of a row's texts that differ from them and from each other.

    In each copy one of the texts is edited that can be. There may be fewer than were
    asked for: short texts do not have so many.

    Args:
        texts: The text fields.
        number: Copies.
        share: See `edited`.
        random: Chooses all.
    """
    fields = [field for field, text in enumerate(texts) if can_be_edited(text)]
    copies = {texts: None}
    for _ in range(TRIES * number if fields else 0):
        if len(copies) > number:
            break
        field = fields[random.integers(len(fields))]
        text = edited(texts[field], share, random)
        copies[(*texts[:field], text, *texts[field + 1 :])] = None
    return list(copies)[1:]


def _units(text: str) -> list[_Unit]:
    units = []
    for match in _UNITS.finditer(text):
        gap, ideograph, word = match.groups()
        unit = match[0][len(gap) :]
        units.append(_Unit(gap, unit, word is not None, _is_editable(unit)))
    return units


def _is_editable(unit: str) -> bool:
    plain = unit.lower().replace("\u2019", "'").strip(".'-")
    negates = plain in _NEGATIONS or plain.endswith("n't")
    is_number = any(map(str.isnumeric, unit))  # Chinese numerals are numeric too
    return any(map(str.isalpha, unit)) and not is_number and not negates


def _changed(
    units: list[_Unit], chosen: set[int], random: np.random.Generator
) -> list[_Unit]:
    """Returns the units after one edit at each chosen place."""
    changed, place = [], 0
    while place < len(units):
        unit, following = units[place], units[place + 1 : place + 2]
        place += 1
        if place - 1 not in chosen:
            changed.append(unit)
            continue
        can_move = following and following[0].is_editable and place not in chosen
        edit = random.integers(3 if can_move else 2)
        if edit == 0:
            if following and not changed:  # what begins the text is no gap
                units[place] = replace(following[0], gap=unit.gap)
        elif edit == 1:
            changed += [unit, replace(unit, gap=unit.gap if changed else "")]
        else:
            changed += _exchanged(unit, following[0])
            place += 1
    return changed


def _exchanged(first: _Unit, second: _Unit) -> list[_Unit]:
    return [replace(second, gap=first.gap), replace(first, gap=second.gap)]


def _written(units: list[_Unit]) -> str:
    """Returns the text; words that have come together stay two words."""
    pieces, after_word = [], False
    for unit in units:
        glued = after_word and unit.is_word and not unit.gap
        pieces += [" " if glued else unit.gap, unit.text]
        after_word = unit.is_word
    return "".join(pieces)
