r"""One rule for what a cell's text is, whatever the format of its file.

A cell of a text file is what stands there. A cell with a type - of a workbook, of JSON,
of a table in memory - gets the text that a spreadsheet saves of it as CSV, so that a
table reads the same in all formats. Three things that only programs write are taken
back: `_x000D_`, `="01"` and, as no text at all, error values such as `#N/A`.
"""

import datetime
import math
import re
from decimal import Decimal
from numbers import Integral, Real

from kerascls.errors import DataError

# The error values of Excel, WPS and LibreOffice.
ERRORS = frozenset(
    {
        *("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"),
        *("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!"),
        *("#UNKNOWN!", "#GETTING_DATA", "#PYTHON!", "#EXTERNAL!"),
    }
)
# Control characters as workbooks write them, and the underscore that protects one.
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005[Ff]|007[Ff])_")
MAX_ERROR_CHARS = 24
# From here on a float has not all digits that would be written; Python, pandas and JSON
# write 1e+16.
FIRST_WITH_EXPONENT = 1e16
_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')


class Unreadable(str):
    """A cell without a text; as a str it is empty, and `reason` says what it holds."""

    reason: str

    def __new__(cls, reason: str) -> "Unreadable":
        """Returns an empty str that remembers why."""
        cell = super().__new__(cls, "")
        cell.reason = reason
        return cell


def cell_text(value: object) -> str:
    """Returns the text of a cell.

    Args:
        value: What the file, or a table in memory, holds: a str, a number, a truth
            value, a date or time, or None, which like NaN is an empty text.

    Raises:
        DataError: When it holds something else or an error value; a few words only,
            for the reader adds where it is.

    Example:
        >>> [cell_text(value) for value in (1.0, 2.5, 1e16, True, None, '="01"')]
        ['1', '2.5', '1e+16', 'TRUE', '', '01']
    """
    if isinstance(value, str):
        return _written(value)
    if value is None or _is_missing(value):
        return ""
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return str(value).upper()
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real | Decimal):
        return _number_text(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return str(value.date() if midnight else value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return str(value)
    kinds = {"list": "a list", "dict": "an object"}
    kind = type(value).__name__
    raise DataError(f"must hold a text, not {kinds.get(kind, kind)}")


def is_empty(value: object) -> bool:
    """Returns whether a cell holds nothing, or white space only."""
    if isinstance(value, str):
        return not (value and not value.isspace()) and type(value) is not Unreadable
    if isinstance(value, list):
        return not value
    return value is None or _is_missing(value)


def _number_text(value: Real | Decimal) -> str:
    number = float(value)
    if math.isinf(number):
        raise DataError("holds an infinite number")
    if isinstance(value, Decimal):  # of any size, exact
        return str(int(value)) if value == int(value) else str(value)
    is_whole = number.is_integer() and abs(number) < FIRST_WITH_EXPONENT
    return str(int(number)) if is_whole else str(value)


def _written(text: str) -> str:
    if isinstance(text, Unreadable):
        raise DataError(f"holds {text.reason}")
    if "_x00" in text:
        text = _ESCAPED.sub(_unescaped, text)
    if len(text) < MAX_ERROR_CHARS and "#" in text and text.strip() in ERRORS:
        raise DataError(
            f"holds the error value {text.strip()} of a spreadsheet; correct the "
            f"formula, or empty the cell"
        )
    if text.startswith('="') and (match := _FORMULA_TEXT.fullmatch(text.strip())):
        return match[1].replace('""', '"')
    return text


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code else match[0]


def _is_missing(value: object) -> bool:
    """Returns whether a value is NaN, NaT or pandas' NA, each unlike itself or odd."""
    if isinstance(value, float):
        return math.isnan(value)
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, Decimal | Real) and value != value
