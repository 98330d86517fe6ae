"""Which fields of a row are its texts and its labels, and what the labels are."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from kerascls.data.label_checks.column import (
    ONE_LABEL_EACH,
    SEVERAL_LABELS,
    LabelCell,
    LabelColumn,
)
from kerascls.data.labels import Task
from kerascls.data.readers.cells import cell_text
from kerascls.data.readers.columns import (
    ColumnsError,
    choose_label_column,
    choose_text_columns,
    pick_texts,
    text_advice,
)
from kerascls.data.readers.fasttext import refuse_fasttext
from kerascls.data.readers.label_cells import (
    checked_labels,
    listed,
    split_labels,
)
from kerascls.data.readers.label_names import LabelNames
from kerascls.data.readers.label_studio import is_annotation
from kerascls.data.readers.one_hot import one_hot_labels
from kerascls.data.readers.read_options import ReadOptions
from kerascls.data.readers.rows import Record, row_noun
from kerascls.data.readers.weighted_labels import (
    WeightedLabels,
    column_weights,
    weighted_labels,
)
from kerascls.errors import DataError, SettingsError


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; `line` is that of its `Record`.

    `weights` are those of the labels, in their order; empty where the task has none.
    """

    line: int
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class ExampleColumns:
    """Turns a record into an example; keeps each distinct label cell.

    Args:
        texts: The text columns.
        label: The label column, or the columns of a one-hot table.
        task: What a row's labels mean.
        separator: Between the names in a cell.
        names: Those of classes that are given by number.
        source: The file or table, for messages.
        are_whole: Whether a text is one label as it stands, not a cell to be read.
        cells: What was in the label column.
    """

    texts: tuple[str, ...]
    label: str | tuple[str, ...]
    task: Task
    separator: str
    names: LabelNames | None
    source: str = ""
    are_whole: bool = False
    cells: dict[object, LabelCell] = field(default_factory=dict, repr=False)

    @classmethod
    def choose(
        cls,
        columns: Collection[str],
        options: ReadOptions,
        source: str,
        has_whole_labels: bool = False,
    ) -> "ExampleColumns":
        """Returns the columns that the options, or their names, say.

        `has_whole_labels` is as in `Frame`; a stated task of several labels overrules
        it.

        Raises:
            DataError: When a column is missing.
            SettingsError: When the options contradict each other.
        """
        refuse_fasttext(columns)
        try:
            texts = choose_text_columns(options.text, columns, source, options.has_pair)
        except ColumnsError as error:
            if options.is_as_trained:
                error.advice = text_advice(options.text, columns, options.label)
            try:
                choose_label_column(options.label, options.task, columns, source)
            except ColumnsError as other:
                advice = f"{error.advice} There is no label column either. "
                raise ColumnsError(error.fault, advice + other.advice) from error
            raise
        label, task = choose_label_column(options.label, options.task, columns, source)
        if twice := set(texts) & {*([label] if isinstance(label, str) else label)}:
            raise SettingsError(
                f"Expected the label column not to be a text column. Received: "
                f"text={texts}, label={twice.pop()!r} for {source}. A text must not "
                f"contain its label."
            )
        names = _names(options)
        may_join = options.task is not None and not options.task.has_one_label
        are_whole = has_whole_labels and not may_join
        chosen = cls(texts, label, task, options.separator, names, source, are_whole)
        if not chosen.may_split and options.separator != "|":
            cure = "Add `--task multilabel`, or leave `--label-separator` out."
            if options.is_as_trained:
                cure = f"Leave `--label-separator` out. {ONE_LABEL_EACH}"
            raise SettingsError(
                f"Expected a separator only where cells hold several labels. "
                f"Received: label_separator={options.separator!r}, label={label!r}, "
                f"task={task} for {source}. {cure}"
            )
        return chosen

    @property
    def may_split(self) -> bool:
        """Whether a cell may hold several labels, joined."""
        if not isinstance(self.label, str) or self.are_whole:
            return False
        return self.label == "labels" or not self.task.has_one_label

    def example(self, record: Record) -> Example:
        """Returns a record's texts and labels.

        Raises:
            DataError: When one cannot be used; a few words only.
        """
        texts = pick_texts(record.fields, self.texts, self.task.has_weights)
        value = self._value(record)
        key = value if isinstance(value, str) else (type(value), repr(value))
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = self._cell(value, record.line)
        cell.rows += 1
        if cell.error:
            raise DataError(cell.error)
        return Example(record.line, texts, cell.labels, cell.weights)

    def label_column(
        self, options: ReadOptions, count_texts: Callable[[], int]
    ) -> LabelColumn:
        """Returns the label column as far as it was read, for checks of all of it."""
        joined = not self.task.has_one_label
        stated = options.label_separator if joined else options.task
        return LabelColumn(
            file=self.source,
            name=self.label if isinstance(self.label, str) else ", ".join(self.label),
            task=self.task,
            separators=self.separator if joined and not self.are_whole else "",
            is_stated=stated is not None or self.are_whole,
            is_as_trained=options.is_as_trained,
            are_whole=self.are_whole,
            skips_bad_rows=options.skip_bad_rows,
            cells=tuple(self.cells.values()),
            text_columns=self.texts,
            count_texts=count_texts,
        )

    def _value(self, record: Record) -> object:
        """Returns a record's label cell; of several columns what they come to."""
        if not isinstance(self.label, str):
            if self.task.has_weights:
                return column_weights(record.fields, self.label)
            return list(one_hot_labels(record.fields, self.label))
        if self.label not in record.fields:
            if is_annotation(record.fields):
                return []
            raise DataError(f'label column "{self.label}" is missing')
        return record.fields[self.label]

    def _cell(self, value: object, line: int) -> LabelCell:
        labels: tuple[str, ...] = ()
        weights: tuple[float, ...] = ()
        error = ""
        total: float | None = 1.0
        name = self.label if isinstance(self.label, str) else ", ".join(self.label)
        try:
            if self.task.has_weights:
                weighted = self._weighted(value)
                labels, weights = weighted.labels, weighted.weights
                total = weighted.total
            else:
                labels = self._labels(value)
            if not labels and self.task.needs_label:
                error = f'label column "{name}" is empty'
        except DataError as fault:
            error = f'label column "{name}": {fault}'
        is_text = isinstance(value, str)
        text = value if isinstance(value, str) else _as_json(value)
        noun = row_noun(self.source)
        return LabelCell(
            *(text, line, labels, error),
            is_text=is_text,
            row_noun=noun,
            weights=weights,
            total=total,
        )

    def _weighted(self, cell: object) -> WeightedLabels:
        if not isinstance(cell, str | list | dict):
            cell = cell_text(cell)
        found = weighted_labels(cell, self.separator)
        return found if self.names is None else found.renamed(self.names.name)

    def _labels(self, cell: object) -> tuple[str, ...]:
        labels = self._labels_in(cell)
        if self.names is not None:
            labels = checked_labels([self.names.name(label) for label in labels])
        if len(labels) > 1 and self.task.has_one_label:
            raise DataError(f"{len(labels)} {SEVERAL_LABELS}")
        return labels

    def _labels_in(self, cell: object) -> tuple[str, ...]:
        if cell is None and not self.task.needs_label:
            return ()
        if isinstance(cell, list | dict):
            return checked_labels(listed(cell))
        cell = cell_text(cell)
        if self.may_split:
            return split_labels(cell, self.separator)
        return (stripped,) if (stripped := cell.strip()) else ()


def _names(options: ReadOptions) -> LabelNames | None:
    path = options.label_names
    return LabelNames.read(path) if path is not None else None


def _as_json(value: object) -> str:
    """Returns what a cell that is no text looks like in jsonl; nothing for null."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
