"""`kerascls data convert`, `kerascls data stats` and `kerascls data imbalance`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import TEXT_SOURCE, given, setting_options
from kerascls.cli.output import echo_json, show
from kerascls.data.profiles import PROFILES
from kerascls.data.readers.formats import FORMATS
from kerascls.data.readers.read_options import READ_KEYWORDS

_WRITTEN = [name for name, format in FORMATS.items() if format.save is not None]


@click.group()
def data() -> None:
    """Convert labelled text, count what is in it, draw skewed subsets of it."""


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
    help="Draw labels, how skewed they are, and lengths.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the numbers as JSON.")
def stats(files: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Count labels, how skewed they are, and lengths in all FILEs together."""
    from kerascls.auditing.data_tables import stats_lines

    found = kerascls.describe_data(files, **given(options))
    if as_json:
        return echo_json(found.to_dict())
    show("\n".join(stats_lines(found)))


class Counts(click.ParamType):
    """Whole numbers with commas between them."""

    name = "N,N,..."

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> list[int]:
        """Returns the numbers."""
        try:
            return [int(one) for one in value.split(",")]
        except ValueError:
            self.fail(f"{value!r} is no list such as 5000,4000,3000.", param, ctx)


@data.command()
@click.argument("input", type=TEXT_SOURCE, metavar="FILE")
@click.option(
    "--counts",
    type=Counts(),
    help="Rows of each class, in the order of their names by code point.",
)
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    help="In place of --counts: each class has fewer than the one before by the same "
    "factor, or the second half of the classes have few.",
)
@click.option(
    "--ratio",
    type=float,
    help="Of the profile: rows of the largest class for one of the smallest.",
)
@click.option(
    "--largest",
    type=click.IntRange(1),
    help="Of the profile: rows of the first class. Default: those of the rarest in "
    "FILE.",
)
@click.option("--seed", type=click.IntRange(0), help="Which rows are drawn.  [0]")
@click.option(
    "--out",
    "output",
    type=click.Path(path_type=Path),
    help="The subset. Default: FILE's name and how it is skewed, in this folder.",
)
@setting_options(READ_KEYWORDS, format="Of FILE. Default: by the file's ending.")
@click.option(
    "--out-format",
    type=click.Choice(_WRITTEN),
    help="Of the subset. Default: by its ending.",
)
@click.option("--overwrite", is_flag=True, help="Replace the subset if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON.")
def imbalance(input: Path, as_json: bool, **options: Any) -> None:
    """Write a subset of FILE in which classes are skewed, for experiments.

    What was drawn, and from what, stands in a file beside it, *.origin.json.
    """
    from kerascls.auditing.data_tables import skewed_lines

    done = kerascls.skew_data(input, **given(options))
    if as_json:
        return echo_json(done.to_dict())
    show("\n".join(skewed_lines(done)))
