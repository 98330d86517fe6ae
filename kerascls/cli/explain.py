"""`kerascls explain`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import kerascls
from kerascls.cli.options import (
    FOLDER,
    given,
    input_format_option,
    runtime_option,
    setting_options,
)
from kerascls.cli.output import plain_table, row_progress, show
from kerascls.cli.predict import refuse_files, refuse_single
from kerascls.data.readers.file_options import TABLE_KEYWORDS
from kerascls.inference.explanation.explainers import AUTO, EXPLAINERS
from kerascls.settings.training import LANGUAGES

if TYPE_CHECKING:
    from rich.text import Text

    from kerascls.inference.explanation.explanation import Explanation

_METHODS = "; ".join(f"{name}: {row.meaning}" for name, row in EXPLAINERS.items())
FOR, AGAINST = (37, 99, 235), (220, 38, 38)


@click.command()
@click.argument("out", type=FOLDER)
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--input", metavar="FILE", help="Rows to explain; - is standard input.")
@click.option("--output", metavar="FILE", help=".html or .json. Default: screen.")
@click.option("--overwrite", is_flag=True, help="Replace --output if it exists.")
@click.option(
    "--label",
    "labels",
    multiple=True,
    help="Label to explain; repeat for several. Default: those predicted, without any "
    "the likeliest.",
)
@click.option(
    "--method",
    type=click.Choice([AUTO, *EXPLAINERS]),
    help=f"{_METHODS}.  [auto: the first that the classifier has]",
)
@click.option("--steps", type=click.INT, help="Of integrated_gradients.  [50]")
@click.option(
    "--language", type=click.Choice(list(LANGUAGES)), help="Of the .html file.  [en]"
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON lines.")
@click.option("--text", multiple=True, help="Text column. Default: as in training.")
@input_format_option("--format", help="Of the input.")
@setting_options(TABLE_KEYWORDS)
@runtime_option
@click.option("--quiet", is_flag=True, help="Show no progress.")
def explain(
    out: Path,
    texts: tuple[str, ...],
    input: str | None,
    output: str | None,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Say what in each TEXT, or the rows of a file, speaks for its labels.

    What is attributed is the logit before calibration. Standard input is read, as plain
    lines, when neither TEXT nor --input is given. Put -- before texts that begin
    with -.
    """
    if texts and input is not None:
        raise click.UsageError("Give TEXT or --input FILE, not both.")
    if as_json and output is not None:
        raise click.UsageError("--json is for the screen; leave out it or --output.")
    if not texts and input is None and sys.stdin.isatty():
        raise click.UsageError("Give a TEXT, or --input FILE, or pipe in some lines.")
    if texts:
        _check_texts(out, texts)
    with row_progress(quiet, "explaining") as progress:
        found = kerascls.explain(
            out,
            list(texts) or input or "-",
            output,
            on_progress=progress,
            **given(options),
        )
    if output is not None:
        click.echo(f"Written: {output}.", err=True)
        return
    for explanation in found:
        _show(explanation, as_json)


def _check_texts(out: Path, texts: tuple[str, ...]) -> None:
    from kerascls.inference.bundle import open_bundle

    refuse_files("explain", out, texts)
    refuse_single("explain", out, texts, open_bundle(out).input_spec.text_columns)


def _show(explanation: "Explanation", as_json: bool) -> None:
    from kerascls.evaluation.explain import json_of
    from kerascls.evaluation.reports.explanations import (
        explanation_lines,
        label_line,
        part_rows,
    )

    if as_json:
        return click.echo(json_of(explanation))
    show("\n".join(explanation_lines(explanation)))
    for row, label in enumerate(explanation.labels):
        show(f"\n{label}: {label_line(explanation, row)}")
        _show_texts(explanation, row)
        if rows := part_rows(explanation, row):
            table = [("attribution", "place", "part"), *rows]
            click.echo(plain_table(table))
    click.echo()


def _show_texts(explanation: "Explanation", row: int) -> None:
    from rich.console import Console

    console = Console()
    for field in range(len(explanation.texts)):
        if console.is_terminal:
            console.print(_coloured(explanation, row, field), soft_wrap=True)
        else:
            click.echo(explanation.texts[field].encode("utf-8", "replace").decode())


def _coloured(explanation: "Explanation", row: int, field: int) -> "Text":
    """Returns a text with what speaks for the label on blue, against it on red."""
    from rich.text import Text

    values = explanation.attributions.values[:, row]
    largest = max(map(abs, values.tolist()), default=0) or 1
    shown = Text()
    for piece in explanation.pieces(field):
        style = "" if piece.is_read else "dim strike"
        if piece.row is not None:
            share = float(values[piece.row]) / largest
            style = _style(FOR if share > 0 else AGAINST, abs(share))
        shown.append(piece.text, style)
    return shown


def _style(colour: tuple[int, int, int], share: float) -> str:
    """Returns a pastel ground as strong as a share of 1, with letters seen on it."""
    ground = (round(255 - 0.6 * share * (255 - one)) for one in colour)
    return f"black on rgb({','.join(map(str, ground))})"
