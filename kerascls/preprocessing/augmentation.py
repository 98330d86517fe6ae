"""Edited texts that mostly say what the original says, for labels that few rows have.

Three edits of "easy data augmentation" that need no dictionary: a unit is dropped, said
twice, or changes places with the next. A unit is a Chinese or Japanese character, or
elsewhere a word between spaces and punctuation. Random insertion of the paper is
saying a unit twice here; replacement by synonyms is left out.

What would change the meaning at one stroke, and can be told from the text alone, is
not edited: units with a digit, and what stands near a word that negates, in its clause
and up to `SCOPE` units to either side. The paper edits both; but where what is denied
is dropped, the negation denies what comes next ("not bad but slow"). Only negations of
Chinese, English and Japanese are known, and only words: "failed to win" is edited.
Punctuation stays where it is.

References:
    - Wei and Zou (2019), "EDA: Easy Data Augmentation Techniques for Boosting
      Performance on Text Classification Tasks", EMNLP. https://arxiv.org/abs/1901.11196
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from kerascls.data.ideographs import IDEOGRAPHS

# Of fewer, one that is dropped may be all that the text says.
MIN_UNITS = 4
TRIES = 10
# How far a negation reaches at most, in units, where no mark ends its clause.
SCOPE = 10
_NEGATIONS = frozenset(
    "不 没 沒 無 无 未 非 别 別 勿 莫 否 甭 毋 "
    "no not non never none nor neither nothing nobody nowhere without cannot hardly "
    "barely scarcely seldom rarely aint arent cant couldnt didnt doesnt dont hadnt "
    "hasnt havent isnt shouldnt wasnt werent wont wouldnt".split()
)
# Japanese negates at the end of a verb or adjective; characters are units there.
_NEGATED_ENDING = re.compile("な(?:い|く|か|け|し)|ません|ざる|[ぬずん](?:に|、|。|$)")
_CLAUSE_ENDS = tuple(",.;:!?，。；：！？…\uff0e\uff61")
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

    @property
    def negates(self) -> bool:
        """Whether it is a word that negates, by itself."""
        plain = self.text.lower().replace("\u2019", "'").strip(".'-")
        parts = {plain, *plain.split("-")}
        return plain.endswith("n't") or not parts.isdisjoint(_NEGATIONS)


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
    return [unit for clause in _clauses(units) for unit in _kept_if_denying(clause)]


def _is_editable(unit: str) -> bool:
    is_number = any(map(str.isnumeric, unit))  # Chinese numerals are numeric too
    ends_clause = unit.endswith(_CLAUSE_ENDS)  # its stop would go with it
    return any(map(str.isalpha, unit)) and not is_number and not ends_clause


def _clauses(units: list[_Unit]) -> Iterator[list[_Unit]]:
    """Yields the units between marks that end a clause, or a line."""
    clause: list[_Unit] = []
    for unit in units:
        if "\n" in unit.gap and clause:
            yield clause
            clause = []
        clause.append(unit)
        if unit.text.endswith(_CLAUSE_ENDS):
            yield clause
            clause = []
    yield clause


def _kept_if_denying(clause: list[_Unit]) -> list[_Unit]:
    """Returns the units of a clause, those around one that negates not editable."""
    places = [place for place, unit in enumerate(clause) if unit.negates]
    kept = {near for p in places for near in range(p - SCOPE, p + SCOPE + 1)}
    if _NEGATED_ENDING.search("".join(unit.text for unit in clause)):
        kept = {*range(len(clause))}
    return [
        replace(unit, is_editable=False) if place in kept else unit
        for place, unit in enumerate(clause)
    ]


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
