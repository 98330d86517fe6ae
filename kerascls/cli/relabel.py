"""`kerascls relabel`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import FILE, TEXT_SOURCE, given, setting_options
from kerascls.cli.output import echo_json
from kerascls.data.readers.read_options import READ_KEYWORDS


@click.command()
@click.argument("file", type=TEXT_SOURCE)
@click.argument("corrections", type=FILE)
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The new file: .csv or .tsv, of JSON lines .jsonl.",
)
@setting_options(READ_KEYWORDS)
@click.option("--corrections-encoding", help="Of CORRECTIONS. Default: utf-8.")
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON.")
def relabel(
    file: Path, corrections: Path, output: Path, as_json: bool, **options: Any
) -> None:
    """Write FILE anew with the labels of CORRECTIONS.

    CORRECTIONS is the findings.csv of an audit, with the right labels in its column
    "corrected" ([] for none), or the JSON lines that doccano gives back.
    """
    from kerascls.auditing.tables import printable

    result = kerascls.relabel(file, corrections, output, **given(options))
    if as_json:
        return echo_json(result.to_dict())
    written = printable(str(output))
    click.echo(f"{written}: {result.rows:,} rows, {result.changed:,} with other labels")
    if not result.changed:
        name = printable(str(corrections))
        click.echo(
            f"nothing was corrected: write the right labels into the column "
            f"'corrected' of {name} ([] for none; of doccano's lines into \"label\"), "
            f"and give another --output"
        )
    if result.new_labels:
        click.echo(f"labels that are new: {printable(', '.join(result.new_labels))}")
    if result.other_files:
        click.echo(f"{result.other_files:,} corrections are for other files")
    if result.skipped_rows:
        click.echo(f"{result.skipped_rows:,} bad rows were left out")
