"""`kerascls compare`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.fit import OPTIONS
from kerascls.cli.options import (
    FOLDER,
    NEW_FOLDER,
    setting_options,
    with_settings_of_models,
)
from kerascls.cli.output import echo_json
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import DISTANCES


@click.command()
@click.argument("runs", nargs=-1, type=FOLDER)
@click.option(
    "--models",
    metavar="MODEL,MODEL,...",
    help="Presets to train; NAME=PRESET gives one of several with the same a name.",
)
@setting_options(name for name in OPTIONS if name not in ("model", "checkpoint"))
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    help="Runs of each model, from --seed on.  [3]",
)
@click.option(
    "--by",
    type=click.Choice(("macro_f1", "micro_f1", "weighted_f1", "accuracy", *DISTANCES)),
    help="What ranks, and whose differences are tested.  [macro_f1; kl for "
    "distributions]",
)
@click.option(
    "--out",
    type=NEW_FOLDER,
    help="Directory for runs and leaderboard. Of RUNS: none by default.",
)
@click.option("--overwrite", is_flag=True, help="Replace the comparison in --out.")
@click.option("--resume", is_flag=True, help="Go on with the comparison in --out.")
@click.option("--no-speed", is_flag=True, help="Measure no texts per second.")
@click.option(
    "--resamples",
    type=click.IntRange(min=2),
    default=1000,
    help="How often test rows are drawn.  [1000]",
)
@with_settings_of_models
@click.option("--quiet", is_flag=True, help="Show errors and the result's path only.")
@click.option("--no-cache", is_flag=True, help="Tokenise again, keep no token ids.")
def compare(
    settings: RunSettings,
    runs: tuple[Path, ...],
    of_models: tuple[str, ...],
    as_json: bool,
    no_cache: bool,
    no_speed: bool,
    **options: Any,
) -> None:
    """Rank models on the same test rows: scores, costs, which differences are real.

    Trains the presets of --models with several seeds, each with its own defaults, into
    OUT/MODEL-SEED. An option for all must be one that all follow; --set
    MODEL:train.epochs=3 is for one. Or compares RUNS: finished runs that were scored on
    the same rows; those that differ in the seed alone are one model.
    """
    from kerascls.experiments.comparison.contenders import model_options_from

    board = kerascls.compare(
        list(runs),
        settings=settings,
        model_options=model_options_from(of_models),
        cache=not no_cache,
        speed=not no_speed,
        **options,
    )
    if as_json:
        echo_json(board.to_dict())
    elif board.out is not None:
        click.echo(f"Written: {board.out}")
