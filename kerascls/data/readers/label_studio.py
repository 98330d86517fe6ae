"""Tasks of Label Studio: the full JSON that it exports and imports.

Its exports JSON_MIN, CSV and TSV are JSON arrays and tables, whose cells
`label_cells.py` reads. They leave out skipped tasks and have the others, also those
that nobody has annotated.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.json_arrays import array_values, is_task
from kerascls.data.readers.jsonl import json_row
from kerascls.data.readers.labelled_table import LabelledTable, save_lines
from kerascls.data.readers.rows import BadRow, Record, Row, Unlabelled
from kerascls.data.readers.saving import array_lines

NOT_ANNOTATED = "tasks not annotated"


def task_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields each task: its `id`, its data, and a list of choices for each control.

    A task that was skipped or not annotated is unlabelled. Several annotations of one
    task must agree.
    """
    controls = _controls(handle, source, options)
    handle.seek(0)
    for number, value, text in array_values(handle, source, options):
        row = json_row(number, value, text)
        yield row if isinstance(row, BadRow) else _row(number, row.fields, controls)


def is_unannotated(fields: Mapping[str, object]) -> bool:
    """Returns whether a row of JSON_MIN, CSV or TSV is a task without annotation."""
    return is_annotation(fields) and fields["annotation_id"] in (None, "")


def is_annotation(fields: Mapping[str, object]) -> bool:
    """Returns whether a row is one of JSON_MIN, CSV or TSV.

    In JSON_MIN a control in which nothing was chosen is no field of the row.
    """
    return "annotation_id" in fields and "annotator" in fields


def _controls(handle: BinaryIO, source: str, options: FileOptions) -> list[str]:
    """Returns the names of all controls that choices were made with."""
    names: dict[str, None] = {}
    for _, value, _ in array_values(handle, source, options):
        if isinstance(value, dict):
            for one in _annotations(value) or ():
                names.update(dict.fromkeys(_choices(one)))
    return list(names)


def _row(number: int, task: Mapping[str, Any], controls: list[str]) -> Row:
    if not is_task(task):
        return BadRow(number, 'no task with "data" and "annotations"')
    fields = {"id": task["id"]} if "id" in task else {}
    fields |= task["data"]
    if taken := [name for name in controls if name in fields]:
        return BadRow(number, f'"{taken[0]}" is both in the data and a control')
    annotations = _annotations(task) or []
    done = [one for one in annotations if not one.get("was_cancelled")]
    if not done:
        reason = "tasks skipped" if annotations else NOT_ANNOTATED
        return Unlabelled(number, reason, fields)
    answers = [{name: _choices(one).get(name, []) for name in controls} for one in done]
    different = [
        name
        for name in controls
        if len({frozenset(map(str, answer[name])) for answer in answers}) > 1
    ]
    if different:
        return BadRow(
            number, f'{len(done)} annotations that differ in "{different[0]}"; keep one'
        )
    return Record(number, fields | answers[0])


def _annotations(task: Mapping[str, Any]) -> list[Any] | None:
    """Returns the annotations, called completions before Label Studio 1.0."""
    found = task.get("annotations", task.get("completions"))
    if isinstance(found, list) and all(isinstance(one, dict) for one in found):
        return found
    return None


def _choices(annotation: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Returns the choices of an annotation by the name of their control."""
    found = {}
    results = annotation.get("result")
    for one in results if isinstance(results, list) else ():
        value = one.get("value") if isinstance(one, dict) else None
        if isinstance(value, dict) and "choices" in value and "from_name" in one:
            choices = value["choices"]
            found[one["from_name"]] = (
                choices if isinstance(choices, list) else [choices]
            )
    return found


def save_label_studio(path: Path, table: LabelledTable) -> None:
    """Writes annotated tasks, to import into a project with a control for labels.

    Labels that were predicted become predictions, which a person accepts or corrects:
    until then the tasks are not annotated. The project's configuration names the
    control and what it is for as the columns are:
    `<Choices name="label" toName="text">`, and `<Text name="text" value="$text"/>`.
    """
    rows = enumerate(table.rows(), start=1)
    save_lines(path, array_lines(_task(number, row, table) for number, row in rows))


def _task(
    number: int, row: Mapping[str, object], table: LabelledTable
) -> dict[str, object]:
    names = (name for name in table.columns if name != table.label_column)
    result = {
        "from_name": table.label_column,
        "to_name": table.text_columns[0],
        "type": "choices",
        "value": {"choices": list(table.labels(row))},
    }
    data = {name: row.get(name) for name in names}
    given = {"result": [{"id": f"r{number}", **result}]}
    if table.predicted_by is not None:
        prediction = {"model_version": table.predicted_by, **given}
        if not table.labels(row):  # a choice of nothing is no choice
            prediction["result"] = []
        task = {"id": number, "data": data, "annotations": []}
        return {**task, "predictions": [prediction]}
    return {"id": number, "data": data, "annotations": [{"id": number, **given}]}
