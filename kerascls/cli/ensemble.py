"""`kerascls ensemble`."""

from collections.abc import Callable, Iterable
from functools import reduce
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
    setting_options,
)
from kerascls.cli.output import echo_json, progress_console
from kerascls.cli.tune import DECISION
from kerascls.experiments.combining.weighing import SELECTIONS
from kerascls.settings.training import LANGUAGES


def combining_options(
    ways: Iterable[str], **help_texts: str
) -> Callable[[Callable], Callable]:
    """Returns a decorator that adds what makes one classifier of several runs.

    Args:
        ways: What `--select` accepts.
        **help_texts: Of `select` and `best_by`.
    """
    files = (
        "Labelled text to {}; repeat for several files. Default: the {} of the runs."
    )
    decorators: list[Callable[[Callable], Callable]] = [
        click.argument("runs", nargs=-1, required=True, type=FOLDER, metavar="RUN..."),
        click.option(
            "--out",
            type=NEW_FOLDER,
            help="Directory to write. Default: a new one in runs/.",
        ),
        click.option("--overwrite", is_flag=True, help="Replace what --out holds."),
        click.option(
            "--select", type=click.Choice(list(ways)), help=help_texts["select"]
        ),
        click.option(
            "--valid",
            multiple=True,
            type=TEXT_SOURCE,
            help=files.format("choose on", "validation part"),
        ),
        click.option(
            "--test",
            multiple=True,
            type=TEXT_SOURCE,
            help=files.format("score on", "test part"),
        ),
        setting_options(["best_by"], best_by=help_texts["best_by"]),
        setting_options(DECISION),
        reading_options(),
        click.option(
            "--language",
            type=click.Choice(list(LANGUAGES)),
            help="Of report.html, report.md and plots. Default: that of the runs.",
        ),
        click.option(
            "--json", "as_json", is_flag=True, help="Write the result as JSON."
        ),
        click.option(
            "--quiet", is_flag=True, help="Show errors and the result's path only."
        ),
    ]

    def decorate(command: Callable) -> Callable:
        return reduce(lambda made, add: add(made), reversed(decorators), command)

    return decorate


def combine(function: Callable, runs: Any, as_json: bool, **options: Any) -> None:
    """Calls `ensemble` or `soup` and says where the result is."""
    files = {name: list(options.pop(name)) or None for name in ("valid", "test")}
    console = progress_console(only_results_on_stdout=as_json)
    result = function(runs, console=console, **given(files | options))
    if as_json:
        return echo_json(result.to_dict())
    click.echo(f"Written: {result.out}")


@click.command()
@combining_options(
    SELECTIONS,
    select="Weights of the smallest log loss; of the runs that help most, one after "
    "the other; or equal ones.  [fitted]",
    best_by="Validation score of greedy selection, and of the best member.  [macro_f1]",
)
def ensemble(runs: tuple[Path, ...], **options: Any) -> None:
    """Make one classifier of several RUNs: the mean of their probabilities.

    Each RUN is a run directory or a bundle, of any model, on the same labels. The
    bundle that is written holds them all, with their weights, and works like any other.
    """
    combine(kerascls.ensemble, runs, **options)
