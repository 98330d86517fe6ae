"""`kerascls convert`."""

from pathlib import Path

import click

import kerascls
from kerascls.checkpoints.layouts import LAYOUTS
from kerascls.cli.output import echo_json, show


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--to",
    type=click.Choice(tuple(LAYOUTS)),
    default="huggingface",
    show_default=True,
    help="The layout to write.",
)
@click.option("--overwrite", is_flag=True, help="Replace an earlier conversion in OUT.")
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON.")
def convert(
    directory: Path, out: Path, to: str, overwrite: bool, as_json: bool
) -> None:
    """Write the encoder in DIR, with its tokenizer, as a new folder OUT.

    DIR is a checkpoint in either layout, or a run or bundle, whose encoder it is. Heads
    are left out, and that is said; weights are the same to the bit.
    """
    done = kerascls.convert(directory, out, to=to, overwrite=overwrite)
    if as_json:
        return echo_json(done.to_dict())
    show(str(done))
