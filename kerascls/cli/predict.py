"""`kerascls predict`."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import (
    FOLDER,
    given,
    input_format_option,
    runtime_option,
    setting_options,
)
from kerascls.cli.output import row_progress
from kerascls.data.readers.file_options import TABLE_KEYWORDS


@click.command()
@click.argument("out", type=FOLDER)
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--input", metavar="FILE", help="Rows to label; - is standard input.")
@click.option("--output", metavar="FILE", help=".csv or .jsonl. Default: screen.")
@click.option("--text", multiple=True, help="Text column. Default: as in training.")
@input_format_option("--format", help="Of the input.")
@setting_options(TABLE_KEYWORDS)
@runtime_option
@click.option("--quiet", is_flag=True, help="Show no progress.")
def predict(
    out: Path,
    texts: tuple[str, ...],
    input: str | None,
    output: str | None,
    runtime: str | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Label each TEXT, or the rows of a file, with the classifier in OUT.

    One output row per input row, in order. Standard input is read, as plain lines,
    when neither TEXT nor --input is given. Put -- before texts that begin with -.
    """
    if texts and (input or output or given(options)):
        raise click.UsageError(
            "TEXT arguments are shown on the screen; leave out the other options, or "
            "use --input instead of TEXT."
        )
    if not texts and input is None and sys.stdin.isatty():
        raise click.UsageError("Give a TEXT, or --input FILE, or pipe in some lines.")
    if texts:
        return _predict_texts(out, texts, **given({"runtime": runtime}))
    options["runtime"] = runtime
    input, output = input or "-", output or "-"
    with row_progress(quiet or output == "-") as show:
        kerascls.predict(
            out,
            input,
            output,
            on_progress=show,
            on_note=None if quiet else partial(click.echo, err=True),
            **given(options),
        )


def _predict_texts(out: Path, texts: tuple[str, ...], **options: str) -> None:
    from kerascls.data.readers import join_labels

    predictions = kerascls.Predictor.load(out, **options).predict(texts)
    for text, prediction in zip(texts, predictions, strict=True):
        scores = "|".join(
            f"{prediction.scores[name]:.3f}" for name in prediction.labels
        )
        click.echo(f"{join_labels(prediction.labels) or '-'}\t{scores or '-'}\t{text}")
