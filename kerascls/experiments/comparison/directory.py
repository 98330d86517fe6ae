"""The directory of a comparison: what was asked for, and where each run lies."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.errors import SettingsError
from kerascls.settings.run_settings import RunSettings
from kerascls.system.files import write_json
from kerascls.system.places import is_earlier
from kerascls.training.resume import (
    how_to_go_on,
    require_same_start,
    same_settings,
    with_tables,
)

COMPARISON_FILE = "comparison.json"


@dataclass(frozen=True)
class Comparison:
    """What is compared, as `comparison.json` keeps it.

    Args:
        out: The directory.
        settings: What was stated for each contender, by its name.
        seeds: How many of each.
    """

    out: Path
    settings: Mapping[str, RunSettings]
    seeds: int

    @property
    def first(self) -> RunSettings:
        """The settings of one, for what all have in common."""
        return next(iter(self.settings.values()))

    def runs(self) -> list[tuple[str, Path, RunSettings]]:
        """Returns contender, directory and settings of each run, seed after seed.

        So all models are there once before any is there twice. All have the split of
        the first seed.
        """
        first, split = self.first.train.seed, self.first.split_seed
        return [
            (
                name,
                self.folder(name, seed),
                own.with_options(seed=seed, split_seed=split),
            )
            for seed in range(first, first + self.seeds)
            for name, own in self.settings.items()
        ]

    def folder(self, name: str, seed: int) -> Path:
        """Returns the run directory of a contender."""
        return self.out / f"{name}-{seed}"

    def write(self, data: dict[str, Any], weights: Mapping[str, str | None]) -> None:
        """Makes the directory and remembers what was asked for, and of what data."""
        self.out.mkdir(parents=True, exist_ok=True)
        models = {
            name: {
                "settings": own.model_dump(mode="json", exclude_unset=True),
                "weights": weights[name],
            }
            for name, own in self.settings.items()
        }
        content = {"seeds": self.seeds, "directory": os.getcwd(), "data": data}
        write_json(self.out / COMPARISON_FILE, content | {"models": models})


def check_free(out: Path, overwrite: bool) -> None:
    """Checks that a new comparison may be written there.

    Raises:
        SettingsError: When something is there that may not be replaced.
    """
    if is_earlier(out, COMPARISON_FILE, "comparison") and not overwrite:
        raise SettingsError(
            f"There is a comparison already. Received: out={str(out)!r}. "
            f"{how_to_go_on(RunSettings(), out, 'compare')}. Or choose another --out, "
            f"or replace it with --overwrite."
        )


def earlier_comparison(
    out: Path | None,
    given: Mapping[str, RunSettings] | None,
    common: RunSettings,
    seeds: int | None,
) -> Comparison:
    """Returns the comparison to go on with.

    Args:
        out: Its directory.
        given: The settings of each contender, where models are named again.
        common: What is stated now, if they are not.
        seeds: How many of each; None for as many as before.

    Raises:
        SettingsError: When there is none, or it was made with other settings.
    """
    known = _known(out)
    out = Path(out or "")
    models = known["models"]
    if given is not None and list(given) != list(models):
        raise SettingsError(
            f"Expected the models of the comparison in {str(out)!r}, which goes on "
            f"with {', '.join(models)}. Received: {', '.join(given)}. Leave --models "
            f"out, or choose another --out."
        )
    settings = {}
    for name, model in models.items():
        now = common if given is None else given[name]
        whose = f"{name} in {str(out)!r}, where they go on"
        groups = same_settings(model["settings"], known["directory"], now, whose)
        groups = with_tables(groups, now, out, "compare")
        settings[name] = RunSettings.from_dict(groups)
    return Comparison(out, settings, seeds or known["seeds"])


def require_same_data(
    out: Path, data: dict[str, Any], weights: Mapping[str, str | None]
) -> None:
    """Checks that data and weights are those with which a comparison began.

    Args:
        out: Its directory.
        data: Facts on each part.
        weights: Those of the models that are still to be trained.

    Raises:
        SettingsError: Naming what differs.
    """
    known = _known(out)
    for name, model in known["models"].items():
        before = {"data": known["data"], "weights": model["weights"]}
        now = {"data": data, "weights": weights.get(name, model["weights"])}
        require_same_start(out, before, now)


def _known(out: Path | None) -> dict[str, Any]:
    file = (out or Path()) / COMPARISON_FILE
    try:
        if out is not None:
            return json.loads(file.read_bytes())
        why = "no --out"
    except (OSError, ValueError) as error:
        why = f"whose {COMPARISON_FILE} cannot be read ({error})"
    raise SettingsError(
        f"Expected the directory of a comparison to go on with. Received: "
        f"out={None if out is None else str(out)!r}, {why}. Name it with --out."
    )
