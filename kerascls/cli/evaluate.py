"""`kerascls evaluate`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import given, runtime_option, setting_options
from kerascls.cli.output import echo_json, row_progress

OPTIONS = ("text", "label", "label_separator", "format", "encoding", "skip_bad_rows")


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--test",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Labelled text to score on.",
)
@setting_options(
    OPTIONS,
    text="Text column; repeat for several. Default: as in training.",
    label="Label column. Default: as in training.",
    label_separator="What joins several labels in one cell. Default: as in training.",
)
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for reports, plots, mistakes and scored rows. Default: none.",
)
@runtime_option
@click.option("--json", "as_json", is_flag=True, help="Write the scores as JSON.")
def evaluate(
    out: Path, test: Path, report: Path | None, as_json: bool, **options: Any
) -> None:
    """Score the classifier in OUT, a run directory or bundle, on labelled text."""
    with row_progress() as show:
        result = kerascls.evaluate(
            out, test, out=report, on_progress=show, **given(options)
        )
    if as_json:
        return echo_json(result.to_dict())
    from kerascls.evaluation.reports import render_report

    click.echo(render_report(result))
