"""The unlabelled rows of a file or table: those worth a label, with their scores.

It is read anew for each purpose, and never held in memory: of each row a number, a hash
and a score stay.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np

from kerascls.auditing.annotation.known_texts import KnownTexts
from kerascls.data.readers import Record
from kerascls.data.readers.cells import is_empty
from kerascls.data.readers.columns import TASK_OF_COLUMN
from kerascls.data.readers.rows import place_in
from kerascls.data.text_hashes import BLANK, text_hashes
from kerascls.inference.bundle import Bundle
from kerascls.inference.inputs import Input
from kerascls.inference.stream import in_chunks, texts_of

Texts = Sequence[tuple[str, ...]]
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, eq=False)
class Scan:
    """What a pool holds.

    Args:
        rows: All of them.
        numbers: int64 `(usable rows,)`, the place of each among all rows, from 0.
        scores: float32 `(usable rows,)`.
        left_out: Why rows are none of these, in words, and how many.
        examples: Where the first of each kind stands.
        labelled: Columns of labels in which rows have something, and how many.
    """

    rows: int
    numbers: np.ndarray
    scores: np.ndarray
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    labelled: Counter[str] = field(default_factory=Counter)

    def notes(self) -> list[str]:
        """Returns lines for people on rows that are left out, or labelled already."""
        lines = [
            f"left out: {number:,} of {self.rows:,} rows, {reason}; the first is "
            f"{self.examples[reason]}"
            for reason, number in self.left_out.items()
        ]
        return lines + [
            f"{number:,} of {self.rows:,} rows have something in {columns} already: it "
            f"is not read, and they are suggested as others are"
            for columns, number in self.labelled.items()
        ]


def scan(
    pool: Input,
    text: Sequence[str],
    bundle: Bundle,
    known: KnownTexts,
    score: Callable[[Texts], np.ndarray],
    chunk_rows: int,
    on_progress: Progress | None = None,
    num_rows: int | None = None,
) -> Scan:
    """Reads a pool, and scores the rows that are worth a label.

    Left out are rows without a text, those that are `known`, and those whose texts an
    earlier row has.

    Args:
        pool: The rows.
        text: The columns with the texts.
        bundle: The classifier, which knows the column of labels.
        known: Texts that need none.
        score: Of texts, float `(rows,)`.
        chunk_rows: Most rows scored together.
        on_progress: Called with rows done and all rows.
        num_rows: How many there are.
    """
    found = Scan(0, np.empty(0, np.int64), np.empty(0, np.float32))
    label_columns = _label_columns(bundle)
    seen: set[int] = set()
    numbers, scores = [found.numbers], [found.scores]
    done = 0
    for chunk in in_chunks(pool.records(), chunk_rows):
        texts = [texts_of(record, text, pool.source) for record in chunk]
        hashes = text_hashes(texts)
        reasons = _reasons(hashes, known, seen)
        usable = [row for row, reason in enumerate(reasons) if reason is None]
        for record, reason in zip(chunk, reasons, strict=True):
            if reason is not None:
                found.left_out[reason] += 1
                place = place_in(pool.source, record.line)
                found.examples.setdefault(reason, place)
            found.labelled.update(_filled(record, label_columns))
        if usable:
            numbers.append(done + np.array(usable, np.int64))
            scores.append(score([texts[row] for row in usable]).astype(np.float32))
        done += len(chunk)
        if on_progress:
            on_progress(done, num_rows)
    return Scan(
        rows=done,
        numbers=np.concatenate(numbers),
        scores=np.concatenate(scores),
        left_out=found.left_out,
        examples=found.examples,
        labelled=found.labelled,
    )


def picked(pool: Input, numbers: np.ndarray) -> list[Record]:
    """Returns rows of a pool by their places, in the order of `numbers`."""
    order = {number: place for place, number in enumerate(numbers.tolist())}
    rows = ((order[n], row) for n, row in enumerate(pool.records()) if n in order)
    return [row for _, row in sorted(rows, key=itemgetter(0))]


def _reasons(hashes: np.ndarray, known: KnownTexts, seen: set[int]) -> list[str | None]:
    reasons: list[str | None] = []
    of_known = zip(hashes.tolist(), known.reasons(hashes), strict=True)
    for value, reason in of_known:
        if value == BLANK:
            reason = "without a text"
        elif reason is None and value in seen:
            reason = "whose text an earlier row has"
        seen.add(value)
        reasons.append(reason)
    return reasons


def _label_columns(bundle: Bundle) -> dict[str, tuple[str, ...]]:
    """Returns columns that may hold labels, those of a one-hot table together."""
    own = bundle.input_spec.label_column
    found = {f'"{name}"': (name,) for name in TASK_OF_COLUMN}
    if isinstance(own, str):
        return {f'"{own}"': (own,), **found}
    return {f"the {len(own)} columns of labels": own, **found}


def _filled(record: Record, columns: dict[str, tuple[str, ...]]) -> list[str]:
    return [
        told
        for told, names in columns.items()
        if any(not is_empty(record.fields.get(name)) for name in names)
    ]
