"""Tables of single characters say what the tokenizer does to each."""

from functools import cache

import pytest

from kerascls.serving.exporters.saved_model.character_tables import (
    ALONE,
    LETTER,
    PAGE,
    SPACE,
    character_tables,
    order_matters,
)

SYMBOLS = {"a": 1, "e": 2, "国": 3, "#": 4, "é": 5, "가": 6, "\u1100": 7, "\u1161": 8}
A, E, GUO, HASH, E_ACUTE, GA, G, VOWEL = SYMBOLS.values()


@cache
def tables(do_lower_case):
    return character_tables(SYMBOLS, do_lower_case)


def found(character, do_lower_case=True):
    """The symbols and kinds that stand in a character's place."""
    made, code = tables(do_lower_case), ord(character)
    sequence = made.pages[made.page_of[code // PAGE], code % PAGE]
    first = made.starts[sequence]
    items = slice(first, first + made.lengths[sequence])
    return list(zip(made.symbols[items], made.kinds[items], strict=True))


@pytest.mark.parametrize(
    ("character", "lower", "cased"),
    [
        ("a", [(A, LETTER)], [(A, LETTER)]),
        ("A", [(A, LETTER)], [(0, LETTER)]),
        ("é", [(E, LETTER)], [(E_ACUTE, LETTER)]),
        ("가", [(G, LETTER), (VOWEL, LETTER)], [(GA, LETTER)]),
        ("国", [(GUO, ALONE)], [(GUO, ALONE)]),
        ("丁", [(0, ALONE)], [(0, ALONE)]),
        ("#", [(HASH, ALONE)], [(HASH, ALONE)]),
        ("\u3042", [(0, LETTER)], [(0, LETTER)]),
        ("\u0301", [], [(0, LETTER)]),
        ("\0", [], []),
        ("\ufffd", [], []),
        ("\U00050000", [(0, LETTER)], [(0, LETTER)]),
    ],
)
def test_a_character_becomes_what_the_tokenizer_makes_of_it(character, lower, cased):
    assert found(character, True) == lower
    assert found(character, False) == cased


@pytest.mark.parametrize("character", " \t\n\u3000")
def test_white_space_is_white_space(character):
    assert [kind for _, kind in found(character)] == [SPACE]


def test_tables_cover_all_code_points():
    made = tables(True)
    assert len(made.page_of) * PAGE == 0x110000
    assert made.page_of.max() < len(made.pages)
    assert made.pages.max() < len(made.starts)
    assert (made.starts + made.lengths).max() == len(made.symbols)


def test_marks_that_are_known_and_sorted_among_each_other_are_told():
    sorted_marks = "\U0001d165\U0001d16d"
    assert order_matters("ab\u0301" + sorted_marks, True) == list(sorted_marks)
    assert order_matters(sorted_marks[0], True) == []
    assert order_matters(sorted_marks, False) == []
