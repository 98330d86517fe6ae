"""`kerascls inspect`."""

from pathlib import Path

import click

import kerascls
from kerascls.cli.exit_codes import BAD_INPUT, DONE
from kerascls.cli.output import echo_json, plain_table


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def inspect(checkpoint: Path, as_json: bool) -> int:
    """Say what CHECKPOINT is, what fits, and how to use it.

    It is a directory, also of a finished run or a bundle; where that holds several
    checkpoints, a safetensors file, its index file or a TensorFlow prefix such as
    DIR/model.ckpt-2000.
    """
    from kerascls.inference.bundle import is_bundle

    if is_bundle(checkpoint):
        return _inspect_bundle(checkpoint, as_json)
    inspection = kerascls.inspect(checkpoint)
    if as_json:
        echo_json(inspection.to_dict())
    else:
        click.echo(str(inspection))
    return DONE if inspection.is_complete else BAD_INPUT


def _inspect_bundle(path: Path, as_json: bool) -> int:
    from kerascls.inference.bundle import open_bundle
    from kerascls.inference.bundle.description import bundle_lines, describe_bundle

    description = describe_bundle(open_bundle(path))
    if as_json:
        echo_json(description)
    else:
        click.echo(plain_table(bundle_lines(description)))
    return DONE
