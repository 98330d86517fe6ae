"""The result of an export for the screen."""

from kerascls.serving.exporters.export import ExportResult


def table_of(result: ExportResult) -> list[tuple[str, ...]]:
    """Returns rows of cells, the heading first: Keras and the exported model."""
    comparison = result.comparison
    sides = comparison.reference, comparison.candidate
    sizes = result.reference_bytes, result.num_bytes
    rows: list[tuple[str, ...]] = [
        ("", "keras", f"{result.format}{' int8' if result.int8 else ''}"),
        ("size", *(f"{size / 1e6:.1f} MB" for size in sizes)),
        ("one text", *(f"{side.one_text_ms:.1f} ms" for side in sides)),
        ("in batches", *(f"{side.texts_per_s:,.0f} texts/s" for side in sides)),
    ]
    if comparison.reference.macro_f1 is not None:
        rows += [
            ("macro F1", *(f"{side.macro_f1:.4f}" for side in sides)),
            ("micro F1", *(f"{side.micro_f1:.4f}" for side in sides)),
        ]
    changed = f"{comparison.changed} of {comparison.rows} rows"
    largest, mean = comparison.largest_difference, comparison.mean_difference
    return [
        *rows,
        ("other labels", "", f"{changed} ({comparison.changed_share:.2%})"),
        ("difference of a probability", "", f"{largest:.2g} at most, {mean:.2g} mean"),
    ]
