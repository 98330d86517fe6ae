"""`explain`: why texts of a list, a file or a table get their labels."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Unpack

from kerascls.data.readers import FileKeywords, FileOptions
from kerascls.data.readers.frame_kinds import as_source
from kerascls.data.readers.rows import place_in
from kerascls.errors import SettingsError
from kerascls.evaluation.reports.html.explanation_page import explanation_page
from kerascls.evaluation.reports.language import language_of
from kerascls.inference.bundle import open_bundle
from kerascls.inference.explanation.explanation import Explanation
from kerascls.inference.inputs import open_input
from kerascls.inference.outputs import check_output
from kerascls.inference.predict_file import columns_of
from kerascls.inference.predictor import Predictor
from kerascls.inference.stream import texts_of
from kerascls.system.files import write_atomically

ENDINGS = (".html", ".json")
Placed = list[tuple[str, Explanation]]


def explain(
    bundle: str | Path | Predictor,
    input: Any,
    output: str | Path | None = None,
    *,
    labels: str | Sequence[str] = (),
    method: str = "auto",
    steps: int | None = None,
    text: str | Sequence[str] = (),
    runtime: str = "auto",
    language: str | None = None,
    overwrite: bool = False,
    on_progress: Callable[[int, int | None], None] | None = None,
    **reading: Unpack[FileKeywords],
) -> list[Explanation]:
    """Says what each part of texts does to the logits of labels.

    All explanations are held in memory until they are written.

    Args:
        bundle: A run directory, a bundle, or a predictor that is loaded already.
        input: A list of texts, a file, `"-"` for standard input, or a table in memory.
        output: An `.html` file, a page that opens offline, or a `.json` file, a list
            with an object for each row, see `Explanation.to_dict`.
        labels: Which labels to explain, see `Predictor.explain`.
        method: How, see there.
        steps: See there.
        text: Columns with the texts. Defaults to those used in training.
        runtime: What computes, see `Predictor.load`; of no use to one that is loaded.
        language: That of the page, `"en"` (default) or `"zh"`.
        overwrite: Whether an `output` that exists is replaced.
        on_progress: Called with rows done and all rows; of a single row with texts or
            gradients that are computed for it.
        **reading: How a file is read, see `kerascls.data.readers.FileOptions`.

    Raises:
        DataError: When a row cannot be used, or there is no such label.
        SettingsError: When a keyword is unknown, or output, text, runtime or method
            cannot be used.
        BundleError: When the bundle cannot be loaded.

    Example:
        >>> explain("runs/news", ["国足今晚迎战劲旅"], "why.html")[0].labels
        ('体育',)
    """
    options = FileOptions.from_keywords(explain, reading)
    say = _checked_output(output, language, overwrite)
    opened = open_bundle(bundle) if isinstance(bundle, str | Path) else bundle.bundle
    for label in [labels] if isinstance(labels, str) else labels:
        opened.label_set.column(label)
    rows = _rows(input, options, text, opened.input_spec.text_columns)
    predictor = Predictor(opened, runtime) if isinstance(bundle, str | Path) else bundle
    found: Placed = []
    for place, texts in rows:
        one = predictor.explain(
            texts if len(texts) > 1 else texts[0],
            labels=labels,
            method=method,
            steps=steps,
            on_progress=on_progress if len(rows) == 1 else None,
        )
        found.append((place, one))
        if on_progress and len(rows) > 1:
            on_progress(len(found), len(rows))
    if output is not None:
        write_atomically(Path(output), _written(Path(output), found, say))
    return [one for _, one in found]


def json_of(explanation: Explanation, **fields: str) -> str:
    """Returns an explanation, behind other fields, as one line of JSON."""
    content = fields | explanation.to_dict()
    line = json.dumps(content, ensure_ascii=False, allow_nan=False)
    # Half of a surrogate pair is no UTF-8; so it is written as JSON has it.
    return line.encode("utf-8", "backslashreplace").decode()


def _written(path: Path, found: Placed, say: Any) -> bytes:
    if path.suffix.lower() == ".html":
        return explanation_page(found, say).encode()
    lines = ",\n".join(json_of(one, place=place) for place, one in found)
    return f"[\n{lines}\n]\n".encode()


def _checked_output(
    output: str | Path | None, language: str | None, overwrite: bool
) -> Any:
    """Returns the language of the page that is asked for."""
    is_page = output is not None and Path(output).suffix.lower() == ".html"
    if language is not None and not is_page:
        raise SettingsError(
            f"Expected a page to write in a language. Received: language={language!r}, "
            f"output={output and str(output)!r}. Name an .html file as --output, or "
            f"leave the language out: all else is English."
        )
    if output is not None:
        if Path(output).suffix.lower() not in ENDINGS:
            raise SettingsError(
                f"Explanations are written as {' or '.join(ENDINGS)}. Received: "
                f"output={str(output)!r}. Choose one of these endings."
            )
        check_output(output, overwrite)
    return language_of(language or "en")


def _rows(
    input: Any,
    options: FileOptions,
    text: str | Sequence[str],
    trained: tuple[str, ...],
) -> list[tuple[str, tuple[str, ...]]]:
    """Returns where each row stands, and its texts, once all of them are checked."""
    if not (isinstance(input, str) and input == "-"):
        input = as_source(input)
    with open_input(input, options) as rows:
        columns = columns_of(rows, text, trained)
        rows.columns(columns)
        if rows.path is not None:
            rows.check(columns)
        return [
            (place_in(rows.source, one.line), texts_of(one, columns, rows.source))
            for one in rows.records()
        ]
