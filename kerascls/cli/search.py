"""`kerascls search`."""

from typing import Any

import click

import kerascls
from kerascls.cli.fit import OPTIONS
from kerascls.cli.options import NEW_FOLDER, setting_options, with_settings
from kerascls.cli.output import echo_json
from kerascls.settings.run_settings import RunSettings


@click.command()
@setting_options(OPTIONS)
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    default=20,
    help="How many settings to try, those given up early included.  [20]",
)
@click.option(
    "--proxy-rows",
    type=click.IntRange(min=0),
    default=2000,
    help="Training rows of the first three quarters of the trials; 0 for all rows in "
    "every trial.  [2000]",
)
@click.option(
    "--out",
    type=NEW_FOLDER,
    help="Directory to write, or to go on in. Default: runs/search-MODEL.",
)
@click.option("--overwrite", is_flag=True, help="Replace the search in --out.")
@with_settings
@click.option("--quiet", is_flag=True, help="Show errors and the result's path only.")
@click.option("--no-cache", is_flag=True, help="Tokenise again, keep no token ids.")
def search(
    settings: RunSettings, as_json: bool, no_cache: bool, **options: Any
) -> None:
    """Look for the best settings for labelled text.

    Varies learning rate, batch size, warm-up, layer decay, label smoothing, dropout
    and pooling around the preset's values, but for those that are given. The
    validation part decides; the test part is left aside. The same command again goes
    on with a search that was interrupted, or with more trials.
    """
    result = kerascls.search(settings, cache=not no_cache, **options)
    if as_json:
        echo_json(result.to_dict())
    else:
        click.echo(f"Written: {result.config or result.table}")
