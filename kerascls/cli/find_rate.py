"""`kerascls find-rate`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.fit import OPTIONS
from kerascls.cli.options import setting_options, with_settings
from kerascls.cli.output import echo_json
from kerascls.experiments.learning_rate import NO_SUGGESTION
from kerascls.settings.run_settings import RunSettings


@click.command("find-rate")
@setting_options([name for name in OPTIONS if name not in ("epochs", "learning_rate")])
@click.option("--steps", default=100, show_default=True, help="Most steps to train.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("learning_rate.csv"),
    show_default=True,
    help="File for the curve; its picture goes beside it, as .png.",
)
@with_settings
@click.option("--quiet", is_flag=True, help="Show errors and the rate only.")
@click.option("--no-cache", is_flag=True, help="Tokenise again, keep no token ids.")
def find_rate(
    settings: RunSettings,
    out: Path,
    as_json: bool,
    quiet: bool,
    no_cache: bool,
    **options: Any,
) -> None:
    """Suggest a learning rate: train some steps with ever higher ones.

    Without --train it runs on the sample that comes with the package.
    """
    curve = kerascls.find_rate(
        settings, out=out, quiet=quiet, cache=not no_cache, **options
    )
    if as_json:
        echo_json({"learning_rate": curve.suggestion, "curve": str(out)})
    elif not quiet:
        click.echo(f"Written: {out}")
    elif curve.suggestion is None:
        click.echo(NO_SUGGESTION, err=True)
    else:
        click.echo(f"{curve.suggestion:.1e}")
