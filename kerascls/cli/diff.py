"""`kerascls diff`."""

from pathlib import Path

import click

import kerascls
from kerascls.cli.options import FOLDER
from kerascls.cli.output import echo_json, show


@click.command()
@click.argument("run_a", type=FOLDER)
@click.argument("run_b", type=FOLDER)
@click.option(
    "--resamples",
    type=click.IntRange(min=1),
    default=1000,
    help="How often test rows are drawn.  [1000]",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Of that.  [0]")
@click.option(
    "--classes",
    type=click.IntRange(min=0),
    default=10,
    help="How many of the classes that moved to show.  [10]",
)
@click.option("--json", "as_json", is_flag=True, help="Write everything as JSON.")
def diff(
    run_a: Path, run_b: Path, resamples: int, seed: int, classes: int, as_json: bool
) -> None:
    """Test whether RUN_B is better or worse than RUN_A on the same test rows.

    Each is a run directory, or one that `evaluate --report` wrote. Runs scored on
    different test data are refused.
    """
    difference = kerascls.diff(run_a, run_b, resamples=resamples, seed=seed)
    if as_json:
        return echo_json(difference.to_dict())
    from kerascls.evaluation.reports import render_difference

    show(render_difference(difference, max_classes=classes))
