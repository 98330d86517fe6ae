"""What a search leaves: a table of its trials, and the best settings."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kerascls.evaluation.reports.history import epoch_text
from kerascls.experiments.search.proxy_data import Stage
from kerascls.experiments.search.trials import Goal, Trial
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import drawn_lines, folded
from kerascls.system.files import as_csv

WIDTH = 120


@dataclass(frozen=True)
class SearchResult:
    """What `search` leaves.

    Args:
        out: The directory.
        trials: All trials, in their order.
        table: `trials.csv`.
        best: The best of those on all rows; None if none came to its end.
        settings: Its settings, for `fit`; None like `best`.
        config: `best.toml`; None like `best`.
        bundle: Its classifier; None like `best`.
    """

    out: Path
    trials: tuple[Trial, ...]
    table: Path
    best: Trial | None = None
    settings: RunSettings | None = None
    config: Path | None = None
    bundle: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as plain JSON types."""
        paths = {name: getattr(self, name) for name in ("out", "config", "bundle")}
        return {
            **{name: path and str(path) for name, path in paths.items()},
            "table": str(self.table),
            "best": self.best and asdict(self.best),
            "settings": self.settings and self.settings.to_dict(),
            "trials": [asdict(trial) for trial in self.trials],
        }


def ranked(trials: Iterable[Trial], stage: Stage, goal: Goal) -> list[Trial]:
    """Returns the trials of a stage that came to their end, the best first."""
    done = [row for row in trials if row.stage is stage and row.outcome == "done"]
    return sorted(done, key=lambda trial: (-goal.gain(trial.score), trial.number))


def trials_csv(trials: Sequence[Trial], keys: Sequence[str], goal: Goal) -> str:
    """Returns the table as CSV, a row per trial."""
    header = ("trial", "stage", "outcome", goal.key, "best_epoch", "epochs", "minutes")
    rows = [
        (
            *(trial.number, trial.stage, trial.outcome, trial.score),
            *(trial.best_epoch, trial.epochs, round(trial.minutes, 3)),
            *(trial.values[key] for key in keys),
        )
        for trial in trials
    ]
    return as_csv([(*header, *keys), *rows])


def render_trials(
    trials: Sequence[Trial], keys: Sequence[str], goal: Goal, width: int = WIDTH
) -> str:
    """Draws the table for the screen: all rows before proxies, the best first.

    Where it is wider than `width`, what was tried is below each trial.
    """
    stages = [_in_order(trials, stage, goal) for stage in reversed(Stage)]
    lines = _drawn(stages, keys, goal)
    if max(map(len, lines)) <= width:
        return "\n".join(lines)
    heading, rule, *rows = _drawn(stages, (), goal)
    in_order = (trial for stage in stages for trial in stage)
    lines = [heading, rule]
    for row in rows:
        lines.append(row)
        if row:  # none between two stages
            values = next(in_order).values
            tried = describe({key: values[key] for key in keys})
            lines.append(folded(f"    {tried}", width))
    return "\n".join(lines)


def _drawn(stages: list[list[Trial]], keys: Sequence[str], goal: Goal) -> list[str]:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in ("trial", goal.key, "epoch", "minutes", *map(_short, keys)):
        table.add_column(heading, justify="right", no_wrap=True)
    for trials in stages:
        for trial in trials:
            table.add_row(*_cells(trial, keys))
        table.add_section()
    return drawn_lines(table)


def _in_order(trials: Sequence[Trial], stage: Stage, goal: Goal) -> list[Trial]:
    best = ranked(trials, stage, goal)
    return best + [one for one in trials if one.stage is stage and one not in best]


def settings_toml(settings: RunSettings, comment: Iterable[str] = ()) -> str:
    """Returns what was stated, below a comment, as TOML for `RunSettings.read`."""
    import tomli_w

    groups = settings.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    lines = "".join(f"# {line}\n" for line in comment)
    return f"{lines}\n{tomli_w.dumps(groups)}"


def describe(values: dict[str, Any]) -> str:
    """Returns what is tried as one line."""
    return ", ".join(f"{_short(key)} {value}" for key, value in values.items())


def _short(key: str) -> str:
    return key.partition(".")[2]


def _cells(trial: Trial, keys: Sequence[str]) -> list[str]:
    score = trial.outcome
    if trial.outcome == "done":
        score = f"{trial.score:.4f}"
    elif trial.score is not None:
        score = f"{trial.outcome} {trial.score:.4f}"
    best = epoch_text(trial.best_epoch) if trial.best_epoch else "-"
    return [
        f"{trial.stage} {trial.number}",
        score,
        f"{best}/{epoch_text(trial.epochs)}",
        f"{trial.minutes:.1f}",
        *(str(trial.values[key]) for key in keys),
    ]
