"""`kerascls fit`."""

from functools import partial
from typing import Any

import click

import kerascls
from kerascls.cli.options import NEW_FOLDER, setting_options, with_settings
from kerascls.cli.output import echo_json
from kerascls.data.readers.read_options import READ_KEYWORDS
from kerascls.settings.run_settings import FIELDS, OPTION_KEYS, RunSettings

OPTIONS = (
    *("model", "train", "valid", "test", "text", "text_pair"),
    *(name for name in READ_KEYWORDS if name != "text"),
    *("checkpoint", "vocab", "from_scratch", "max_tokens", "truncate", "max_windows"),
    *("batch_size", "epochs", "learning_rate", "seed", "language"),
    "imbalance",
)
_REST = sorted(set(FIELDS) - {OPTION_KEYS[name] for name in OPTIONS})


@click.command(epilog=f"More keys for --set: {', '.join(_REST)}.")
@setting_options(OPTIONS)
@click.option(
    "--out", type=NEW_FOLDER, help="Directory to write. Default: a new one in runs/."
)
@click.option("--overwrite", is_flag=True, help="Replace what --out holds.")
@click.option("--resume", is_flag=True, help="Go on with the run in --out.")
@click.option(
    "--seeds",
    type=click.IntRange(min=2),
    help="Train so many times, from --seed on; show mean and spread.",
)
@with_settings
@click.option("--quiet", is_flag=True, help="Show errors and the result's path only.")
@click.option("--no-cache", is_flag=True, help="Tokenise again, keep no token ids.")
def fit(
    settings: RunSettings,
    seeds: int | None,
    as_json: bool,
    no_cache: bool,
    **options: Any,
) -> None:
    """Train a classifier from labelled text.

    Without --train it runs on the sample that comes with the package.
    """
    train = partial(kerascls.fit_seeds, seeds=seeds) if seeds else kerascls.fit
    result = train(settings, cache=not no_cache, **options)
    if as_json:
        echo_json(result.to_dict())
    else:
        click.echo(f"Written: {result.out}")
