"""The texts that an exported model is compared on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kerascls.data.labelled_text import sample_path
from kerascls.evaluation.evaluate import read_labelled
from kerascls.inference.bundle import Bundle
from kerascls.inference.inputs import LINES, open_input
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
    texts: list[tuple[str, ...]]
    truth: list[tuple[str, ...]] | None = None


def sample_texts(bundle: Bundle) -> ComparedTexts:
    """Returns the texts of the packaged sample; several fields hold the same text."""
    num_fields = len(bundle.input_spec.text_columns)
    with open_input(sample_path(), None, "utf-8") as opened:
        texts = [
            texts_of(record, ("text",) * num_fields, SAMPLE)
            for record in opened.records()
        ]
    return ComparedTexts(SAMPLE, texts)


def read_texts(
    bundle: Bundle,
    path: str | Path,
    *,
    text: Sequence[str] = (),
    label: str | None = None,
    label_separator: str | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    skip_bad_rows: bool = False,
) -> ComparedTexts:
    """Reads a file, with its labels if it has the label column.

    Args:
        bundle: What is not stated is as in its training.
        path: csv, tsv, xlsx, jsonl, or lines of text (txt).
        text: Text columns, as many as in training.
        label: Label column, which must be there then.
        label_separator: Between the names in a cell.
        format: Of the file; by default its ending.
        encoding: Of the file.
        skip_bad_rows: Whether rows that cannot be used are left out, with labels.

    Raises:
        DataError: When the file cannot be used.
        SettingsError: When text columns are more or fewer than in training.
    """
    source = Path(path).name
    with open_input(path, format, encoding) as opened:
        columns = opened.columns()
        if opened.format == LINES or (
            label is None and bundle.input_spec.label_column not in columns
        ):
            fields = columns_of(opened, text, bundle.input_spec.text_columns)
            opened.check(fields, columns)
            texts = [texts_of(record, fields, source) for record in opened.records()]
            return ComparedTexts(source, texts)
    dataset = read_labelled(
        bundle,
        path,
        text=text,
        label=label,
        label_separator=label_separator,
        format=format,
        encoding=encoding,
        skip_bad_rows=skip_bad_rows,
    )
    examples = dataset.examples
    return ComparedTexts(
        source, [one.texts for one in examples], [one.labels for one in examples]
    )
