"""`audit(...)`: what is wrong with labelled text."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from kerascls.auditing.audit_files import export_doccano, write_audit
from kerascls.auditing.duplicates import duplicate_sections
from kerascls.auditing.findings import Audit, Section
from kerascls.auditing.judges import AUTO, JUDGES, NONE
from kerascls.auditing.judging import default_judge
from kerascls.auditing.label_errors import KIND, TITLE, label_error_section
from kerascls.auditing.labels import label_column_section, label_sections
from kerascls.auditing.lengths import length_sections
from kerascls.auditing.near_duplicates import check_threshold, near_section
from kerascls.auditing.output_checks import check_directory, check_new_file
from kerascls.auditing.rows import Rows, read_rows, refuse_shares
from kerascls.data.readers import ReadKeywords, ReadOptions
from kerascls.errors import SettingsError
from kerascls.inference.bundle import Bundle, open_bundle
from kerascls.system.extras import EXTRAS, has_extra, require
from kerascls.system.tables import known_name, named


def audit(
    files: Any,
    bundle: str | Path | None = None,
    *,
    max_tokens: int | None = None,
    near: float = 0.8,
    label_errors: str = AUTO,
    folds: int = 5,
    seed: int = 0,
    out: str | Path | None = None,
    export: str | Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    **reading: Unpack[ReadKeywords],
) -> Audit:
    """Looks for duplicates, leaks, odd labels and likely label errors.

    Args:
        files: One or several files, or tables in memory, of the same task, such as
            train and test.
        bundle: A bundle or run directory: its vocabulary counts tokens, its
            probabilities judge labels, and columns are those of its training.
        max_tokens: What a model reads; without a bundle it counts characters.
        near: Least similarity of near duplicates, 0.5 to 1.
        label_errors: What judges the labels: `"bundle"`; `"cross-validation"` of a
            linear model; `"none"`. By default a bundle that was not trained on one of
            the files, else cross-validation; nothing without kerascls[audit].
        folds: Of the cross-validation.
        seed: Of folds, linear models and hash functions.
        out: Directory for audit.md, audit.json and findings.csv; none by default.
            A findings.csv with corrections is never overwritten.
        export: New file for doccano, JSON lines with the rows to label again.
        on_progress: Called with steps done and all steps while labels are judged.
        **reading: How the files are read, see `kerascls.data.readers.ReadOptions`:
            `text`, `label`, `label_separator` and `task`, by default as in training
            where there is a bundle, `format`, `encoding`, `skip_bad_rows`.

    Returns:
        The `Audit`.

    Raises:
        DataError: When a file cannot be used.
        BundleError: When the bundle cannot be read.
        SettingsError: When an argument is unknown or has no meaning, what is asked for
            cannot be written, or cleanlab is asked for and not installed.

    Example:
        >>> found = audit(["train.csv", "test.csv"])
        >>> found.section("leak").counts["texts"]
        646
    """
    options = ReadOptions.from_keywords(audit, reading)
    _check(near, folds, max_tokens)
    judge = _choose_judge(label_errors, bundle)
    if export is not None:
        check_new_file(export, (".jsonl",), "export")
    if out is not None:
        check_directory(out)
    opened = open_bundle(bundle) if bundle is not None else None
    rows = read_rows(files, opened, options)
    refuse_shares(rows.task, "an audit")
    reasons: tuple[str, ...] = ()
    if judge == AUTO and opened is not None:
        judge, reasons = default_judge(rows, opened)
    label_error = _label_errors(rows, judge, opened, folds, seed, on_progress)
    sections = (
        label_column_section(rows),
        *duplicate_sections(rows),
        near_section(rows, near, seed),
        *label_sections(rows, tuple(opened.label_set) if opened else None),
        *length_sections(rows, opened, max_tokens),
        replace(label_error, lines=(*label_error.lines, *reasons)),
    )
    result = Audit(rows, sections)
    if out is not None:
        write_audit(out, result)
    if export is not None:
        export_doccano(export, result)
    return result


def _check(near: float, folds: int, max_tokens: int | None) -> None:
    check_threshold(near)
    if folds < 2 or (max_tokens is not None and max_tokens < 1):
        raise SettingsError(
            f"Expected 2 folds or more, and a positive max_tokens. Received: "
            f"folds={folds!r}, max_tokens={max_tokens!r}. Use 5 folds."
        )


def _choose_judge(label_errors: str, bundle: str | Path | None) -> str:
    known_name((AUTO, NONE, *JUDGES), label_errors, "label_errors")
    if label_errors == AUTO:
        if not has_extra("audit"):
            return "missing"
        return "cross-validation" if bundle is None else AUTO
    if label_errors == NONE:
        return NONE
    if JUDGES[label_errors].needs_bundle and bundle is None:
        raise SettingsError(
            f"Expected a bundle whose probabilities judge the labels. Received: "
            f"label_errors={label_errors!r}, bundle=None. Name it with --bundle, or "
            f"use cross-validation."
        )
    require(f"label_errors={label_errors}", *EXTRAS["audit"])
    return label_errors


def _label_errors(
    rows: Rows,
    judge: str,
    bundle: Bundle | None,
    folds: int,
    seed: int,
    on_progress: Callable[[int, int], None] | None,
) -> Section:
    if judge == NONE:
        return _not_judged("left out, as asked for", "")
    if judge == "missing":
        return _not_judged(
            "not looked for: what judges them is not installed",
            'pip install "kerascls[audit]" to look for them.',
        )
    judged = named(JUDGES[judge].function)(rows, bundle, folds, seed, on_progress)
    if judged is None:
        return _not_judged(
            f"not looked for: too few labels have {folds} different texts or more",
            "Use fewer folds, or judge by a bundle.",
        )
    if not judged.differ:
        return _not_judged(
            "not looked for: the rows that can be judged, with a text and known "
            "labels, all have the same ones",
            "Check the columns, or use --label-errors cross-validation.",
        )
    return label_error_section(rows, judged)


def _not_judged(line: str, advice: str) -> Section:
    return Section(KIND, TITLE, {"rows": None, "judged_rows": 0}, (line,), advice)
