"""`kerascls soup`."""

from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.ensemble import combine, combining_options
from kerascls.experiments.combining.kitchen import MIXTURES


@click.command()
@combining_options(
    MIXTURES,
    select="From the best run on each that makes the mean no worse; or all.  [greedy]",
    best_by="Validation score that says what is no worse.  [macro_f1]",
)
def soup(runs: tuple[Path, ...], **options: Any) -> None:
    """Average the weights of several RUNs of one model, which differ in their seeds.

    They started from the same pretrained weights. The mean is kept if it does no worse
    on the validation part than the best RUN, which is written otherwise. It is as small
    and as fast as one of them.
    """
    combine(kerascls.soup, runs, **options)
