"""Edited copies of training rows, for labels that few rows have.

They are made after the split, of rows of the training part alone, and are nowhere but
in what the model is trained on: data, files and reports know the original rows.
"""

from dataclasses import dataclass

import numpy as np

from kerascls.data.label_checks.spelling import quoted
from kerascls.data.label_counts import LabelCounts
from kerascls.data.labelled_text import SHOWN_LABELS, LabelledText
from kerascls.data.multilabel_sampling import rows_of_labels
from kerascls.data.targets import Targets
from kerascls.data.text_hashes import text_hashes
from kerascls.preprocessing.augmentation import can_be_edited, edited_copies
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.system.words import count


@dataclass(frozen=True, eq=False)
class Copies:
    """Edited copies of rows.

    Args:
        texts: The text fields of each.
        rows: int64 `(copies,)`, of which row of the training part each was made.
        note: A line for people.
    """

    texts: list[tuple[str, ...]]
    rows: np.ndarray
    note: str

    def __len__(self) -> int:
        return len(self.rows)


def make_copies(
    data: LabelledText, settings: ImbalanceSettings, seed: int
) -> Copies | None:
    """Returns the copies that the settings ask for; None where they ask for none.

    A copy that has the text of a row, in whatever part, or of an earlier copy is left
    out.

    Args:
        data: The parts.
        settings: Their `augment_` fields.
        seed: Any whole number from 0 on; with it and the texts all is the same again.
    """
    below = settings.augment_below
    if below is None:
        return None
    part, targets = data.parts["train"], data.targets("train")
    few = _rows_of_few(targets, below)
    editable = [row for row in few.tolist() if any(map(can_be_edited, part.texts[row]))]
    numbers = copies_of_rows(
        targets, np.array(editable, np.int64), below, settings.augment_copies, seed
    )
    texts: list[tuple[str, ...]] = []
    for row in np.flatnonzero(numbers).tolist():
        random = np.random.default_rng([seed, row])
        number, share = int(numbers[row]), settings.augment_share
        made = edited_copies(part.texts[row], number, share, random)
        numbers[row] = len(made)
        texts += made
    is_new = _are_new(texts, data)
    rows = np.repeat(np.arange(len(numbers)), numbers)[is_new]
    note = _note(data, rows, below, len(texts))
    texts = [text for text, new in zip(texts, is_new, strict=True) if new]
    return Copies(texts, rows, note)


def copies_of_rows(
    targets: Targets, rows: np.ndarray, below: int, most: int, seed: int
) -> np.ndarray:
    """Returns how many copies of each row there should be, int64 `(all rows,)`.

    The label with the fewest rows comes first. Each of its rows is copied once before
    any is copied twice, until there are `below` rows with the label.

    Args:
        targets: Labels of all rows.
        rows: int64, those that can be copied.
        below: Rows that a label should have.
        most: Copies of one row.
        seed: Chooses which rows are copied once more than others.
    """
    random = np.random.default_rng(seed)
    copies = np.zeros(len(targets), np.int64)
    can_be = np.zeros(len(targets), bool)
    can_be[rows] = True
    bags = rows_of_labels(targets)
    counts = LabelCounts.of(targets).positives
    for label in np.argsort(counts, kind="stable").tolist():
        bag = random.permutation(bags[label][can_be[bags[label]]])
        while counts[label] < below:
            bag = bag[copies[bag] < most]
            if not len(bag):
                break
            given = bag[copies[bag] == copies[bag].min()][: below - counts[label]]
            copies[given] += 1
            counts += LabelCounts.of(targets.take(given)).positives
    return copies


def _rows_of_few(targets: Targets, below: int) -> np.ndarray:
    few = [bag for bag in rows_of_labels(targets) if len(bag) < below]
    return np.unique(np.concatenate([np.empty(0, np.int64), *few]))


def _are_new(texts: list[tuple[str, ...]], data: LabelledText) -> np.ndarray:
    """Returns which texts no row of a part has, nor one before, bool `(texts,)`."""
    known = np.concatenate([text_hashes(part.texts) for part in data.parts.values()])
    hashes = text_hashes(texts)
    is_first = np.zeros(len(texts), bool)
    is_first[np.unique(hashes, return_index=True)[1]] = True
    return is_first & ~np.isin(hashes, known)


def _note(data: LabelledText, rows: np.ndarray, below: int, num_made: int) -> str:
    """Returns what was added to which labels, or why nothing was.

    Args:
        data: The parts.
        rows: int64 `(copies,)`, of which rows the copies were made.
        below: Rows that a label should have.
        num_made: Copies, those that were left out too.
    """
    asked = f"edited copies (imbalance.augment_below={below})"
    targets = data.targets("train")
    before = LabelCounts.of(targets).positives
    few = [
        label for label in np.argsort(before, kind="stable") if before[label] < below
    ]
    if not few:
        return f"{asked}: none, every label has so many rows in train"
    if not num_made:
        return (
            f"{asked}: none, texts of labels with fewer rows are too short to edit, "
            f"beside numbers and what is negated"
        )
    dropped = num_made - len(rows)
    left_out = f"{count(dropped, 'edited text')} that rows or copies have left out"
    if not len(rows):
        return f"{asked}: none, {left_out}"
    after = before + LabelCounts.of(targets.take(rows)).positives
    told = [
        f"{quoted(data.label_set.names[label])} {before[label]:,} -> {after[label]:,}"
        for label in few[:SHOWN_LABELS]
    ]
    more = len(few) - SHOWN_LABELS
    also = f" and {more} more" if more > 0 else ""
    return (
        f"{asked}: {count(len(rows), 'row')} added to train, made of "
        f"{count(len(np.unique(rows)), 'row')}{f', {left_out}' if dropped else ''}; "
        f"rows of labels: {', '.join(told)}{also}"
    )
