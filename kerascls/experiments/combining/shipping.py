"""The directory of a classifier that was made of others: written, then scored once."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.evaluation.evaluate import report_on, scored_rows_of, write_results
from kerascls.evaluation.reports import render_report
from kerascls.evaluation.reports.best_member import compared_with_member
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.seen_texts import seen_notes
from kerascls.experiments.combining.candidates import Candidate
from kerascls.experiments.combining.held_out import HeldOut
from kerascls.experiments.combining.weighing import Weighed
from kerascls.inference.bundle import Bundle
from kerascls.system.console import LOG_FILE, Screen
from kerascls.system.machine import package_versions
from kerascls.system.notebooks import html_lines
from kerascls.training.run_directory import RunDirectory


@dataclass(frozen=True, eq=False)
class Combined:
    """What `ensemble` and `soup` leave.

    Args:
        out: The directory.
        bundle: What to ship, in it.
        members: The runs, how each does on the validation rows, and its weight.
        report: Scores on the test rows; None where there were none.
        notes: What should be known of it, a line each.
    """

    out: Path
    bundle: Path
    members: tuple[Weighed, ...]
    report: Report | None
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        report = "" if self.report is None else self.report._repr_html_()
        lines = [f"{one.weight:.3f} {one.name}" for one in self.members]
        return html_lines([str(self.bundle), *lines, *self.notes]) + report

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as plain JSON types."""
        return {
            "out": str(self.out),
            "bundle": str(self.bundle),
            "members": [one.to_dict() for one in self.members],
            "notes": list(self.notes),
            "report": None if self.report is None else self.report.to_dict(),
        }


@contextmanager
def directory_of(
    out: Path, overwrite: bool, screen: Screen, **facts: Any
) -> Iterator[RunDirectory]:
    """Makes a run directory; leaves none, or the one of before, where nothing came.

    Args:
        out: The directory.
        overwrite: Whether an earlier run there may be replaced.
        screen: Gets its log there.
        **facts: What run.json tells.
    """
    run = RunDirectory.create(
        out,
        overwrite,
        command=shlex.join(sys.argv),
        python=sys.version.split()[0],
        versions=package_versions(),
        directory=os.getcwd(),
        **facts,
    )
    screen.log_to(run.path / LOG_FILE)
    try:
        yield run
        run.finish("done")
    except BaseException as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        if not run.has_trained:
            run.discard()
            told = f"Nothing was written to {run.path}."
        else:
            status = "interrupted" if interrupted else "failed"
            run.finish(status, error=f"{type(error).__name__}: {error}")
            told = f"{run.path} has the whole bundle, without its scores."
        if interrupted:
            raise KeyboardInterrupt(told) from None
        raise


def score_once(
    run: RunDirectory,
    bundle: Bundle,
    held: HeldOut,
    logits: np.ndarray,
    best: tuple[Candidate, np.ndarray] | None,
    notes: Sequence[str],
    language: str,
    screen: Screen,
) -> Report:
    """Scores a written bundle, compares it with the best run, and writes the report.

    Args:
        run: The directory.
        bundle: The bundle in it.
        held: The rows.
        logits: What the bundle says of them, float32 `(rows, labels)`.
        best: The run that was best on the validation rows, and the probabilities that
            it gives these, float32 `(rows, labels)`; None where it is all there is.
        notes: What should be known of the bundle.
        language: Of the report.
        screen: Where the report is shown.
    """
    scored = scored_rows_of(bundle, logits, held.dataset, held.rows)
    seen = seen_notes(bundle, held.dataset, held.rows)
    report = report_on(bundle, scored, held.source, [*notes, *seen])
    if best is not None:
        run_of_best, probabilities = best
        chosen = run_of_best.chosen(probabilities)
        compared = compared_with_member(scored, chosen, run_of_best.name)
        report = replace(report, best_member=compared)
    columns = held.dataset.text_columns
    write_results(run.path, report, scored, columns, language=language)
    screen.say(render_report(report))
    return report
