"""The result of an export for the screen."""

from kerascls.serving.exporters.export import ExportResult


def table_of(result: ExportResult) -> list[tuple[str, ...]]:
    """Returns rows of cells, the heading first: Keras and the exported model."""
    comparison = result.comparison
    before, after = comparison.reference, comparison.candidate
    rows = [
        ("", "keras", f"{result.format}{' int8' if result.int8 else ''}"),
        ("size", _megabytes(result.reference_bytes), _megabytes(result.num_bytes)),
        ("one text", f"{before.one_text_ms:.1f} ms", f"{after.one_text_ms:.1f} ms"),
        ("in batches", _pace(before.texts_per_s), _pace(after.texts_per_s)),
    ]
    if before.macro_f1 is not None:
        rows += [
            ("macro F1", f"{before.macro_f1:.4f}", f"{after.macro_f1:.4f}"),
            ("micro F1", f"{before.micro_f1:.4f}", f"{after.micro_f1:.4f}"),
        ]
    changed = f"{comparison.changed} of {comparison.rows} rows"
    largest, mean = comparison.largest_difference, comparison.mean_difference
    return [
        *rows,
        ("other labels", "", f"{changed} ({comparison.changed_share:.2%})"),
        ("difference of a probability", "", f"{largest:.2g} at most, {mean:.2g} mean"),
    ]


def _megabytes(num_bytes: int) -> str:
    return f"{num_bytes / 1e6:.1f} MB"


def _pace(texts_per_s: float) -> str:
    return f"{texts_per_s:,.0f} texts/s"
