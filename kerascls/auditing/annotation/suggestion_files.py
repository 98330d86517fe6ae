"""Suggested rows as files: JSON lines, or tasks for people to label texts."""

from pathlib import Path

from kerascls.auditing.annotation.suggestions import Suggestion, Suggestions
from kerascls.data.labels import Task
from kerascls.data.readers import FORMATS
from kerascls.data.readers.labelled_table import LabelledTable, save_lines
from kerascls.data.readers.saving import dumped
from kerascls.data.rewriting import write_table
from kerascls.inference.outputs import kept_fields
from kerascls.preprocessing.tokenizers.vocabulary import without_surrogates
from kerascls.system.files import replaced
from kerascls.system.tables import known_name

JSON_LINES = "jsonl"
SUGGESTION_FORMATS = (
    JSON_LINES,
    *(name for name, one in FORMATS.items() if one.is_for_annotators),
)
PREDICTED_BY = "kerascls"


def check_format(name: str) -> str:
    """Returns the name of a format for suggestions.

    Raises:
        SettingsError: When there is none of that name.
    """
    return known_name(SUGGESTION_FORMATS, name, "output_format")


def write_suggestions(output: Path, suggestions: Suggestions, format: str) -> list[str]:
    """Writes a file that is there as a whole or not at all.

    JSON lines have the fields of a row, `labels` and `scores` as `predict` writes them,
    and why the row was chosen. For other formats the predicted labels are those of the
    row, until a person has looked at them.

    Returns:
        Lines for people on what the file does not hold.
    """
    if format == JSON_LINES:
        with replaced(output) as work:
            lines = (f"{dumped(one.to_dict())}\n" for one in suggestions)
            save_lines(work, map(without_surrogates, lines))
            work.chmod(0o644)
        return []
    table = _table(suggestions)
    write_table(output, table, format)
    return [f"not kept: {what} ({number:,})" for what, number in table.lost.items()]


def _table(suggestions: Suggestions) -> LabelledTable:
    label = suggestions.label_column
    rows = [_row(one, label) for one in suggestions]
    first = suggestions[0]
    called = dict(zip(first.fields, _kept(first, label), strict=True))
    return LabelledTable(
        columns=tuple(dict.fromkeys(name for row in rows for name in row)),
        text_columns=tuple(called[name] for name in suggestions.text_columns),
        label_column=label,
        task=Task.MULTILABEL,
        rows=lambda: iter(rows),
        predicted_by=PREDICTED_BY,
    )


def _row(one: Suggestion, label: str) -> dict[str, object]:
    return {**_kept(one, label), **one.facts(), label: one.prediction.labels}


def _kept(one: Suggestion, label: str) -> dict[str, object]:
    """Returns a row's fields, its texts as such, under names that are not ours."""
    fields = {**one.fields, **one.texts_by_column}
    kept = kept_fields(fields, (label, *one.facts()))
    are_texts = {name: value for name, value in kept.items() if isinstance(value, str)}
    return kept | {name: without_surrogates(text) for name, text in are_texts.items()}
