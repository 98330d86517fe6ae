"""`kerascls inspect`."""

from pathlib import Path

import click

import kerascls
from kerascls.cli.exit_codes import BAD_INPUT, DONE
from kerascls.cli.output import echo_json, show


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def inspect(checkpoint: Path, as_json: bool) -> int:
    """Say what CHECKPOINT is, what fits, and how to use it.

    It is a directory, also of a finished run or a bundle; where that holds several
    checkpoints, a file of weights, an index file or a TensorFlow prefix such as
    DIR/model.ckpt-2000.
    """
    inspection = kerascls.inspect(checkpoint)
    if as_json:
        echo_json(inspection.to_dict())
    else:
        show(str(inspection))
    return DONE if inspection.is_complete else BAD_INPUT
