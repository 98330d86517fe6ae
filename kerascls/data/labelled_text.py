"""The parts a run trains, chooses and scores on, and what is known of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Self

from kerascls.data.duplicates import count_duplicates
from kerascls.data.label_checks.column import notes_or_refusal
from kerascls.data.label_checks.compare import compare
from kerascls.data.label_checks.spelling import quoted
from kerascls.data.labels import LabelSet, Task, in_natural_order
from kerascls.data.readers import Dataset
from kerascls.data.splits.parts import Part
from kerascls.data.targets import Targets
from kerascls.errors import DataError
from kerascls.system.words import count

SHOWN_LABELS = 10


@dataclass(frozen=True, eq=False)
class LabelledText:
    """Everything known about the data before a model is chosen.

    Args:
        task: What a row's labels mean.
        label_set: The labels that occur in training, in order.
        parts: `"train"`, `"valid"` and, unless there is none, `"test"`.
        unseen: For each part, rows of each label that training lacks.
        notes: Lines for people: what was split, doubled, left out.
        label_notes: Those of them that are about labels.
        is_sample: Whether this is the sample that comes with the package.
    """

    task: Task
    label_set: LabelSet
    parts: dict[str, Part]
    unseen: dict[str, dict[str, int]]
    notes: list[str] = field(default_factory=list)
    is_sample: bool = False
    label_notes: tuple[str, ...] = ()
    _targets: dict[str, Targets] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def from_parts(
        cls, task: Task, parts: dict[str, Part], notes: list[str], is_sample: bool
    ) -> Self:
        """Returns the parts with their labels, and more notes on them.

        Raises:
            DataError: When training has too few labels, or another file has none that
                training has.
        """
        label_set = _training_labels(task, parts["train"])
        unseen = {name: _unseen(part, label_set) for name, part in parts.items()}
        about = (*_label_notes(parts, label_set), *_rare_labels(parts, label_set))
        data = cls(task, label_set, parts, unseen, list(notes), is_sample, about)
        data.notes.extend([*about, *_describe(data)])
        return data

    def with_labels(self, names: Iterable[str]) -> Self:
        """Returns a copy whose labels are in the order of `names`, the same labels."""
        return replace(self, label_set=LabelSet(tuple(names)))

    @property
    def datasets(self) -> list[Dataset]:
        """The files of the parts, each once."""
        datasets = (part.dataset for part in self.parts.values())
        return list({id(dataset): dataset for dataset in datasets}.values())

    def scored_labels(self, part: str) -> LabelSet:
        """Returns the label set with the part's unseen labels behind the known."""
        return self.label_set.extended(self.unseen[part])

    def targets(self, part: str) -> Targets:
        """Returns a part's targets, unseen labels in the last columns."""
        if part not in self._targets:
            rows, labels = self.parts[part].labels, self.scored_labels(part)
            self._targets[part] = Targets.from_labels(rows, labels, rows.weights)
        return self._targets[part]


def sample_path() -> Path:
    """Returns the labelled text that comes with the package."""
    return Path(str(files("kerascls.sample"))) / "news.csv"


def one_task(datasets: Mapping[str, Dataset]) -> Task:
    """Returns the task that all files have.

    Raises:
        DataError: When tasks or text columns differ between them.
    """
    tasks = {dataset.task for dataset in datasets.values()}
    columns = {dataset.text_columns for dataset in datasets.values()}
    if len(tasks) > 1 or len(columns) > 1:
        received = "; ".join(
            f"{dataset.name}: {dataset.task}, texts from "
            f"{'+'.join(dataset.text_columns)}"
            for dataset in datasets.values()
        )
        raise DataError(
            f"All files need the same task and text columns. Received: {received}. "
            f"State them with --task and --text."
        )
    return tasks.pop()


def _training_labels(task: Task, part: Part) -> LabelSet:
    names = {name for row in part.labels for name in row}
    needed = 2 if task.needs_label else 1
    if len(names) < needed or (needed == 1 and all(part.labels) and len(names) == 1):
        labels = f"only the label {names.pop()!r}" if names else "no label"
        what = "two labels" if needed == 2 else "one label, and rows without it"
        raise DataError(
            f"Training needs at least {what}. Received: {part.dataset.name} with "
            f"{labels} in {len(part.rows)} rows. Check the label column "
            f"{part.dataset.label_column!r} and its separator."
        )
    return LabelSet.from_labels([names])


def _label_notes(parts: Mapping[str, Part], label_set: LabelSet) -> list[str]:
    """Returns what there is to say of each file, and of each beside training's."""
    train = parts["train"].dataset
    notes = list(train.notes)
    others = {id(p.dataset): p for p in parts.values() if p.dataset is not train}
    for part in others.values():
        counts = Counter(name for row in part.labels for name in row)
        file, source = part.dataset.name, train.name
        notes += part.dataset.notes
        notes += notes_or_refusal(compare(file, counts, label_set, source))
    return notes


def _rare_labels(parts: Mapping[str, Part], label_set: LabelSet) -> list[str]:
    """Returns a line on the labels of training that not all parts have."""
    counts = {
        name: Counter(label for row in part.labels for label in row)
        for name, part in parts.items()
    }
    rare = [
        f"{quoted(label)} ("
        + ", ".join(f"{part} {n[label]}" for part, n in counts.items() if n[label])
        + ")"
        for label in label_set
        if not all(number[label] for number in counts.values())
    ]
    if not rare:
        return []
    more = len(rare) - SHOWN_LABELS
    return [
        f"labels that are not in every part ({len(rare)}), not scored where they are "
        f"not, and where their rows went: "
        + ", ".join(rare[:SHOWN_LABELS])
        + (f" and {more} more" if more > 0 else "")
    ]


def _unseen(part: Part, label_set: LabelSet) -> dict[str, int]:
    counts = Counter(name for row in part.labels for name in row)
    return {
        name: counts[name] for name in in_natural_order(counts) if name not in label_set
    }


def _describe(data: LabelledText) -> list[str]:
    notes = []
    for dataset in (one for many in data.datasets for one in many.files or (many,)):
        file = dataset.name
        if dataset.skipped_rows:
            skipped = count(dataset.skipped_rows, "bad row")
            notes.append(f"{file}: {skipped} left out")
        if dataset.empty_texts:
            notes.append(f"{file}: {count(dataset.empty_texts, 'empty text')} kept")
    for name, rows in data.unseen.items():
        if rows:
            notes.append(
                f"labels of {name} that training lacks ({len(rows)}), scored as "
                f"misses: {_counted(rows)}"
            )
    texts = {name: part.texts for name, part in data.parts.items()}
    return notes + count_duplicates(texts).lines()


def _counted(rows: Mapping[str, int]) -> str:
    listed = [f"{name} ({count(number, 'row')})" for name, number in rows.items()]
    more = len(listed) - SHOWN_LABELS
    return ", ".join(listed[:SHOWN_LABELS]) + (f" and {more} more" if more > 0 else "")
