"""The texts that an exported model is compared on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kerascls.data.labelled_text import sample_path
from kerascls.data.readers import FORMATS, ReadOptions
from kerascls.data.readers.frames import Frame
from kerascls.evaluation.evaluate import read_labelled
from kerascls.inference.bundle import Bundle
from kerascls.inference.inputs import open_input
from kerascls.inference.predict_file import columns_of
from kerascls.inference.stream import texts_of

SAMPLE = "the packaged sample"


@dataclass(frozen=True)
class ComparedTexts:
    """Texts, and their labels if these are known.

    Args:
        source: Where they come from, for people.
        texts: The text fields of each row.
        truth: The labels of each row.
    """

    source: str
    texts: Sequence[tuple[str, ...]]
    truth: Sequence[tuple[str, ...]] | None = None


def sample_texts(bundle: Bundle) -> ComparedTexts:
    """Returns the texts of the packaged sample; several fields hold the same text."""
    num_fields = len(bundle.input_spec.text_columns)
    with open_input(sample_path()) as opened:
        texts = [
            texts_of(record, ("text",) * num_fields, SAMPLE)
            for record in opened.records()
        ]
    return ComparedTexts(SAMPLE, texts)


def read_texts(
    bundle: Bundle, path: Path | Frame, options: ReadOptions
) -> ComparedTexts:
    """Reads a file, with its labels if it has the label column.

    Args:
        bundle: What is not stated of the columns is as in its training.
        path: A file, or a table in memory.
        options: What is stated. A label column must be there then; bad rows are left
            out only with labels.

    Raises:
        DataError: When the file cannot be used.
        SettingsError: When text columns are more or fewer than in training.
    """
    source = path.name
    trained = bundle.input_spec
    with open_input(path, options) as opened:
        columns = opened.columns()
        if FORMATS[opened.format].is_lines or (
            options.label is None and not {*trained.label_columns} <= {*columns}
        ):
            fields = columns_of(opened, options.text, trained.text_columns)
            some = bundle.task.has_weights
            opened.columns(fields, some)
            opened.check(fields, one_is_enough=some)
            texts = [
                texts_of(record, fields, source, some) for record in opened.records()
            ]
            return ComparedTexts(source, texts)
    examples = read_labelled(bundle, path, options).examples
    return ComparedTexts(source, examples.texts, examples.labels)
