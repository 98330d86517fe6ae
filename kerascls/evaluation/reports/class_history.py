"""F1 of every class, averages and losses, epoch by epoch."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from kerascls.evaluation.reports.history import read_history

_AVERAGES = ("micro avg", "accuracy", "macro avg", "weighted avg")


@dataclass(frozen=True)
class ClassHistory:
    """A history file as columns, each with one entry per epoch.

    Args:
        epochs: Epochs done.
        classes: F1 by label; None where the label was neither true nor given.
        averages: F1 (or accuracy) by the name of the average.
        losses: `"loss"` and `"val_loss"`; None where unknown.
        support: Validation rows of each label.
    """

    epochs: tuple[float, ...]
    classes: dict[str, tuple[float | None, ...]]
    averages: dict[str, tuple[float | None, ...]]
    losses: dict[str, tuple[float | None, ...]]
    support: dict[str, int]


def class_history(history_csv: str | Path) -> ClassHistory:
    """Reads a history file that `ScoreTable` wrote.

    Args:
        history_csv: The file.

    Raises:
        SettingsError: When the file is no history file.
    """
    by_epoch = groupby(read_history(history_csv), lambda row: row["epoch"])
    # Two trainings may have written to one file: the later one counts.
    latest = {float(epoch): list(rows) for epoch, rows in by_epoch}
    parts = [latest[epoch] for epoch in sorted(latest)]
    # A label may be named like an average; the averages are the last rows.
    classes = [rows[: -len(_AVERAGES)] for rows in parts]
    averages = [rows[-len(_AVERAGES) :] for rows in parts]
    return ClassHistory(
        epochs=tuple(sorted(latest)),
        classes=_f1_by_name(classes),
        averages=_f1_by_name(averages),
        losses={
            name: tuple(_number(rows[-1][name]) for rows in parts)
            for name in ("loss", "val_loss")
        },
        support={row["class"]: int(row["support"]) for row in (classes or [[]])[-1]},
    )


def _f1_by_name(parts: list[list[dict]]) -> dict[str, tuple[float | None, ...]]:
    found = [{row["class"]: _number(row["f1"]) for row in rows} for rows in parts]
    names = dict.fromkeys(name for values in found for name in values)
    return {name: tuple(values.get(name) for values in found) for name in names}


def _number(text: str) -> float | None:
    return float(text) if text else None
