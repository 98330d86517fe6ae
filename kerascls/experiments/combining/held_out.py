"""The rows that a classifier made of runs is scored on: named, or the runs' own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerascls.data.labelled_text import LabelledText
from kerascls.data.readers import Dataset, ReadOptions
from kerascls.data.splits.parts import Part
from kerascls.errors import BundleError, KerasclsError, SettingsError
from kerascls.evaluation.evaluate import read_labelled
from kerascls.evaluation.reports.report import TEST_PART
from kerascls.evaluation.scored_rows import (
    TEST_ROWS_FILE,
    VALID_ROWS_FILE,
    ScoredRows,
    rows_sha256,
)
from kerascls.experiments.combining.candidates import Candidate
from kerascls.settings.run_settings import RunSettings
from kerascls.training.preparation import load_labelled_text
from kerascls.training.resume import earlier_run

_ROWS_FILES = {"valid": VALID_ROWS_FILE, "test": TEST_ROWS_FILE}


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Labelled rows that were kept for scoring.

    Args:
        dataset: The file.
        rows: int64, which of its examples.
        source: What they are, for people.
    """

    dataset: Dataset
    rows: np.ndarray
    source: str

    @property
    def texts(self) -> Sequence[tuple[str, ...]]:
        """The text fields of each row."""
        return self.dataset.examples.texts.take(self.rows)


def rows_to_score(
    candidates: Sequence[Candidate],
    test: Any,
    reading: ReadOptions,
    notes: list[str],
) -> HeldOut | None:
    """Returns the rows to score on; None where there are none, and a line says why.

    Args:
        candidates: The runs.
        test: A file or several, or tables in memory; None for the runs' own test part,
            read once more.
        reading: How the file is read.
        notes: Gets lines on what should be known of the rows.

    Raises:
        DataError: When the file cannot be used.
    """
    if test is not None:
        dataset = read_labelled(candidates[0].bundle, test, reading)
        notes += dataset.notes
        return HeldOut(dataset, np.arange(len(dataset.examples)), dataset.name)
    reasons = []
    for one in candidates:
        try:
            part = part_of_run(one, "test")
        except KerasclsError as error:
            reasons.append(f"{one.name}: {error}")
            continue
        return HeldOut(part.dataset, part.rows, f"{part.dataset.name}{TEST_PART}")
    notes.append(
        f"not scored, for no run's test part could be read again; --test FILE scores "
        f"it. {reasons[0]}"
    )
    return None


def part_of_run(one: Candidate, name: str) -> Part:
    """Returns the rows of a run's part, read once more from its files.

    Raises:
        BundleError: When it lies in no run.
        SettingsError: When there is no such part, or other rows are in it by now.
        DataError: When its files cannot be used.
    """
    part = data_of_run(one).parts.get(name)
    file = one.run / _ROWS_FILES[name]
    if part is None or not file.is_file():
        raise SettingsError(
            f"Expected a run with a {name} part. Received: {one.name!r} without one. "
            f"Give labelled text with --{name}."
        )
    if rows_sha256(part.texts, part.labels) != ScoredRows.load(file).rows_sha256:
        raise SettingsError(
            f"Expected the files of the run as they were. Received: {one.name!r}, "
            f"whose {name} part has other rows by now, in {part.dataset.name}. Put the "
            f"file back, or give labelled text with --{name}."
        )
    return part


def data_of_run(one: Candidate) -> LabelledText:
    """Returns the parts of a run, read once more from its files.

    Raises:
        BundleError: When it lies in no run.
        SettingsError: When it was trained on tables in memory.
        DataError: When its files cannot be used.
    """
    if not one.is_run:
        raise BundleError(
            f"Expected a run, which knows its files. Received: {one.name!r}, a bundle "
            f"without a run. Give labelled text with --valid and --test."
        )
    _, settings = earlier_run(one.run, RunSettings())
    return load_labelled_text(settings.data, settings.split_seed)
