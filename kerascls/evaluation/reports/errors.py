"""The mistakes on scored rows, the most surprising first, and as a CSV file.

A text is what strangers wrote. Excel and its like run a cell that begins with `=`, `+`,
`-`, `@`, a tab or a carriage return as a formula, in Chinese editions the full-width
signs too. Such texts and labels get an apostrophe in front, which makes them plain text
there; numbers stay numbers.

References:
    OWASP, CSV injection, https://owasp.org/www-community/attacks/CSV_Injection
"""

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from kerascls.data.labels import Task
from kerascls.data.readers import join_labels
from kerascls.data.readers.weighted_labels import join_weighted
from kerascls.evaluation.metrics.distributions import kl
from kerascls.evaluation.scored_rows import ScoredRows
from kerascls.system.files import as_csv, csv_lines, write_all

ERRORS_FILE = "errors.csv"

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

# A probability of 0 or 1 was rounded; this is the nearest to 1 in float32.
_LEAST = 2.0**-24
_ROWS_AT_ONCE = 4096
_OWN_COLUMNS = (
    "line",
    "truth",
    "predicted",
    "truth_scores",
    "predicted_scores",
    "loss",
)


def row_losses(scored: ScoredRows) -> np.ndarray:
    """Returns the cross-entropy of each row: how surprising its true labels are.

    For multi-label it is the sum of binary cross-entropies over the labels that
    training had; others are left out, for no model can give them. For multi-class it
    is the negative logarithm of the true label's probability, and for a true label
    that training lacked that of all but the likeliest label, `-log(1 - max)`: a row
    is the more surprising, the surer the wrong answer was. For distributions it is the
    Kullback-Leibler divergence, over the labels that training had.

    Args:
        scored: Rows with truth and probabilities.

    Returns:
        float64 `(rows,)`.
    """
    losses = [np.empty(0)]
    for start in range(0, len(scored), _ROWS_AT_ONCE):
        block = np.s_[start : start + _ROWS_AT_ONCE, : scored.known]
        probabilities = scored.probabilities[block].astype(np.float64)
        clipped = probabilities.clip(_LEAST, 1 - _LEAST)
        losses.append(_LOSSES[scored.task](scored.truth[block], clipped))
    return np.concatenate(losses)


def surprising_rows(scored: ScoredRows, limit: int | None = None) -> np.ndarray:
    """Returns which rows are wrong, the largest loss first, equal ones in file order.

    Args:
        scored: Rows with truth, probabilities and decision.
        limit: How many at most.

    Returns:
        int64 `(mistakes,)`, indices of rows.
    """
    wrong = np.flatnonzero(scored.wrong)
    order = np.argsort(-row_losses(scored)[wrong], kind="stable")
    return wrong[order][:limit]


def errors_csv(scored: ScoredRows, text_columns: Sequence[str] = ()) -> str:
    """Returns all mistakes as CSV, the most surprising first.

    Columns: the line in the file where the row starts (where there are several files
    the file before it), its texts (as far as they were
    kept), true and predicted labels joined as in a label cell, their probabilities in
    the same order joined by `|` (empty for a label that training lacked), and the loss.

    Args:
        scored: Rows with truth, probabilities and decision.
        text_columns: Names for the texts; by default `text`, `text_2`, ... One that is
            also a column of ours becomes `input_NAME`.
    """
    # Lines end with CR LF so that a text with either is quoted.
    return as_csv(_rows(scored, text_columns), "\r\n")


def _rows(scored: ScoredRows, text_columns: Sequence[str]) -> Iterator[tuple]:
    """Yields the header of `errors_csv` and its rows."""
    line, *others = _OWN_COLUMNS
    names = [safe_cell(name) for name in _text_columns(scored, text_columns)]
    several = bool(scored.files)
    file = ("file",) if several else ()
    yield (*file, line, *names, *others)
    losses = row_losses(scored)
    for row in surprising_rows(scored).tolist():
        both = [np.flatnonzero(cells[row]) for cells in (scored.targets, scored.chosen)]
        yield (
            *((safe_cell(scored.files[row]),) if several else ()),
            int(scored.lines[row]),
            *map(safe_cell, scored.texts[row] if len(scored.texts) else ()),
            _truth(scored, row, both[0]),
            _names(scored, both[1]),
            *(_scores(scored, row, columns) for columns in both),
            f"{losses[row]:.4f}",
        )


def write_errors(
    directory: str | Path, scored: ScoredRows, text_columns: Sequence[str] = ()
) -> Path:
    """Writes `errors.csv` in one step, with a byte order mark for Excel.

    Args:
        directory: Where to; made if it does not exist.
        scored: See `errors_csv`.
        text_columns: See `errors_csv`.

    Returns:
        The path of the file.
    """
    lines = csv_lines(_rows(scored, text_columns), "\r\n")
    # A lone half of a surrogate pair, legal in JSON, is no UTF-8.
    content = (line.encode("utf-8", errors="replace") for line in lines)
    return write_all(directory, {ERRORS_FILE: chain([BOM_UTF8], content)})[0]


def _multilabel(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return -np.log(np.where(targets, probabilities, 1 - probabilities)).sum(axis=1)


def _multiclass(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    likely = np.where(targets, probabilities, 0).max(axis=1)
    return -np.log(np.where(targets.any(axis=1), likely, 1 - probabilities.max(axis=1)))


_LOSSES = {
    Task.MULTILABEL: _multilabel,
    Task.MULTICLASS: _multiclass,
    Task.DISTRIBUTION: kl,
}


def _text_columns(scored: ScoredRows, names: Sequence[str]) -> list[str]:
    count = len(scored.texts[0]) if len(scored.texts) else 0
    defaults = [f"text_{n + 1}" if n else "text" for n in range(count)]
    columns = [*names[:count], *defaults[len(names) :]]
    own = (*_OWN_COLUMNS, "file") if scored.files else _OWN_COLUMNS
    return [f"input_{name}" if name in own else name for name in columns]


def _truth(scored: ScoredRows, row: int, columns: np.ndarray) -> str:
    """Returns the true labels, with their shares where they have some."""
    if scored.weights is None:
        return _names(scored, columns)
    shares = [round(float(share), 4) for share in scored.weights[row, columns]]
    names = [scored.labels[column] for column in columns]
    return safe_cell(join_weighted(names, shares))


def _names(scored: ScoredRows, columns: np.ndarray) -> str:
    return safe_cell(join_labels([scored.labels[column] for column in columns]))


def _scores(scored: ScoredRows, row: int, columns: np.ndarray) -> str:
    return "|".join(
        f"{scored.probabilities[row, column]:.6f}" if column < scored.known else ""
        for column in columns
    )


def safe_cell(cell: str) -> str:
    """Returns a cell that no spreadsheet runs; see above."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
