"""`predict_file`: from a file or standard input to a file or standard output."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Unpack

from kerascls.data.readers import FORMATS, FileKeywords, FileOptions, Record
from kerascls.data.readers.frame_kinds import as_source
from kerascls.data.readers.frames import Frame
from kerascls.data.readers.lines import LINE_COLUMN
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.inference.bundle import Bundle, open_bundle
from kerascls.inference.inputs import Input, open_input
from kerascls.inference.outputs import (
    ABSTAINED,
    Output,
    check_output,
    format_of_output,
    open_output,
    score_column,
)
from kerascls.inference.predictor import Predictor, checked_rule
from kerascls.inference.stream import CHUNK_ROWS, predict_chunks


class OutputKeywords(FileKeywords, total=False):
    """What `predict_file` takes for its output and for files it reads."""

    all_scores: bool
    overwrite: bool
    output_format: str | None
    on_note: Callable[[str], None] | None


def predict_file(
    bundle: str | Path | Predictor,
    input: Any,
    output: str | Path,
    *,
    text: str | Sequence[str] = (),
    runtime: str = "auto",
    rule: Rule | None = None,
    all_scores: bool = False,
    overwrite: bool = False,
    output_format: str | None = None,
    chunk_rows: int = CHUNK_ROWS,
    on_progress: Callable[[int, int | None], None] | None = None,
    on_note: Callable[[str], None] | None = None,
    **reading: Unpack[FileKeywords],
) -> int:
    """Writes one row with labels and scores for every row of the input, in order.

    JSON lines hold the input's fields, `labels` (a list) and `scores` (label to
    probability); CSV the input's columns, `predicted` and `score` (several of each
    joined by `|`; without a label the largest probability), and where the rule may
    abstain `abstained`, with `yes` where it did. A column of the input that has one of
    these names is kept as `input_labels` and so on, and `NaN` in JSON lines is written
    as null. CSV begins with its header even without rows. At most one chunk of rows is
    held in memory.

    Args:
        bundle: A run directory, a bundle, or a predictor that is loaded already.
        input: A file, `"-"` for standard input, or a table in memory.
        output: A `.csv` or `.jsonl` file; `"-"` is standard output, in CSV where
            the input is a table, else JSON lines.
        text: Columns with the texts. Defaults to those used in training.
        rule: How probabilities become labels in this call. Default: the bundle's.
        all_scores: Whether CSV has the probability of every label, in columns
            `score_LABEL`. JSON lines always have them.
        output_format: `"csv"` or `"jsonl"` on standard output, where it shall not
            be the input's.
        overwrite: Whether an `output` that exists is replaced.
        runtime: What computes, see `Predictor.load`; of no use to one that is loaded.
        chunk_rows: Most rows predicted together. The first 32 go first, and each
            further chunk has twice as many rows; what is done is written at once.
        on_progress: Called with rows done and rows in all, None when unknown.
        on_note: Called with lines for people on how the input was read.
        **reading: How the input is read, see `kerascls.data.readers.FileOptions`.
            Standard input is plain lines unless `format` says otherwise.

    Returns:
        The number of rows.

    Raises:
        DataError: When a row cannot be used; checked before anything is predicted.
        SettingsError: When a keyword is unknown, or output, text, runtime or how the
            input is to be read cannot be used.
        BundleError: When the bundle cannot be loaded.
    """
    options = FileOptions.from_keywords(predict_file, reading)
    if not (isinstance(input, str) and input == "-"):
        input = as_source(input)
    refuse_overwriting_input(input, output)
    check_output(output, overwrite)
    opened = open_bundle(bundle) if isinstance(bundle, str | Path) else bundle.bundle
    with open_input(input, options) as rows:
        columns = columns_of(rows, text, opened.input_spec.text_columns)
        some = opened.task.has_weights
        header = rows.columns(columns, some) or columns
        num_rows = _check(rows, columns, on_note, some)
        more = _more_columns(opened, checked_rule(rule), all_scores)
        written_as = format_of_output(output, rows.format, output_format)
        with open_output(output, written_as, header, more) as out:
            # Loading takes seconds: it waits until the input has been checked.
            if isinstance(bundle, str | Path):
                bundle = Predictor(opened, runtime)
            predicted = predict_chunks(
                bundle,
                rows.records(),
                text=columns,
                source=rows.source,
                chunk_rows=chunk_rows,
                rule=rule,
                one_is_enough=some,
            )
            return _write(predicted, out, num_rows, on_progress)


def _check(
    rows: Input,
    columns: tuple[str, ...],
    on_note: Callable[[str], None] | None,
    one_is_enough: bool,
) -> int | None:
    """Checks all rows and tells of them; returns how many, None when unknown."""
    # Standard input can be read only once.
    notes: list[str] = []
    num_rows = None if rows.path is None else rows.check(columns, notes, one_is_enough)
    if on_note:
        for line in notes:
            on_note(f"{rows.source}: {line}")
    return num_rows


def _write(
    chunks: Iterable[list[tuple[Record, Any]]],
    out: Output,
    num_rows: int | None,
    on_progress: Callable[[int, int | None], None] | None,
) -> int:
    """Writes records with their predictions; returns how many."""
    done = 0
    for chunk in chunks:
        for record, prediction in chunk:
            out.write(record, prediction)
            done += 1
            if on_progress:
                on_progress(done, num_rows)
        out.flush()
    return done


def _more_columns(bundle: Bundle, rule: Rule | None, all_scores: bool) -> list[str]:
    """Returns the columns that CSV has beside the usual ones."""
    abstains = (rule or bundle.rule).abstain_below is not None
    labels = bundle.label_set.names if all_scores else ()
    return [*([ABSTAINED] if abstains else []), *map(score_column, labels)]


def columns_of(
    rows: Input, text: str | Sequence[str], trained: tuple[str, ...]
) -> tuple[str, ...]:
    """Returns the columns with the texts: those stated, or those of training."""
    stated = (text,) if isinstance(text, str) else tuple(text)
    if FORMATS[rows.format].is_lines:
        if stated:
            raise SettingsError(
                f"Expected no text column for lines of text, which have no columns. "
                f"Received: text={stated} for {rows.source}. Leave --text out, or say "
                f"what the input is with --format."
            )
        stated = (LINE_COLUMN,)
    columns = stated or trained
    if len(columns) != len(trained):
        raise SettingsError(
            f"Expected {len(trained)} text column(s), as in training "
            f"({', '.join(trained)}). Received: text={columns} for {rows.source}. Name "
            f"as many with `--text`, in a format that has columns."
        )
    return columns


def refuse_overwriting_input(input: str | Path | Frame, output: str | Path) -> None:
    """Checks that the output is another file than the input.

    Raises:
        SettingsError: When it is the same.
    """
    if isinstance(input, Frame):
        return
    paths = Path(input), Path(output)
    if "-" in (str(input), str(output)) or not all(path.exists() for path in paths):
        return
    if paths[0].samefile(paths[1]):
        raise SettingsError(
            f"Expected another file for the output than for the input. Received: "
            f"output={str(output)!r}. Choose another name."
        )
