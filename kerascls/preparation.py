"""From labelled files to the parts a run trains, chooses and scores on."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import numpy as np

from kerascls.errors import DataError
from kerascls.labels import LabelSet, Task
from kerascls.readers import Dataset, read
from kerascls.settings import DataSettings
from kerascls.splits import count_duplicates, stratified_split
from kerascls.targets import Targets
from kerascls.token_store import (
    FORMAT_VERSION,
    TokenStore,
    build_token_store,
    write_token_store,
)
from kerascls.tokenizer import Tokenizer

VALID_SHARE = TEST_SHARE = 0.15
CACHE_VARIABLE = "KERASCLS_CACHE"
Progress = Callable[[str], Callable[[int, int], None]]


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of one file.

    Args:
        dataset: The file as it was read.
        rows: int64, which of its examples.
    """

    dataset: Dataset
    rows: np.ndarray

    @property
    def labels(self) -> list[tuple[str, ...]]:
        """The labels of each row."""
        return [self.dataset.examples[row].labels for row in self.rows]

    @property
    def texts(self) -> list[tuple[str, ...]]:
        """The text fields of each row."""
        return [self.dataset.examples[row].texts for row in self.rows]


@dataclass(frozen=True, eq=False)
class LabelledText:
    """Everything known about the data before a model is chosen.

    Args:
        task: What a row's labels mean.
        label_set: The labels that occur in training, in order.
        parts: `"train"`, `"valid"` and, unless there is none, `"test"`.
        unseen: For each part, rows of each label that training lacks.
        notes: Lines for people: what was split, doubled, left out.
        is_sample: Whether this is the sample that comes with the package.
    """

    task: Task
    label_set: LabelSet
    parts: dict[str, Part]
    unseen: dict[str, dict[str, int]]
    notes: list[str] = field(default_factory=list)
    is_sample: bool = False

    def scored_labels(self, part: str) -> LabelSet:
        """Returns the label set with the part's unseen labels behind the known."""
        return self.label_set.extended(self.unseen[part])

    def targets(self, part: str) -> Targets:
        """Returns a part's targets, unseen labels in the last columns."""
        return Targets.from_labels(self.parts[part].labels, self.scored_labels(part))


def sample_path() -> Path:
    """Returns the labelled text that comes with the package."""
    return Path(str(files("kerascls.sample"))) / "news.csv"


def load_labelled_text(
    settings: DataSettings, seed: int, on_progress: Progress | None = None
) -> LabelledText:
    """Reads, splits and checks the files of a run.

    One file is split 70/15/15; train and test without validation leave 15 % of
    train for it; train and validation without test leave test out.

    Args:
        settings: Which files, columns and task.
        seed: Fixes the split.
        on_progress: Given a title, returns what is called with done and total bytes.

    Raises:
        DataError: When files cannot be used, tasks differ between them, or training
            has fewer than two classes.
    """
    datasets = {
        name: _read(path, settings, on_progress)
        for name, path in (
            ("train", settings.train or sample_path()),
            ("valid", settings.valid),
            ("test", settings.test),
        )
        if path is not None
    }
    task = _one_task(datasets)
    parts, notes = _split(datasets, seed)
    label_set = LabelSet.from_labels(parts["train"].labels)
    if len(label_set) < 2:
        raise DataError(
            f"Training needs at least two labels. Received: "
            f"{datasets['train'].path.name} with {len(label_set)} "
            f"({', '.join(label_set)}). Check the label column "
            f"{datasets['train'].label_column!r} and its separator."
        )
    unseen = {name: _unseen(part, label_set) for name, part in parts.items()}
    notes += _describe(datasets, parts, unseen)
    return LabelledText(task, label_set, parts, unseen, notes, settings.train is None)


def tokenize_parts(
    data: LabelledText,
    tokenizer: Tokenizer,
    cache: bool = True,
    on_progress: Progress | None = None,
) -> dict[str, TokenStore]:
    """Returns a token store for each part; parts of one file share one.

    Args:
        data: The parts.
        tokenizer: Turns text into ids.
        cache: Whether stores are kept for the next run with the same file, columns
            and vocabulary, in `$KERASCLS_CACHE` or `~/.cache/kerascls`.
        on_progress: Given a title, returns what is called with done and total rows.
    """
    stores: dict[int, TokenStore] = {}
    for part in data.parts.values():
        dataset = part.dataset
        if id(dataset) not in stores:
            stores[id(dataset)] = _store(dataset, tokenizer, cache, on_progress)
    return {name: stores[id(part.dataset)] for name, part in data.parts.items()}


