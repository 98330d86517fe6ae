"""`kerascls tune`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import (
    FOLDER,
    TEXT_SOURCE,
    given,
    reading_options,
    runtime_option,
    setting_options,
)
from kerascls.cli.output import echo_json, row_progress, show

DECISION = (
    *("objective", "shrinkage", "calibration", "threshold", "top_k", "mass"),
    *("min_labels", "max_labels", "abstain_below"),
)


@click.command()
@click.argument("out", type=FOLDER)
@click.argument("valid", nargs=-1, type=TEXT_SOURCE, metavar="[VALID]...")
@setting_options(DECISION)
@reading_options()
@runtime_option
@click.option("--undo", is_flag=True, help="Bring the decision of before back.")
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
def tune(out: Path, valid: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Fit how the classifier in OUT decides anew, by default on its validation part.

    Nothing is trained: only probabilities and thresholds change, and the bundle keeps
    them. VALID is other labelled text to fit on, neither training nor test data. What
    was before stays in the bundle: --undo goes back, one `tune` at a time.
    """
    with row_progress() as progress:
        result = kerascls.tune(
            out, list(valid) or None, on_progress=progress, **given(options)
        )
    if as_json:
        return echo_json(result.to_dict())
    from kerascls.evaluation.reports import render_table
    from kerascls.evaluation.reports.rules import decision_line

    before, after = result.before, result.after
    if before is not None:
        show(render_table(before, title=f"Before, on {result.source}"))
    show(decision_line(result.decision_before))
    if after is not None:
        show(render_table(after, title="After", best=before, change="Δ before"))
    show(decision_line(result.decision))
    for line in result.decision.lines():
        show(line)
    for line in result.notes:
        show(f"Note: {line}")
    if result.unknown:
        show(f"Left out, training lacked them: {', '.join(result.unknown)}.")
    if result.decision == result.decision_before:
        show(f"Nothing changed: {result.bundle} decides as before.")
        return
    show(f"Written: {result.bundle}. Reports made before are of the old rule.")
