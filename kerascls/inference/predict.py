"""`predict`: files to files, tables in memory to tables, texts to predictions."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Unpack, overload

import numpy as np

from kerascls.data.readers import FileOptions
from kerascls.data.readers.frame_kinds import as_frame
from kerascls.data.readers.frames import Frame
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.inference.bundle import open_bundle
from kerascls.inference.inputs import open_input
from kerascls.inference.predict_file import OutputKeywords, columns_of, predict_file
from kerascls.inference.predictions import SHOWN_ROWS, Predictions
from kerascls.inference.predictor import Predictor, checked_rule
from kerascls.inference.stream import CHUNK_ROWS, in_chunks, texts_of


@overload
def predict(
    bundle: str | Path | Predictor,
    input: Any,
    output: str | Path,
    *,
    text: str | Sequence[str] = (),
    runtime: str = "auto",
    rule: Rule | None = None,
    chunk_rows: int = CHUNK_ROWS,
    on_progress: Callable[[int, int | None], None] | None = None,
    **more: Unpack[OutputKeywords],
) -> int: ...


@overload
def predict(
    bundle: str | Path | Predictor,
    input: Any,
    output: None = None,
    *,
    text: str | Sequence[str] = (),
    runtime: str = "auto",
    rule: Rule | None = None,
    chunk_rows: int = CHUNK_ROWS,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Any: ...


def predict(
    bundle: str | Path | Predictor,
    input: Any,
    output: str | Path | None = None,
    *,
    text: str | Sequence[str] = (),
    runtime: str = "auto",
    rule: Rule | None = None,
    chunk_rows: int = CHUNK_ROWS,
    on_progress: Callable[[int, int | None], None] | None = None,
    **more: Any,
) -> Any:
    """Labels texts: of a file into another one, of a table in memory, or of a list.

    Args:
        bundle: A run directory, a bundle, or a predictor that is loaded already.
        input: A file, `"-"` for standard input; a table in memory, see
            `kerascls.data.readers.frame_kinds.as_frame`; or a list, array or Series
            of texts.
        output: The file to write, see `predict_file`; it is needed for files.
        text: Columns with the texts. Defaults to those used in training.
        runtime: What computes, see `Predictor.load`; of no use to one that is loaded.
        rule: How probabilities become labels in this call. Default: the bundle's.
        chunk_rows: Most rows predicted together.
        on_progress: Called with rows done and rows in all, None when unknown.
        **more: What else `predict_file` takes, for an output.

    Returns:
        With an output the number of rows. Without, for a DataFrame or another
        library's table one of the same kind and index, its columns as of
        `Predictions.columns`; for anything else the `Predictions`, a sequence of
        `Prediction`.

    Raises:
        DataError: When a row cannot be used; checked before anything is predicted.
        SettingsError: When a keyword is unknown, or output, text, runtime or how the
            input is to be read cannot be used.
        BundleError: When the bundle cannot be loaded.

    Example:
        >>> kerascls.predict("runs/news", frame)["predicted"]
        >>> kerascls.predict("runs/news", ["国足今晚迎战劲旅"])[0].labels
        ('体育',)
        >>> kerascls.predict("runs/news", "texts.csv", "labelled.csv")
        1000
    """
    options: dict[str, Any] = {"text": text, "runtime": runtime, "rule": rule}
    options |= {"chunk_rows": chunk_rows, "on_progress": on_progress}
    if output is not None:
        return predict_file(bundle, input, output, **options, **more)
    if isinstance(input, str | Path):
        raise SettingsError(
            f"Expected a file to write predictions to, or texts as a list. Received: "
            f"input={str(input)!r:.200}, output=None. Name a .csv or .jsonl file as "
            f"output, or give a text as ['...']."
        )
    if more:
        raise SettingsError(
            f"Expected options for predictions in memory. Received: "
            f"{', '.join(more)}, which are for files. Leave them out, or name an "
            f"output."
        )
    frame = as_frame(input)
    return _like(frame, _predictions(bundle, frame, **options))


def _predictions(
    bundle: str | Path | Predictor,
    frame: Frame,
    text: str | Sequence[str],
    runtime: str,
    rule: Rule | None,
    chunk_rows: int,
    on_progress: Callable[[int, int | None], None] | None,
) -> Predictions:
    opened = open_bundle(bundle) if isinstance(bundle, str | Path) else bundle.bundle
    with open_input(frame, FileOptions()) as rows:
        columns = columns_of(rows, text, opened.input_spec.text_columns)
        rows.columns(columns)
        some = opened.task.has_weights
        rows.check(columns, one_is_enough=some)
    rule = checked_rule(rule) or opened.rule
    predictor = Predictor(opened, runtime) if isinstance(bundle, str | Path) else bundle
    scores = [np.zeros((0, len(opened.label_set)), np.float32)]
    shown: list[str] = []
    done = 0
    for chunk in in_chunks(frame.records(columns), chunk_rows):
        texts = [texts_of(record, columns, frame.name, some) for record in chunk]
        scores.append(predictor.predict_proba(texts))
        shown += ["\n".join(one) for one in texts[: SHOWN_ROWS - len(shown)]]
        done += len(chunk)
        if on_progress:
            on_progress(done, frame.num_rows)
    probabilities = np.concatenate(scores)
    return Predictions(opened.task, opened.label_set.names, probabilities, rule, shown)


def _like(frame: Frame, predictions: Predictions) -> Any:
    """Returns predictions as a table of the library that the given one is of."""
    given = frame.given
    if hasattr(given, "iloc"):
        table = given.to_frame() if frame.is_texts else given
        return table.iloc[:, :0].assign(**predictions.columns())
    if hasattr(given, "get_column"):
        return type(given)(predictions.columns())
    for make in ("from_pydict", "from_dict"):
        if hasattr(given, "column_names") and hasattr(type(given), make):
            return getattr(type(given), make)(predictions.columns())
    return predictions
