"""The files that trials train and choose on; the test part is in none of them."""

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.data.labelled_text import LabelledText
from kerascls.data.labels import Task
from kerascls.data.readers import Dataset
from kerascls.data.splits import stratified_split
from kerascls.data.splits.parts import Part
from kerascls.settings.data import DataSettings
from kerascls.system.files import write_atomically


class Stage(StrEnum):
    """What a trial trains on: a sample of the rows, or all of them."""

    PROXY = "proxy"
    FULL = "full"


def write_trial_data(
    folder: Path,
    data: LabelledText,
    settings: DataSettings,
    proxy_rows: int,
    seed: int,
) -> dict[Stage, DataSettings]:
    """Writes train and validation part as JSON lines, and a sample of both.

    Trials read files as any run does, so what a search finds is what
    `kerascls fit` does. Rows keep their order, and the sample has every label.

    Args:
        folder: Where to; made if it does not exist.
        data: All parts. The test part is left aside.
        settings: How the parts were read.
        proxy_rows: Most rows of each part for the stage `proxy`; 0 leaves it out.
        seed: Fixes the sample.

    Returns:
        For each stage, how its files are read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dataset = data.parts["train"].dataset
    pair = settings.text_pair
    as_written = {
        "text": tuple(name for name in dataset.text_columns if name != pair),
        "text_pair": pair,
        "label": _label_column(dataset),
        "task": data.task,
        "format": "jsonl",
    }
    settings_of = {}
    for stage in Stage if proxy_rows else (Stage.FULL,):
        paths = {}
        for name in ("train", "valid"):
            part = data.parts[name]
            rows = part.rows
            if stage is Stage.PROXY:
                rows = rows[sampled(part.labels.heaviest(), proxy_rows, seed)]
            paths[name] = folder / f"{stage}-{name}.jsonl"
            lines = _json_lines(part, rows, data.task)
            write_atomically(paths[name], "".join(lines).encode())
        settings_of[stage] = DataSettings.model_validate(as_written | paths)
    return settings_of


def sampled(labels: Sequence[tuple[str, ...]], rows: int, seed: int) -> np.ndarray:
    """Returns int64, which rows a stratified sample of that size has, sorted."""
    if rows >= len(labels):
        return np.arange(len(labels))
    share = rows / len(labels)
    return stratified_split(labels, (share, 1 - share), seed)[0]


def _json_lines(part: Part, rows: np.ndarray, task: Task) -> Iterator[str]:
    dataset = part.dataset
    for row in rows:
        example = dataset.examples[row]
        fields: dict[Any, Any]
        fields = dict(zip(dataset.text_columns, example.texts, strict=True))
        fields[_label_column(dataset)] = example.labels
        if task.has_weights:
            weights = zip(example.labels, example.weights, strict=True)
            fields[_label_column(dataset)] = dict(weights)
        yield json.dumps(fields, ensure_ascii=False) + "\n"


def _label_column(dataset: Dataset) -> str:
    """Returns one column for the labels, also where they had a column each."""
    column = dataset.label_column
    return column if isinstance(column, str) else "labels"
