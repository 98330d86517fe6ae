"""`kerascls models`."""

from dataclasses import asdict

import click

from kerascls.cli.output import echo_json, plain_table
from kerascls.models.presets import list_models, pretrained_folders


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write the list as JSON.")
def models(as_json: bool) -> None:
    """List the models that --model accepts, and which weights were found."""
    rows = list_models()
    if as_json:
        return echo_json([asdict(row) for row in rows])
    table = [("model", "layers", "width", "parameters", "weights", "title")]
    for row in rows:
        millions = f"{row.parameters / 1e6:.1f} M"
        sizes = (str(row.num_layers), str(row.hidden_dim or ""), millions)
        absent = "not found" if row.has_pretrained else "none needed"
        table.append((row.name, *sizes, str(row.found or absent), row.title))
    click.echo(plain_table(table))
    folders = ", ".join(map(str, pretrained_folders()))
    click.echo(f"\nPretrained weights are looked for in {folders}.")
