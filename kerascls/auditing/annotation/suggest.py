"""`suggest(...)`: which rows of unlabelled text to label next."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from kerascls.auditing.annotation.choosing import Plan, suggestions_of
from kerascls.auditing.annotation.known_texts import KnownTexts
from kerascls.auditing.annotation.pool import Scan, Texts, scan
from kerascls.auditing.annotation.scoring import Scoring
from kerascls.auditing.annotation.suggestion_files import (
    JSON_LINES,
    check_format,
    write_suggestions,
)
from kerascls.auditing.annotation.suggestions import Suggestions
from kerascls.auditing.annotation.uncertainty import default_uncertainty
from kerascls.data.readers import FileKeywords, FileOptions
from kerascls.data.readers.frame_kinds import as_source
from kerascls.data.readers.frames import Frame
from kerascls.errors import DataError
from kerascls.inference.bundle import open_bundle
from kerascls.inference.inputs import open_input
from kerascls.inference.outputs import check_output
from kerascls.inference.predict_file import columns_of, refuse_overwriting_input
from kerascls.inference.predictor import Predictor
from kerascls.inference.stream import CHUNK_ROWS
from kerascls.system.words import as_keywords


def suggest(
    bundle: str | Path | Predictor,
    pool: Any,
    n: int = 100,
    *,
    output: str | Path | None = None,
    output_format: str = JSON_LINES,
    overwrite: bool = False,
    uncertainty: str | None = None,
    diversity: str = "k-center",
    rare_boost: float = 0.5,
    seed: int = 0,
    exclude: Any = (),
    text: str | Sequence[str] = (),
    runtime: str = "auto",
    chunk_rows: int = CHUNK_ROWS,
    on_progress: Callable[[int, int | None], None] | None = None,
    **reading: Unpack[FileKeywords],
) -> Suggestions:
    """Chooses the rows of a pool whose labels a classifier would learn most from.

    Each row is scored by how unsure the classifier is of its labels; those of rare
    labels count more. Among the ten times as many rows with the largest scores, rows
    that differ are chosen, each with regard to those before it: whoever labels fewer
    than `n` labels the first ones. Left out are rows without a text, rows that the run
    had in any part, and rows whose texts an earlier row has.

    Args:
        bundle: A run directory, a bundle, or a predictor that is loaded already.
        pool: A file with a text in each row, or a table in memory.
        n: How many rows to choose; of fewer, all are.
        output: A file to write the rows to.
        output_format: `"jsonl"`, or `"doccano"` or `"label-studio"`, with the predicted
            labels for people to accept or correct.
        overwrite: Whether an `output` that exists is replaced.
        uncertainty: `"threshold"`, how near each label is to its threshold, which is
            the default for classifiers that have such; `"entropy"` of each label or,
            where one of them is true, of the row; or `"margin"` between yes and no, or
            between the two likeliest.
        diversity: `"k-center"` or `"k-means++"` in the space of the classifier's pooled
            states, `"badge"` in that of its last layer's gradients; `"none"`: the
            largest scores. See `kerascls.auditing.annotation.diversity`.
        rare_boost: From 0, all labels count alike, to 1, the inverse of their training
            rows.
        seed: Of what is drawn.
        exclude: Files, in UTF-8, or tables with texts that are labelled already, such
            as a test file the run did not have, or all of it where there is only a
            bundle.
        text: Columns with the texts. Defaults to those used in training.
        runtime: What computes, see `Predictor.load`; of no use to a loaded predictor.
        chunk_rows: Most rows scored together.
        on_progress: Called with rows scored and rows in all.
        **reading: How the pool is read, see `kerascls.data.readers.FileOptions`.

    Returns:
        The rows, the most useful first.

    Raises:
        DataError: When the pool has no texts, no row worth a label, or one that cannot
            be used.
        SettingsError: When a keyword is unknown or has no meaning, or the output cannot
            be written.
        BundleError: When the bundle cannot be loaded.

    Example:
        >>> found = kerascls.suggest("runs/news", frame, n=100)
        >>> frame.iloc[found.positions]
    """
    options = FileOptions.from_keywords(suggest, reading)
    pool = as_source(pool)
    check_format(output_format)
    if output is not None:
        refuse_overwriting_input(pool, output)
        check_output(output, overwrite)
    opened = open_bundle(bundle) if isinstance(bundle, str | Path) else bundle.bundle
    uncertainty = uncertainty or default_uncertainty(opened.rule)
    plan = Plan(n, uncertainty, diversity, rare_boost, seed)
    scoring = Scoring.of(opened, uncertainty, rare_boost)
    notes: list[str] = []
    with open_input(pool, options) as rows:
        columns = columns_of(rows, text, opened.input_spec.text_columns)
        rows.columns(columns)
        num_rows = rows.check(columns, notes)
        notes = [f"{rows.source}: {line}" for line in notes]
        known = KnownTexts.of(opened, exclude, text)
        # Loading takes seconds: it waits until the pool has been checked.
        if isinstance(bundle, str | Path):
            bundle = Predictor(opened, runtime)
        predictor = bundle

        def priorities(texts: Texts) -> np.ndarray:
            return scoring.priorities(predictor.predict_proba(texts))

        found = scan(
            *(rows, columns, opened, known, priorities, chunk_rows),
            *(on_progress, num_rows),
        )
        notes += [known.note, *found.notes()]
        _require_rows(found, rows.source)
        chosen = suggestions_of(predictor, rows, columns, scoring, found, plan, notes)
    if output is not None:
        more = write_suggestions(Path(output), chosen, output_format)
        chosen = replace(chosen, notes=(*chosen.notes, *more))
    if isinstance(pool, Frame):
        chosen = replace(chosen, notes=tuple(map(as_keywords, chosen.notes)))
    return chosen


def _require_rows(found: Scan, source: str) -> None:
    if len(found.numbers):
        return
    reasons = "".join(f"; {number:,} {why}" for why, number in found.left_out.items())
    raise DataError(
        f"Expected a pool with texts that nobody has labelled. Received: {source}, "
        f"{found.rows:,} rows{reasons}. Give other texts."
    )
