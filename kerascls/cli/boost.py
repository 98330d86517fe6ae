"""`kerascls boost`."""

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
    "--rounds",
    type=click.IntRange(min=2),
    help="How many models at most. Default: 3; with --resume as at first.",
)
@click.option(
    "--out", type=NEW_FOLDER, help="Directory to write. Default: a new one in runs/."
)
@click.option("--overwrite", is_flag=True, help="Replace what --out holds.")
@click.option("--resume", is_flag=True, help="Go on with the stack in --out.")
@with_settings
@click.option("--quiet", is_flag=True, help="Show errors and the result's path only.")
@click.option("--no-cache", is_flag=True, help="Tokenise again, keep no token ids.")
def boost(settings: RunSettings, as_json: bool, no_cache: bool, **options: Any) -> None:
    """Train one model after another, each more on what those before it got wrong.

    Rows of labels that the stack misses on the validation part get more weight in the
    next round. All rounds together become one classifier, weighed as by `ensemble`.
    """
    result = kerascls.boost(settings, cache=not no_cache, **options)
    if as_json:
        echo_json(result.to_dict())
    else:
        click.echo(f"Written: {result.out}")
