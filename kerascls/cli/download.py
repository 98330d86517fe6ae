"""`kerascls download`."""

from pathlib import Path

import click

import kerascls


@click.command()
@click.argument("name")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="The folder to write. Default: one in which --model looks.",
)
@click.option(
    "--mirror", metavar="URL", help="Address of a mirror. Default: $HF_ENDPOINT."
)
def download(name: str, to: Path | None, mirror: str | None) -> None:
    """Fetch the weights of a model from the Hugging Face hub.

    NAME is a model that `kerascls models` lists, or OWNER/NAME of a repository.
    """
    fetched = False

    def on_file(file: str, num_bytes: int) -> None:
        nonlocal fetched
        fetched = True
        click.echo(f"{file} ({num_bytes / 1e6:,.1f} MB)", err=True)

    folder = kerascls.download(name, to=to, mirror=mirror, on_file=on_file)
    click.echo(folder if fetched else f"{folder} (was there already)")
