"""Merged cells, and formulas without a result."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from kerascls.data.readers import sheet_facts as module
from kerascls.data.readers.sheet_facts import sheet_facts


def facts_of(book):
    target = io.BytesIO()
    book.save(target)
    sheet = load_workbook(target, read_only=True).worksheets[0]
    return sheet_facts(target, sheet)


@pytest.mark.parametrize("chunk_bytes", [7, 64, 2**20])
def test_blocks_and_formulas_are_found_wherever_parts_end(monkeypatch, chunk_bytes):
    monkeypatch.setattr(module, "CHUNK_BYTES", chunk_bytes)
    book = Workbook()
    for row in range(1, 12):
        book.active.append([f"label {row}", "=A1&B1" if row % 5 == 0 else "text"])
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("AB5:AC9")
    book.active.merge_cells("C1:E1")
    facts = facts_of(book)
    assert facts.blocks == {2: [(0, 4)], 5: [(27, 9)]}
    assert (facts.merged, facts.first_merged) == (2, "A2:A4")
    assert facts.formulas == {5: [1], 10: [1]}


def test_a_formula_with_a_stored_result_is_none_of_these():
    book = Workbook()
    book.active.append(["=1+1", "=A1"])
    target = io.BytesIO()
    book.save(target)
    stored = io.BytesIO()
    with zipfile.ZipFile(target) as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            content = content.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
            new.writestr(
                name, content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
            )
    sheet = load_workbook(stored, read_only=True).worksheets[0]
    assert sheet_facts(stored, sheet).formulas == {1: [1]}
