"""The result of an export as a table for the screen."""

from dataclasses import replace
from pathlib import Path

from kerascls.serving.exporters.comparison import Comparison, Side
from kerascls.serving.exporters.export import ExportResult
from kerascls.serving.exporters.table import table_of

SIDES = Side(0.91234, 0.9, 12.34, 1234.5), Side(0.91, 0.9, 3.1, 56789.0)
RESULT = ExportResult(
    bundle=Path("run/bundle"),
    format="onnx",
    int8=True,
    place=Path("run/bundle/model.onnx"),
    out=None,
    source="test.csv",
    num_bytes=1_440_000,
    reference_bytes=5_000_000,
    comparison=Comparison(200, 0.0123456, 0.00098765, 3, *SIDES),
)


def test_keras_stands_beside_the_exported_model():
    assert table_of(RESULT) == [
        ("", "keras", "onnx int8"),
        ("size", "5.0 MB", "1.4 MB"),
        ("one text", "12.3 ms", "3.1 ms"),
        ("in batches", "1,234 texts/s", "56,789 texts/s"),
        ("macro F1", "0.9123", "0.9100"),
        ("micro F1", "0.9000", "0.9000"),
        ("other labels", "", "3 of 200 rows (1.50%)"),
        ("difference of a probability", "", "0.012 at most, 0.00099 mean"),
    ]


def test_without_true_labels_there_is_no_f1():
    sides = (replace(side, macro_f1=None, micro_f1=None) for side in SIDES)
    comparison = Comparison(200, 0.0, 0.0, 0, *sides)
    rows = table_of(replace(RESULT, comparison=comparison, int8=False))
    assert rows[0] == ("", "keras", "onnx")
    assert not any("F1" in name for name, *_ in rows)
    assert all(len(row) == 3 for row in rows)
