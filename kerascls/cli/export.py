"""`kerascls export`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import (
    TEXT_SOURCE,
    given,
    input_format_option,
    reading_options,
)
from kerascls.cli.output import echo_json, plain_table, row_progress, show
from kerascls.serving.exporters.acceptance import Limits
from kerascls.serving.exporters.formats import FORMATS


@click.command()
@click.argument("bundle", metavar="OUT", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    type=click.Choice(tuple(FORMATS)),
    default="onnx",
    show_default=True,
    help="What to write.",
)
@click.option("--int8", is_flag=True, help="Write 8-bit weights: smaller and faster.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where a copy goes, outside OUT."
)
@click.option(
    "--input",
    type=TEXT_SOURCE,
    help="Texts to compare on, with labels or without. Default: the packaged sample.",
)
@reading_options(
    "format", label="Label column. Default: as in training, if the file has it."
)
@input_format_option("--input-format", help="Of the input. Default: its ending.")
@click.option(
    "--max-changed",
    type=float,
    help="With --int8: share of rows that may get other labels.  "
    f"[{Limits.max_changed:g}]",
)
@click.option(
    "--max-f1-drop",
    type=float,
    help="With --int8: macro F1 that may be lost on labelled input.  "
    f"[{Limits.max_f1_drop:g}]",
)
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
def export(bundle: Path, as_json: bool, **options: Any) -> None:
    """Write the classifier in OUT, a run directory or bundle, for other engines.

    It is compared with the Keras model first. An ONNX file that passes is kept in the
    bundle, and predictions use it; they then need neither Keras nor TensorFlow.
    """
    with row_progress(title="comparing") as progress:
        result = kerascls.export(bundle, on_progress=progress, **given(options))
    if as_json:
        return echo_json(result.to_dict())
    from kerascls.serving.exporters.table import table_of

    show(plain_table(table_of(result)))
    show(f"Written: {result.place}")
    if result.note:
        show(result.note)
