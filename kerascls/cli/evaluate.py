"""`kerascls evaluate`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import (
    FOLDER,
    NEW_FOLDER,
    TEXT_SOURCE,
    given,
    reading_options,
    runtime_option,
)
from kerascls.cli.output import echo_json, row_progress, show
from kerascls.settings.training import LANGUAGES


@click.command()
@click.argument("out", type=FOLDER)
@click.option(
    "--test",
    multiple=True,
    type=TEXT_SOURCE,
    help="Labelled text to score on; repeat for several files.",
)
@reading_options()
@click.option(
    "--report",
    type=NEW_FOLDER,
    help="Directory for reports, plots, mistakes and scored rows. Default: none.",
)
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    help="Of report.html, report.md and plots.  [en]",
)
@runtime_option
@click.option("--json", "as_json", is_flag=True, help="Write the scores as JSON.")
def evaluate(
    out: Path,
    test: tuple[Path, ...],
    report: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Score the classifier in OUT, a run directory or bundle, on labelled text."""
    with row_progress() as progress:
        result = kerascls.evaluate(
            out, list(test) or None, out=report, on_progress=progress, **given(options)
        )
    if as_json:
        return echo_json(result.to_dict())
    from kerascls.evaluation.reports import render_report

    show(render_report(result))
