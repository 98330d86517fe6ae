"""`kerascls data convert` and `kerascls data stats`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import TEXT_SOURCE, given, setting_options
from kerascls.cli.output import echo_json, show
from kerascls.data.readers.formats import FORMATS
from kerascls.data.readers.read_options import READ_KEYWORDS

_WRITTEN = [name for name, format in FORMATS.items() if format.save is not None]


@click.group()
def data() -> None:
    """Convert labelled text to other formats, and count what is in it."""


@data.command()
@click.argument("input", type=TEXT_SOURCE, metavar="IN")
@click.argument("output", type=click.Path(path_type=Path), metavar="OUT")
@setting_options(READ_KEYWORDS, format="Of IN. Default: by the file's ending.")
@click.option(
    "--out-format",
    type=click.Choice(_WRITTEN),
    help="Of OUT. Default: by the file's ending.",
)
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON.")
def convert(input: Path, output: Path, as_json: bool, **options: Any) -> None:
    """Write the labelled text of IN as OUT, and say what OUT cannot hold."""
    from kerascls.auditing.tables import printable

    done = kerascls.convert_data(input, output, **given(options))
    if as_json:
        return echo_json(done.to_dict())
    show(printable(f"{done.output}: {done.rows:,} rows as {done.format}"))
    if done.skipped_rows:
        show(f"bad rows left out: {done.skipped_rows:,}")
    for note in done.notes:
        show(printable(note))
    for what, count in done.lost.items():
        show(printable(f"not kept: {what} ({count:,})"))


@data.command()
@click.argument("files", nargs=-1, required=True, type=TEXT_SOURCE, metavar="FILE...")
@setting_options(READ_KEYWORDS)
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.png",
    help="Draw labels and lengths.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the numbers as JSON.")
def stats(files: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Count labels and the lengths of texts in each FILE, taken together."""
    from kerascls.auditing.data_tables import stats_lines

    found = kerascls.describe_data(files, **given(options))
    if as_json:
        return echo_json(found.to_dict())
    show("\n".join(stats_lines(found)))
