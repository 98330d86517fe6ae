"""`kerascls fit`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import config_options, setting_options, settings_from
from kerascls.cli.output import echo_json, progress_console
from kerascls.data.readers.read_options import READ_KEYWORDS
from kerascls.settings.run_settings import FIELDS, OPTION_KEYS

OPTIONS = (
    *("model", "train", "valid", "test", "text", "text_pair"),
    *(name for name in READ_KEYWORDS if name != "text"),
    *("checkpoint", "vocab", "from_scratch", "max_tokens", "truncate"),
    *("batch_size", "epochs", "learning_rate", "seed"),
)
_REST = sorted(set(FIELDS) - {OPTION_KEYS[name] for name in OPTIONS})


@click.command(epilog=f"More keys for --set: {', '.join(_REST)}.")
@setting_options(OPTIONS)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory to write. Default: a new one in runs/.",
)
@click.option("--overwrite", is_flag=True, help="Replace what --out holds.")
@click.option("--resume", is_flag=True, help="Go on with the run in --out.")
@config_options
@click.option(
    "--seeds",
    type=click.IntRange(min=2),
    help="Train so many times, from --seed on; show mean and spread.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
@click.option("--quiet", is_flag=True, help="Show errors and the result's path only.")
@click.option("--no-cache", is_flag=True, help="Tokenise again, keep no token ids.")
def fit(
    out: Path | None,
    overwrite: bool,
    resume: bool,
    config: Path | None,
    overrides: tuple[str, ...],
    seeds: int | None,
    as_json: bool,
    quiet: bool,
    no_cache: bool,
    **options: Any,
) -> None:
    """Train a classifier from labelled text.

    Without --train it runs on the sample that comes with the package.
    """
    settings = settings_from(config, options, overrides)
    result = _function(seeds)(
        settings,
        out=out,
        overwrite=overwrite,
        resume=resume,
        cache=not no_cache,
        quiet=quiet,
        console=progress_console(as_json),
    )
    if as_json:
        echo_json(result.to_dict())
    else:
        click.echo(f"Written: {result.out}")


def _function(seeds: int | None) -> Callable:
    if seeds is None:
        return kerascls.fit
    return partial(kerascls.fit_seeds, seeds=seeds)
