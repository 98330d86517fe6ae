"""`kerascls suggest`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.auditing.annotation.diversity import DIVERSITIES
from kerascls.auditing.annotation.suggestion_files import SUGGESTION_FORMATS
from kerascls.auditing.annotation.uncertainty import UNCERTAINTIES
from kerascls.cli.options import (
    FOLDER,
    TEXT_SOURCE,
    given,
    input_format_option,
    runtime_option,
    setting_options,
)
from kerascls.cli.output import echo_json, row_progress, show
from kerascls.data.readers.file_options import TABLE_KEYWORDS


@click.command()
@click.argument("out", type=FOLDER)
@click.argument("pool", type=TEXT_SOURCE)
@click.option("-n", type=click.IntRange(1), help="How many rows.  [100]")
@click.option("--output", metavar="FILE", help="Where to write them. Default: screen.")
@click.option(
    "--output-format",
    type=click.Choice(SUGGESTION_FORMATS),
    help="JSON lines, or what a tool for annotators imports, with predicted labels to "
    "correct.  [jsonl]",
)
@click.option("--overwrite", is_flag=True, help="Replace --output if it exists.")
@click.option(
    "--uncertainty",
    type=click.Choice(list(UNCERTAINTIES)),
    help="Of calibrated probabilities: entropy, margin, or how near a label is to its "
    "threshold. Default: threshold if the classifier has such, else entropy.",
)
@click.option(
    "--diversity",
    type=click.Choice(list(DIVERSITIES)),
    help="How rows differ among those that are unsure.  [k-center]",
)
@click.option(
    "--rare-boost",
    type=click.FloatRange(0),
    help="How much more labels with few training rows count: 0 no more, 1 by the "
    "inverse of their rows.  [0.5]",
)
@click.option("--seed", type=click.IntRange(0), help="Of what is drawn.  [0]")
@click.option(
    "--exclude",
    multiple=True,
    type=TEXT_SOURCE,
    help="Texts that are labelled already; repeat for several files.",
)
@click.option("--text", multiple=True, help="Text column. Default: as in training.")
@input_format_option("--format", help="Of POOL.")
@setting_options(TABLE_KEYWORDS)
@runtime_option
@click.option("--json", "as_json", is_flag=True, help="Write all of it as JSON.")
@click.option("--quiet", is_flag=True, help="Show no progress and no notes.")
def suggest(out: Path, pool: Path, as_json: bool, quiet: bool, **options: Any) -> None:
    """Choose the rows of POOL to label next for the classifier in OUT.

    Those whose labels it is least sure of, different from each other; labels with few
    training rows count more. The most useful row comes first. Rows that training had,
    or that are in POOL twice, are left out.
    """
    from kerascls.auditing.tables import printable

    with row_progress(quiet, "scoring") as progress:
        found = kerascls.suggest(out, pool, on_progress=progress, **given(options))
    if not quiet and not as_json:
        for note in found.notes:
            show(printable(note), err=True)
    if as_json:
        echo_json(found.to_dict())
    elif options["output"] is None:
        show("\n".join(found.lines()))
    if options["output"] is not None and not quiet:
        written = f"Written: {options['output']}, {len(found):,} rows."
        show(printable(written), err=True)
