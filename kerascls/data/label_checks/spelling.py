"""Names that look alike, made visible."""

import re
import unicodedata
from functools import lru_cache

MAX_NAME_CHARS = 60
# Has no width, though it is neither a format character nor a mark.
_WITHOUT_WIDTH = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_INVISIBLE = ("Cf", "Zl", "Zp", "Cc")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_WHOLE_NUMBER = re.compile(r"([+-]?\d+)\.0+")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def visible(text: str) -> str:
    """Returns a text in which invisible characters are written `<U+200B>`.

    So are all blanks but the plain one, and accents that stand behind their letter
    where one character has both.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.is_normalized("NFC", text)
    return "".join(_shown(one, composed) for one in text)


def quoted(text: str) -> str:
    """Returns a text for a message: in quotes, visible, not too long."""
    more = "..." if len(text) > MAX_NAME_CHARS else ""
    return f"'{visible(text[:MAX_NAME_CHARS])}{more}'"


def folded(name: str) -> str:
    """Returns what names that people take for the same have in common.

    Compatibility forms, case, invisible characters, blanks, dashes and a `.0` behind
    a whole number do not count.
    """
    kept = unicodedata.normalize("NFKC", name).casefold()
    kept = unicodedata.normalize("NFKC", kept).translate(_DASHES)
    kept = "".join(
        one
        for one in kept
        if not one.isspace()
        and one not in _WITHOUT_WIDTH
        and unicodedata.category(one) not in ("Cf", "Cc")
        and not _is_variation(one)
    )
    kept = unicodedata.normalize("NFKC", kept)  # letters that have met their accents
    kept = unicodedata.normalize("NFKC", kept)  # letters that have met their accents
    number = _WHOLE_NUMBER.fullmatch(kept)
    return number[1] if number else kept


@lru_cache(maxsize=2**12)
def _shown(character: str, composed: bool) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    category = unicodedata.category(character)
    hidden = category in _INVISIBLE or (category == "Mn" and not composed)
    blank = character.isspace() and character != " "
    if hidden or blank or character in _WITHOUT_WIDTH or _is_variation(character):
        return f"<U+{ord(character):04X}>"
    return character


def _is_variation(character: str) -> bool:
    return (
        character == "\u034f"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or "\u180b" <= character <= "\u180f"
    )
