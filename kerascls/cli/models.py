"""`kerascls models`."""

from dataclasses import asdict

import click

from kerascls.cli.output import echo_json, plain_table
from kerascls.models.presets import ModelRow, list_models, pretrained_folders


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write the list as JSON.")
def models(as_json: bool) -> None:
    """List the models that --model accepts, and which weights were found."""
    rows = list_models()
    if as_json:
        return echo_json([asdict(row) for row in rows])
    heading = ("model", "layers", "width", "parameters", "weights", "title")
    click.echo(plain_table([heading, *(_cells(row) for row in rows)]))
    folders = ", ".join(map(str, pretrained_folders()))
    click.echo(f"\nPretrained weights are looked for in {folders}.")


def _cells(row: ModelRow) -> tuple[str, ...]:
    return (
        row.name,
        str(row.num_layers),
        str(row.hidden_dim),
        f"{row.parameters / 1e6:.1f} M",
        str(row.found or "not found"),
        row.title,
    )
