"""What a workbook's reader leaves out: merged cells, formulas without a result."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

CHUNK_BYTES = 2**20
# The XML that programs write for both is of one form; elements may have a prefix.
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FORMULA = re.compile(
    rb'<((?:\w+:)?)c\s(?:[^>]*\s)?r="([A-Z]+)(\d+)"[^>]*>\s*'
    rb"<\1f\b(?:[^>]*/>|[^>]*>[^<]*</\1f>)\s*(?:<\1v\s*/>|<\1v></\1v>)?\s*</\1c>"
)


@dataclass
class SheetFacts:
    """Places in a sheet; rows count from 1, columns from 0.

    Args:
        formulas: Row -> columns of formulas without a stored result.
        blocks: First row -> (column, last row) of cells merged over several rows.
        ends: Column -> last row of the block that was entered last.
        merged: How many such blocks there are.
        first_merged: The first one, as in A2:A13.
    """

    formulas: dict[int, list[int]] = field(default_factory=dict)
    blocks: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    merged: int = 0
    first_merged: str = ""


def sheet_facts(handle: BinaryIO, sheet: Any) -> SheetFacts:
    """Returns what the XML of a sheet says.

    Args:
        handle: The workbook; it is set back to where it was.
        sheet: One that openpyxl opened to be read only.
    """
    facts = SheetFacts()
    start = handle.tell()
    handle.seek(0)
    with zipfile.ZipFile(handle) as archive:
        path = getattr(sheet, "_worksheet_path", "")
        if path not in archive.namelist():
            return facts
        with archive.open(path) as xml:
            for part in _parts(xml):
                _look(part, facts)
    handle.seek(start)
    return facts


def _parts(xml: Any) -> Iterator[bytes]:
    """Yields the content in parts that end where a cell or a merge begins."""
    rest = b""
    while chunk := xml.read(CHUNK_BYTES):
        content = rest + chunk
        begin = max(map(content.rfind, (b"<c ", b":c ", b"mergeCell ")))
        end = max(content.rfind(b"<", 0, begin + 1), 0)
        yield content[:end]
        rest = content[end:]
    yield rest


def _look(part: bytes, facts: SheetFacts) -> None:
    if b"f" in part and (b"<f" in part or b":f" in part):
        for match in _FORMULA.finditer(part):
            row = int(match[3])
            facts.formulas.setdefault(row, []).append(_column(match[2]))
    for left, top, _, bottom in _MERGED.findall(part):
        if top != bottom:
            facts.merged += 1
            facts.first_merged = facts.first_merged or (
                f"{left.decode()}{top.decode()}:{left.decode()}{bottom.decode()}"
            )
            block = _column(left), int(bottom)
            facts.blocks.setdefault(int(top), []).append(block)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
