"""`history.csv`: a row per class and epoch, appended while training goes on."""

import csv
import os
from dataclasses import dataclass
from io import StringIO
from itertools import groupby
from pathlib import Path

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.scores import Scores
from kerascls.evaluation.reports.rows import NUM_AVERAGES, score_rows
from kerascls.system.disk import told_when_full

HISTORY_FILE = "history.csv"
HISTORY_COLUMNS: tuple[str, ...] = (
    "epoch",
    "class",
    "precision",
    "recall",
    "f1",
    "support",
    "loss",
    "val_loss",
    "threshold",
    "kind",
)
# Earlier versions did not say which rows are averages: the last ones of an epoch.
WITHOUT_KIND = HISTORY_COLUMNS[:-1]


def history_rows(
    epoch: float,
    scores: Scores,
    *,
    loss: float | None = None,
    val_loss: float | None = None,
    threshold: float | None = None,
) -> list[tuple]:
    """Returns the rows of one epoch: classes, micro, accuracy, macro, weighted.

    Args:
        epoch: Epochs done.
        scores: Scores on the validation data.
        loss: Training loss, repeated in each row like the two that follow.
        val_loss: Loss on the validation data.
        threshold: Of the rule, for multi-label.
    """
    return [
        (
            *(epoch, row.name, row.precision, row.recall, row.f1, row.support),
            *(loss, val_loss, threshold, row.kind),
        )
        for row in score_rows(scores)
    ]


def append_history(path: str | Path, rows: list[tuple]) -> None:
    """Appends rows to a history file in a single write, with a header if it is new.

    Args:
        path: The file, written as UTF-8 with byte order mark for Excel.
        rows: What `history_rows` returned.

    Raises:
        SettingsError: When the file exists and has another header.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    with told_when_full(path), open(path, "a+b") as file:
        file.seek(0)
        first_line = file.readline()
        columns = HISTORY_COLUMNS
        if first_line:
            columns = _checked_header(path, first_line)
        else:
            writer.writerow(columns)
        writer.writerows(row[: len(columns)] for row in rows)
        encoding = "utf-8" if first_line else "utf-8-sig"
        file.seek(0, os.SEEK_END)
        file.write(stream.getvalue().encode(encoding))


def read_history(path: str | Path) -> list[dict[str, str]]:
    """Returns the rows of a history file as dicts of text.

    Raises:
        SettingsError: When the file is no history file.
    """
    content = Path(path).read_bytes()
    _checked_header(Path(path), content.partition(b"\n")[0])
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def _checked_header(path: Path, first_line: bytes) -> tuple[str, ...]:
    header = first_line.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    for columns in (HISTORY_COLUMNS, WITHOUT_KIND):
        if header == ",".join(columns):
            return columns
    raise SettingsError(
        f"A history file starts with the line {','.join(HISTORY_COLUMNS)!r}. "
        f"Received: history_csv={str(path)!r}, whose first line is "
        f"{header[:100]!r}. Name another file, or move this one away."
    )


@dataclass(frozen=True)
class ClassHistory:
    """A history file as columns, each with one entry per epoch.

    Args:
        epochs: Epochs done.
        classes: F1 by label; None where the label was neither true nor predicted.
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
    epochs = [latest[epoch] for epoch in sorted(latest)]
    # A label may be named like an average; the averages are the last rows.
    classes = [rows[:-NUM_AVERAGES] for rows in epochs]
    return ClassHistory(
        epochs=tuple(sorted(latest)),
        classes=_f1_by_name(classes),
        averages=_f1_by_name([rows[-NUM_AVERAGES:] for rows in epochs]),
        losses={
            name: tuple(_number(rows[-1][name]) for rows in epochs)
            for name in ("loss", "val_loss")
        },
        support={row["class"]: int(row["support"]) for row in (classes or [[]])[-1]},
    )


def _f1_by_name(epochs: list[list[dict]]) -> dict[str, tuple[float | None, ...]]:
    by_name = [{row["class"]: _number(row["f1"]) for row in rows} for rows in epochs]
    names = dict.fromkeys(name for values in by_name for name in values)
    return {name: tuple(values.get(name) for values in by_name) for name in names}


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def epoch_text(epoch: float) -> str:
    """Returns epochs done with at most two decimals, as in `2`, `2.5` and `2.33`."""
    return f"{epoch:.2f}".rstrip("0").rstrip(".")
