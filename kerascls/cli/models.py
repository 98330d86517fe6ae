"""`kerascls models`."""

import sys
from dataclasses import asdict

import click

from kerascls.cli.output import echo_json, plain_table, show
from kerascls.models.presets import list_models, pretrained_folders
from kerascls.system.console import screen_width


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
        table.append((row.name, *sizes, "found" if row.found else absent, row.title))
    show(plain_table(table, screen_width(sys.stdout)))
    folders = ", ".join(map(str, pretrained_folders()))
    show(f"\nPretrained weights are looked for in {folders}.")
    on_hub = sum(row.hub is not None for row in rows)
    show(
        f"`kerascls download MODEL` fetches them from the Hugging Face hub: all "
        f"{on_hub} are read as they lie there."
    )
    for row in rows:
        if row.found:
            show(f"Found for {row.name}: {row.found}")
