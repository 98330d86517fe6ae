"""One rule for what a cell's text is, whatever the format of its file."""

import csv
import datetime
import io
import json
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from kerascls.data.readers import FileOptions, read, read_records
from kerascls.data.readers.cells import ERRORS, Unreadable, cell_text, is_empty
from kerascls.data.readers.frame_kinds import as_frame
from kerascls.errors import DataError

DAY = datetime.datetime(2024, 5, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("国足", "国足"),
        (" 1.0 ", " 1.0 "),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (9007199254740994.0, "9007199254740994"),
        (1e16, "1e+16"),
        (-1e22, "-1e+22"),
        (1e-5, "1e-05"),
        (0.1 + 0.2, "0.30000000000000004"),
        (10**20, "100000000000000000000"),
        (np.float32(0.1), "0.1"),
        (Decimal("3.00"), "3"),
        (Decimal("2.50"), "2.50"),
        (Decimal("12345678901234567890"), "12345678901234567890"),
        (Decimal("1E+20"), "100000000000000000000"),
        (True, "TRUE"),
        (False, "FALSE"),
        (None, ""),
        (math.nan, ""),
        (Decimal("nan"), ""),
        (np.int64(7), "7"),
        (np.float32(7), "7"),
        (np.float64("nan"), ""),
        (np.bool_(True), "TRUE"),
        (DAY, "2024-05-01"),
        (DAY.replace(hour=7), "2024-05-01 07:00:00"),
        (DAY.date(), "2024-05-01"),
        (datetime.time(7, 30), "07:30:00"),
        ("a_x000D_\nb", "a\r\nb"),
        ("_x000d_", "\r"),
        ("_x0041_", "_x0041_"),
        ("_x0000_", "_x0000_"),
        ("_x005F_x000D_", "_x000D_"),
        ('="01"', "01"),
        ('="say ""hi"""', 'say "hi"'),
        ('="a"&"b"', '="a"&"b"'),
        ("#1", "#1"),
        ("NA", "NA"),
    ],
)
def test_a_cell_has_the_text_that_a_spreadsheet_saves(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1], "must hold a text, not a list"),
        ({}, "must hold a text, not an object"),
        (b"a", "must hold a text, not bytes"),
        (math.inf, "an infinite number"),
        ("#N/A", "holds the error value #N/A"),
        (" #REF! ", "holds the error value #REF!"),
        (Unreadable("a formula"), "holds a formula"),
    ],
)
def test_what_has_no_text_is_refused(value, reason):
    with pytest.raises(DataError, match=reason):
        cell_text(value)


@pytest.mark.parametrize("value", ["", " \n\u3000", None, math.nan, []])
def test_white_space_and_missing_values_are_empty(value):
    assert is_empty(value)


@pytest.mark.parametrize("value", ["a", 0, False, [""], Unreadable("a formula")])
def test_anything_else_is_not_empty(value):
    assert not is_empty(value)


# No line ends: with one, lines of text formats count on.
VALUES = st.one_of(
    st.text(st.sampled_from('甲a😀",|\\[\t= #_x0D'), max_size=8),
    st.sampled_from(["_x000D_", '="01"', "NA", "null", "1.0", "true", *sorted(ERRORS)]),
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3)),
    # With no more digits than openpyxl writes.
    st.floats(-1e300, 1e300).map(lambda number: float(f"{number:.15g}")),
    st.sampled_from([1e15, 1e16, 1e22, 1e-5, float(2**53 + 2)]),
    st.booleans(),
    st.none(),
)
TABLES = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=6)


def saved(value):
    """Returns what a spreadsheet saves of a value as CSV."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(value + 0.0).removesuffix(".0")  # also of -0.0
    return "" if value is None else str(value)


def written(folder, rows):
    """Writes one table in all formats."""
    paths = [folder / f"table.{ending}" for ending in ("csv", "tsv", "jsonl", "xlsx")]
    for path, delimiter in zip(paths[:2], ",\t", strict=True):
        target = io.StringIO(newline="")
        quoting = csv.QUOTE_ALL
        writer = csv.writer(target, delimiter=delimiter, quoting=quoting)
        writer.writerows([("text", "labels"), *([saved(v) for v in r] for r in rows)])
        path.write_bytes(target.getvalue().encode())
    lines = [json.dumps({"text": text, "labels": label}) for text, label in rows]
    paths[2].write_text("\n".join(lines), "utf-8")
    book = Workbook()
    book.active.append(["text", "labels"])
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = book.active.cell(number, column)
            cell.value = value
            if isinstance(value, str):  # not a formula, not an error
                cell.data_type = "s"
    book.save(paths[3])
    return paths


def outcome(path):
    """Returns the examples of a file, or its bad rows; lines count from the first."""
    first = 1 if path.suffix == ".jsonl" else 2
    bad = []
    good = []
    for record in read_records(path):
        try:
            texts = tuple(cell_text(value) for value in record.fields.values())
            good.append((record.line - first, texts))
        except DataError as error:
            bad.append((record.line - first, str(error)))
    return good, bad


@given(rows=TABLES)
def test_one_table_reads_the_same_in_all_formats(tmp_path_factory, rows):
    paths = written(tmp_path_factory.mktemp("tables"), rows)
    first, *others = [outcome(path) for path in paths]
    assert all(other == first for other in others)


def test_examples_are_the_same_in_all_formats(tmp_path):
    rows = [
        ("国足", "体育"),
        (1.0, 1),
        (True, 2.0),
        (None, "体育"),
        (None, None),
        ("a_x000D_b", '="01"'),
    ]
    for path in written(tmp_path, rows):
        dataset = read(path)
        found = [(row.texts[0], row.labels) for row in dataset.examples]
        assert found == [
            ("国足", ("体育",)),
            ("1", ("1",)),
            ("TRUE", ("2",)),
            ("", ("体育",)),
            ("a\rb", ("01",)),
        ]
        assert "empty rows passed over: 1" in dataset.notes[-1]
        assert dataset.empty_texts == 1


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "xlsx"])
def test_an_error_value_is_a_bad_row_in_all_formats(tmp_path, ending):
    paths = written(tmp_path, [("国足", "#N/A"), ("#REF!", "体育"), ("甲", "体育")])
    path = next(path for path in paths if path.suffix == f".{ending}")
    with pytest.raises(DataError, match=r"(?s)2 bad rows.*value #N/A.*value #REF!"):
        read(path)
    assert FileOptions().stated == ()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_of_a_frame_are_those_of_the_csv_that_pandas_makes_of_it(numbers):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": numbers})
    lines = frame.to_csv(index=False).split()[1:]
    in_file = [line.removesuffix(".0") if line != "-0.0" else "0" for line in lines]
    in_memory = [cell_text(row.fields["text"]) for row in as_frame(frame).records()]
    assert in_memory == in_file


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_of_half_the_bits_have_the_digits_they_were_written_with(numbers):
    pandas = pytest.importorskip("pandas")
    narrow = np.array(numbers, np.float32)
    records = as_frame(pandas.DataFrame({"text": narrow})).records()
    texts = [cell_text(row.fields["text"]) for row in records]
    assert (np.array(texts, np.float32) == narrow).all()
    assert max(map(len, texts)) < len("-0.10000000149011612")
