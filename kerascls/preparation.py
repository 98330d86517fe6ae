"""From labelled files to the parts a run trains, chooses and scores on."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from kerascls.errors import DataError, SettingsError
from kerascls.labels import LabelSet, Task
from kerascls.parts import Part, divide
from kerascls.readers import Dataset, read
from kerascls.settings import DataSettings
from kerascls.splits import count_duplicates
from kerascls.targets import Targets
from kerascls.token_cache import cached_token_store
from kerascls.token_store import TokenStore, build_token_store
from kerascls.tokenizer import Tokenizer

SHOWN_LABELS = 10
Progress = Callable[[str], Callable[[int, int], None]]


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
            has fewer than two labels.
        SettingsError: When the settings contradict each other.
    """
    datasets = _read_all(settings, on_progress)
    task = one_task(datasets)
    parts, notes = divide(datasets, seed)
    label_set = _training_labels(parts["train"])
    unseen = {name: _unseen(part, label_set) for name, part in parts.items()}
    notes += _describe(datasets, parts, unseen)
    return LabelledText(task, label_set, parts, unseen, notes, settings.train is None)


def tokenize_parts(
    data: LabelledText,
    tokenizer: Tokenizer,
    cache: bool = True,
    on_progress: Progress | None = None,
    warn: Callable[[str], None] | None = None,
) -> dict[str, TokenStore]:
    """Returns a token store for each part; parts of one file share one.

    Args:
        data: The parts.
        tokenizer: Turns text into ids.
        cache: Whether stores are kept for the next run on the same texts with the
            same vocabulary, in `$KERASCLS_CACHE` or `~/.cache/kerascls`.
        on_progress: Given a title, returns what is called with done and total rows.
        warn: Called with a line when stores cannot be kept.
    """
    stores: dict[int, TokenStore] = {}
    for dataset in _different(part.dataset for part in data.parts.values()):
        texts = [example.texts for example in dataset.examples]
        lines = [example.line for example in dataset.examples]
        if cache:
            title = f"Tokenising {dataset.path.name}"
            show = on_progress(title) if on_progress else None
            store = cached_token_store(texts, lines, tokenizer, show, warn)
        else:
            store = build_token_store(texts, tokenizer, lines)
        stores[id(dataset)] = store
    return {name: stores[id(part.dataset)] for name, part in data.parts.items()}


def _read_all(
    settings: DataSettings, on_progress: Progress | None
) -> dict[str, Dataset]:
    if settings.train is None and (settings.valid or settings.test):
        raise SettingsError(
            f"Expected --train beside --valid and --test. Received: train=None, "
            f"valid={_shown(settings.valid)}, test={_shown(settings.test)}. Give the "
            f"text to learn from, or leave them out too for the shipped sample."
        )
    paths = {
        "train": settings.train or sample_path(),
        "valid": settings.valid,
        "test": settings.test,
    }
    by_path: dict[Path, Dataset] = {}
    for path in paths.values():
        if path is not None and path not in by_path:
            by_path[path] = _read(path, settings, on_progress)
    return {name: by_path[path] for name, path in paths.items() if path is not None}


def _read(path: Path, settings: DataSettings, on_progress: Progress | None) -> Dataset:
    return read(
        path,
        text=_text_columns(settings),
        label=settings.label,
        task=settings.task,
        label_separator=settings.label_separator,
        format=settings.format,
        encoding=settings.encoding,
        errors="skip" if settings.skip_bad_rows else "raise",
        on_progress=on_progress(f"Reading {path.name}") if on_progress else None,
    )


def _text_columns(settings: DataSettings) -> tuple[str, ...]:
    if settings.text_pair is None:
        return settings.text
    first = settings.text or ("text",)
    if settings.text_pair in first:
        raise SettingsError(
            f"Expected two columns for a pair of texts. Received: text="
            f"{', '.join(first)}, text_pair={settings.text_pair}. Name the column of "
            f"the first text with --text."
        )
    return (*first, settings.text_pair)


def one_task(datasets: Mapping[str, Dataset]) -> Task:
    """Returns the task that all files have.

    Raises:
        DataError: When tasks or text columns differ between them.
    """
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


def _training_labels(part: Part) -> LabelSet:
    names = sorted({name for row in part.labels for name in row})
    if len(names) < 2:
        found = f"only the label {names[0]!r}" if names else "no label"
        raise DataError(
            f"Training needs at least two labels. Received: {part.dataset.path} with "
            f"{found} in {len(part.rows)} rows. Check the label column "
            f"{part.dataset.label_column!r} and its separator."
        )
    return LabelSet(tuple(names))


def _unseen(part: Part, label_set: LabelSet) -> dict[str, int]:
    counts = Counter(name for row in part.labels for name in row)
    return {name: counts[name] for name in sorted(counts) if name not in label_set}


def _describe(
    datasets: dict[str, Dataset],
    parts: dict[str, Part],
    unseen: dict[str, dict[str, int]],
) -> list[str]:
    notes = []
    for dataset in _different(datasets.values()):
        file = dataset.path.name
        if dataset.skipped_rows:
            skipped = _count(dataset.skipped_rows, "bad row")
            notes.append(f"{file}: {skipped} left out")
        if dataset.empty_texts:
            notes.append(f"{file}: {_count(dataset.empty_texts, 'empty text')} kept")
    for name, rows in unseen.items():
        if rows:
            notes.append(
                f"labels of {name} that training lacks ({len(rows)}), scored as "
                f"misses: {_counted(rows)}"
            )
    duplicates = count_duplicates({name: part.texts for name, part in parts.items()})
    return notes + duplicates.lines()


def _counted(rows: Mapping[str, int]) -> str:
    listed = [f"{name} ({_count(count, 'row')})" for name, count in rows.items()]
    more = len(listed) - SHOWN_LABELS
    return ", ".join(listed[:SHOWN_LABELS]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _different(datasets: Iterable[Dataset]) -> list[Dataset]:
    return list({id(dataset): dataset for dataset in datasets}.values())


def _shown(path: Path | None) -> str:
    return repr(None if path is None else str(path))
