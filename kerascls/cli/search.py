"""`kerascls search`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.fit import OPTIONS
from kerascls.cli.options import config_options, setting_options, settings_from
from kerascls.cli.output import echo_json, progress_console


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
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory to write, or to go on in. Default: runs/search-MODEL.",
)
@click.option("--overwrite", is_flag=True, help="Replace the search in --out.")
@config_options
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
@click.option("--quiet", is_flag=True, help="Show errors and the result's path only.")
@click.option("--no-cache", is_flag=True, help="Tokenise again, keep no token ids.")
def search(
    trials: int,
    proxy_rows: int,
    out: Path | None,
    overwrite: bool,
    config: Path | None,
    overrides: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    no_cache: bool,
    **options: Any,
) -> None:
    """Look for the best settings for labelled text.

    Varies learning rate, batch size, warm-up, layer decay, label smoothing, dropout
    and pooling around the preset's values, but for those that are given. The
    validation part decides; the test part is left aside. The same command again goes
    on with a search that was interrupted, or with more trials.
    """
    settings = settings_from(config, options, overrides)
    result = kerascls.search(
        settings,
        trials=trials,
        proxy_rows=proxy_rows,
        out=out,
        overwrite=overwrite,
        cache=not no_cache,
        quiet=quiet,
        console=progress_console(as_json),
    )
    if as_json:
        echo_json(result.to_dict())
    else:
        click.echo(f"Written: {result.config or result.table}")