def _read(path: Path, settings: DataSettings, on_progress: Progress | None) -> Dataset:
    columns = settings.text
    if settings.text_pair is not None:
        columns = (*(columns or ("text",)), settings.text_pair)
    return read(
        path,
        text=columns,
        label=settings.label,
        task=settings.task,
        label_separator=settings.label_separator,
        format=settings.format,
        encoding=settings.encoding,
        errors="skip" if settings.skip_bad_rows else "raise",
        on_progress=on_progress(f"Reading {path.name}") if on_progress else None,
    )


def _one_task(datasets: dict[str, Dataset]) -> Task:
    tasks = {dataset.task for dataset in datasets.values()}
    columns = {dataset.text_columns for dataset in datasets.values()}
    if len(tasks) > 1 or len(columns) > 1:
        found = "; ".join(
            f"{dataset.path.name}: {dataset.task}, texts from "
            f"{'+'.join(dataset.text_columns)}"
            for dataset in datasets.values()
        )
        raise DataError(
            f"All files need the same task and text columns. Received: {found}. "
            f"State them with --task and --text."
        )
    return tasks.pop()


def _split(datasets: dict[str, Dataset], seed: int) -> tuple[dict[str, Part], list[str]]:
    train = datasets["train"]
    missing = [name for name in ("valid", "test") if name not in datasets]
    if missing == ["test"]:
        missing = []
    shares = [VALID_SHARE] * len(missing)
    rows = [np.arange(len(train.examples))]
    notes = []
    if missing:
        labels = [example.labels for example in train.examples]
        rows = stratified_split(labels, [1 - sum(shares), *shares], seed)
        cut = ", ".join(
            f"{name} {len(part)}"
            for name, part in zip(("train", *missing), rows, strict=True)
        )
        notes.append(f"{train.path.name} was split by label with seed {seed}: {cut}")
    if "test" not in datasets and not missing:
        notes.append("there is no test part: nothing will be scored at the end")
    parts = {
        name: Part(train, part)
        for name, part in zip(("train", *missing), rows, strict=True)
    }
    for name, dataset in datasets.items():
        if name != "train":
            parts[name] = Part(dataset, np.arange(len(dataset.examples)))
    for name, part in parts.items():
        if not len(part.rows):
            raise DataError(
                f"Every part needs at least one row. Received: 0 rows for {name} from "
                f"{part.dataset.path.name}. Give more rows, or a file for it."
            )
    return {name: parts[name] for name in ("train", "valid", "test") if name in parts}, notes


def _unseen(part: Part, label_set: LabelSet) -> dict[str, int]:
    counts = Counter(name for row in part.labels for name in row)
    return {name: count for name, count in sorted(counts.items()) if name not in label_set}


def _describe(
    datasets: dict[str, Dataset],
    parts: dict[str, Part],
    unseen: dict[str, dict[str, int]],
) -> list[str]:
    notes = []
    for dataset in datasets.values():
        if dataset.skipped_rows:
            notes.append(f"{dataset.path.name}: {dataset.skipped_rows} bad rows left out")
        if dataset.empty_texts:
            notes.append(f"{dataset.path.name}: {dataset.empty_texts} empty texts kept")
    for name, labels in unseen.items():
        if labels:
            listed = ", ".join(f"{label} ({rows} rows)" for label, rows in labels.items())
            notes.append(f"{name} has labels that training lacks, scored as misses: {listed}")
    duplicates = count_duplicates({name: part.texts for name, part in parts.items()})
    return notes + duplicates.lines()


def _store(
    dataset: Dataset, tokenizer: Tokenizer, cache: bool, on_progress: Progress | None
) -> TokenStore:
    texts = [example.texts for example in dataset.examples]
    lines = [example.line for example in dataset.examples]
    if not cache:
        return build_token_store(texts, tokenizer, lines)
    place = _cache_folder() / _cache_key(dataset, tokenizer)
    if place.is_dir():
        try:
            return TokenStore.open(place)
        except DataError:
            pass  # damaged: written again below
    report = on_progress(f"Tokenising {dataset.path.name}") if on_progress else None
    return write_token_store(place, texts, lines, tokenizer, report)


def _cache_folder() -> Path:
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "kerascls"


def _cache_key(dataset: Dataset, tokenizer: Tokenizer) -> str:
    facts = [
        FORMAT_VERSION,
        dataset.sha256,
        dataset.text_columns,
        [example.line for example in dataset.examples],
        sorted(tokenizer.vocab.items()),
        tokenizer.do_lower_case,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
