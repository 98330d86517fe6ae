"""Which fields of a row are its texts and its labels, and what the labels are."""

from dataclasses import dataclass

from kerascls.data.labels import Task
from kerascls.data.readers.columns import (
    choose_label_column,
    choose_text_columns,
    pick_texts,
)
from kerascls.data.readers.fasttext import refuse_fasttext
from kerascls.data.readers.label_cells import checked_labels, split_labels
from kerascls.data.readers.label_names import LabelNames
from kerascls.data.readers.label_objects import labels_of_object
from kerascls.data.readers.one_hot import one_hot_labels
from kerascls.data.readers.read_options import ReadOptions
from kerascls.data.readers.rows import Record
from kerascls.errors import DataError, SettingsError


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; `line` is where its row starts in the file, from 1."""

    line: int
    texts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ExampleColumns:
    """Turns a record into an example.

    Args:
        texts: The text columns.
        label: The label column, or the columns of a one-hot table.
        task: What a row's labels mean.
        separator: Between the names in a cell.
        names: Those of classes that are given by number.
    """

    texts: tuple[str, ...]
    label: str | tuple[str, ...]
    task: Task
    separator: str
    names: LabelNames | None

    @classmethod
    def choose(cls, first: Record, options: ReadOptions) -> "ExampleColumns":
        """Returns the columns that the options, or their names, say.

        Raises:
            DataError: When the record lacks one.
            SettingsError: When the options contradict each other.
        """
        refuse_fasttext(first.fields)
        texts = choose_text_columns(options.text, first.fields)
        label, task = choose_label_column(options.label, options.task, first.fields)
        if twice := set(texts) & {*([label] if isinstance(label, str) else label)}:
            raise SettingsError(
                f"Expected the label column not to be a text column. Received: "
                f"text={texts}, label={twice.pop()!r}. A text must not contain its "
                f"label."
            )
        path = options.label_names
        names = LabelNames.read(path) if path is not None else None
        return cls(texts, label, task, options.separator, names)

    def example(self, record: Record) -> Example:
        """Returns a record's texts and labels.

        Raises:
            DataError: When one cannot be used; a few words only.
        """
        texts = pick_texts(record.fields, self.texts)
        labels = self._labels(record)
        if len(labels) > 1 and self.task is Task.MULTICLASS:
            raise DataError(
                f"{self._place()}: {len(labels)} labels where multiclass allows one; "
                f"for any number of labels a row add `--task multilabel`"
            )
        if not labels and self.task is Task.MULTICLASS:
            raise DataError(f"{self._place()} is empty")
        return Example(record.line, texts, labels)

    def _labels(self, record: Record) -> tuple[str, ...]:
        if not isinstance(self.label, str):
            return one_hot_labels(record.fields, self.label)
        if self.label not in record.fields:
            raise DataError(f"{self._place()} is missing")
        try:
            labels = self._labels_in(record.fields[self.label])
            if self.names is not None:
                labels = checked_labels([self.names.name(label) for label in labels])
        except DataError as error:
            raise DataError(f"{self._place()}: {error}") from error
        return labels

    def _labels_in(self, cell: object) -> tuple[str, ...]:
        if cell is None and self.task is Task.MULTILABEL:
            return ()
        if isinstance(cell, list):
            return checked_labels(cell)
        if isinstance(cell, dict):
            return checked_labels(labels_of_object(cell))
        if not isinstance(cell, str):
            return checked_labels([cell])
        if self.label == "labels" or self.task is Task.MULTILABEL:
            return split_labels(cell, self.separator)
        return (stripped,) if (stripped := cell.strip()) else ()

    def _place(self) -> str:
        if isinstance(self.label, str):
            return f'label column "{self.label}"'
        return f"{len(self.label)} label columns"
