"""`kerascls audit`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.auditing.judges import AUTO, JUDGES, NONE
from kerascls.cli.options import FOLDER, NEW_FOLDER, TEXT_SOURCE, given, setting_options
from kerascls.cli.output import echo_json, row_progress, show
from kerascls.data.readers.read_options import READ_KEYWORDS


@click.command()
@click.argument("files", nargs=-1, required=True, type=TEXT_SOURCE, metavar="FILE...")
@click.option(
    "--bundle",
    type=FOLDER,
    help="Classifier that counts tokens and judges labels. Default: none.",
)
@setting_options(READ_KEYWORDS)
@click.option("--max-tokens", type=click.IntRange(1), help="What a model reads.")
@click.option("--near", type=float, help="Least similarity of near duplicates.  [0.8]")
@click.option(
    "--label-errors",
    type=click.Choice((AUTO, NONE, *JUDGES)),
    help="What judges labels. Default: a bundle that was not trained on FILE, else "
    "cross-validation.",
)
@click.option("--folds", type=int, help="Folds of the cross-validation.  [5]")
@click.option("--seed", type=click.IntRange(0), help="Seed of the folds.  [0]")
@click.option("--out", type=NEW_FOLDER, help="For audit.md, audit.json, findings.csv.")
@click.option("--export", metavar="FILE.jsonl", help="Rows to label again in doccano.")
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def audit(files: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Look for duplicates, leaks, odd labels and label errors in each FILE.

    Give all files of a task at once, training and test: leaks are between files.
    """
    with row_progress(title="judging labels") as progress:
        result = kerascls.audit(files, on_progress=progress, **given(options))
    if as_json:
        return echo_json(result.to_dict())
    from kerascls.auditing.tables import render_audit

    show(render_audit(result))
