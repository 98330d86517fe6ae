"""The same training under several seeds: how much of a score is luck."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.errors import KerasclsError, SettingsError
from kerascls.evaluation.metrics.spread import Spread
from kerascls.experiments.seed_spread import render_spreads, spreads, spreads_csv
from kerascls.experiments.series import fit_next, require_test_part
from kerascls.settings.applicable import require_steps
from kerascls.settings.run_settings import OPTION_KEYS, RunSettings
from kerascls.system.console import Screen
from kerascls.system.extras import TRAINING, require_keras
from kerascls.system.files import write_atomically, write_json
from kerascls.system.keywords import checked_keywords
from kerascls.training import fit as training
from kerascls.training.resume import earlier_run, how_to_go_on
from kerascls.training.run_directory import RunDirectory, free_directory

if TYPE_CHECKING:
    from rich.console import Console

SPREAD_FILE = "seeds.csv"
SERIES_FILE = "series.json"


@dataclass(frozen=True)
class SeedsResult:
    """What `fit_seeds` leaves.

    Args:
        out: The directory with a run directory for each seed.
        runs: What each run left, by seed.
        scores: Every score over the seeds.
    """

    out: Path
    runs: dict[int, training.RunResult]
    scores: list[Spread]

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as plain JSON types."""
        return {
            "out": str(self.out),
            "runs": {str(seed): run.to_dict() for seed, run in self.runs.items()},
            "scores": [
                {"name": score.name, "mean": score.mean, "std": score.std}
                for score in self.scores
            ],
        }


@checked_keywords(OPTION_KEYS)
def fit_seeds(
    settings: RunSettings | None = None,
    *,
    seeds: int = 5,
    out: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    cache: bool = True,
    quiet: bool = False,
    console: "Console | None" = None,
    **options: Any,
) -> SeedsResult:
    """Trains under several seeds, one after another, and shows mean and spread.

    The split stays that of the first seed, so that all are scored on the same rows;
    weights, order and dropout change. Writes `out/seed-42/` and so on, and
    `out/seeds.csv`.

    Args:
        settings: All settings; `train.seed` is the first seed, the others follow it.
        seeds: How many.
        out: Where to; by default a new directory in `runs/`.
        overwrite: Whether earlier runs in `out` may be replaced.
        resume: Go on where `out` was left, with its settings: finished seeds are
            only read.
        cache: Whether token ids are kept for the next run on the same file.
        quiet: Whether to show nothing.
        console: Where to show; standard output by default.
        **options: As for `kerascls.fit`.

    Returns:
        The `SeedsResult`.

    Raises:
        KerasclsError: As `kerascls.fit` does, and when there is no test part.

    Example:
        >>> result = kerascls.fit_seeds(train="news.csv", seeds=3)
        >>> {one.name: one.mean for one in result.scores}
    """
    settings = RunSettings.stated(settings).with_options(**options)
    require_steps(settings, "several seeds")
    folder = Path(out) if out else None
    if resume:
        settings = _earlier_settings(folder, settings, overwrite)
    _check(settings, seeds)
    first = settings.train.seed
    folder = _begin(folder, overwrite, first)
    settings = settings.with_options(split_seed=settings.split_seed)
    runs = {}
    for seed in range(first, first + seeds):
        path = folder / f"seed-{seed}"
        with _ends_of(folder, settings, seeds):
            runs[seed] = fit_next(
                settings.with_options(seed=seed),
                path,
                overwrite=overwrite,
                resume=resume,
                cache=cache,
                quiet=quiet,
                console=console,
            )
    # Each run has a report: without a test part `_check` has refused.
    scores = spreads([run.report for run in runs.values() if run.report])
    table = spreads_csv(scores, [f"seed {seed}" for seed in runs])
    write_atomically(folder / SPREAD_FILE, table.encode("utf-8-sig"))
    title = f"Mean and spread of {seeds} seeds, {first} to {first + seeds - 1}"
    Screen(console, quiet).say(render_spreads(scores, title=title))
    return SeedsResult(folder, runs, scores)


def _begin(folder: Path | None, overwrite: bool, first_seed: int) -> Path:
    """Makes the directory of a series, by default a new one."""
    if folder is not None and not (folder / SERIES_FILE).is_file():
        RunDirectory.check(folder, overwrite)
    folder = folder or free_directory(Path("runs"), "seeds")
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / SERIES_FILE, {"first_seed": first_seed})
    return folder


@contextmanager
def _ends_of(folder: Path, settings: RunSettings, seeds: int) -> Iterator[None]:
    """Says how to go on after Ctrl-C; leaves nothing of a series that is refused."""
    try:
        yield
    except KeyboardInterrupt:
        line = how_to_go_on(settings, folder, "fit_seeds", seeds)
        raise KeyboardInterrupt(line) from None
    except KerasclsError:
        if not any(folder.glob("seed-*")):  # refused before it began
            (folder / SERIES_FILE).unlink()
            with suppress(OSError):  # it holds what is not ours
                folder.rmdir()
        raise


def _earlier_settings(
    folder: Path | None, settings: RunSettings, overwrite: bool
) -> RunSettings:
    """Returns the settings of the first seed's run, which all others share."""
    file = (folder or Path()) / SERIES_FILE
    if folder is None or not file.is_file():
        raise SettingsError(
            f"Expected the directory of several seeds to go on with. Received: "
            f"out={None if folder is None else str(folder)!r}, without {SERIES_FILE}. "
            f"Name it with --out."
        )
    first = json.loads(file.read_text("utf-8"))["first_seed"]
    return earlier_run(folder / f"seed-{first}", settings, overwrite)[1]


def _check(settings: RunSettings, seeds: int) -> None:
    require_keras("Training", *TRAINING)
    if seeds < 2:
        raise SettingsError(
            f"A spread needs two seeds or more. Received: seeds={seeds}. Give more, "
            f"or leave it out."
        )
    require_test_part(settings)
