"""Which rows to draw again, or to leave out, where rows have several labels.

Four algorithms of Charte et al., which differ in what is rare. By *label set* (LP-ROS,
LP-RUS) the rows with exactly the same labels are a class; it is rare where it has fewer
rows than label sets have on average. By *label* (ML-ROS, ML-RUS) a label is rare whose
imbalance ratio, the rows of the most frequent label for one of its own, is above the
mean ratio of all labels.

Here they give how many rows are drawn from which bag of rows; `sampling.BagSampler`
draws other rows in each epoch. Labels that no row has are in no bag and in no mean.

References:
    - Charte, Rivera, del Jesus and Herrera (2015), "Addressing imbalance in multilabel
      classification: Measures and random resampling algorithms", Neurocomputing 163.
"""

import numpy as np

from kerascls.data.label_counts import LabelCounts
from kerascls.data.targets import Targets

LABEL_SET = "label_set"


def rows_of_labels(targets: Targets) -> list[np.ndarray]:
    """Returns the rows that have each label, an int64 array for each, ascending."""
    rows = np.repeat(np.arange(len(targets)), np.diff(targets.offsets))
    order = np.argsort(targets.columns, kind="stable")
    counts = LabelCounts.of(targets).positives
    return np.split(rows[order], np.cumsum(counts)[:-1])


def added_rows(
    targets: Targets, rule: str, number: int, seed: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """Returns bags of rows, and how many rows to draw again from each.

    LP-ROS gives each rare label set the same, but none more than the mean, and so does
    what one leaves to others. ML-ROS takes turns among rare labels, and drops one whose
    ratio has come down to the mean; here it is done once, so that every epoch has as
    many rows.

    Args:
        targets: Labels of the training rows.
        rule: `"label_set"` or `"label"`.
        number: Rows to add; fewer where nothing is rare any more.
        seed: Fixes which labels the rows have that ML-ROS counts.

    Returns:
        int64 arrays of rows, and int64 `(bags,)`.
    """
    if rule == LABEL_SET:
        bags = _rows_of_label_sets(targets)
        mean = len(targets) / max(len(bags), 1)
        rare = [bag for bag in bags if len(bag) < mean]
        return rare, _dealt(np.array([int(mean) - len(b) for b in rare], int), number)
    bags = rows_of_labels(targets)
    rare_labels, mean_ratio = _rare_labels(np.array([*map(len, bags)]))
    rare = [bags[label] for label in rare_labels]
    return rare, _turns(targets, rare_labels, rare, mean_ratio, number, seed)


def left_out_rows(
    targets: Targets, rule: str, number: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """Returns bags without a row in common, and how many rows each goes without.

    LP-RUS takes from label sets that have more rows than the mean, and leaves each that
    many. ML-RUS takes from all rows that have no rare label; here it leaves half of
    them, or where most rows have a rare label, no epoch would have any of the others.
    Where no label is rare it takes none: there is nothing to make room for.

    Args:
        targets: Labels of the training rows.
        rule: `"label_set"` or `"label"`.
        number: Rows to leave out; fewer where there are no more.

    Returns:
        int64 arrays of rows, and int64 `(bags,)`.
    """
    if rule == LABEL_SET:
        bags = _rows_of_label_sets(targets)
        mean = len(targets) / max(len(bags), 1)
        frequent = [bag for bag in bags if len(bag) > mean]
        spare = np.array([len(bag) - int(np.ceil(mean)) for bag in frequent], int)
        return frequent, _dealt(spare, number)
    bags = rows_of_labels(targets)
    rare_labels, _ = _rare_labels(np.array([*map(len, bags)]))
    if not rare_labels:
        return [], np.empty(0, np.int64)
    spare = np.ones(len(targets), bool)
    for label in rare_labels:
        spare[bags[label]] = False
    rows = np.flatnonzero(spare)
    return [rows], np.array([min(number, len(rows) // 2)])


def _rows_of_label_sets(targets: Targets) -> list[np.ndarray]:
    """Returns the rows of each set of labels, none among them."""
    rows: dict[bytes, list[int]] = {}
    offsets = targets.offsets.tolist()
    for row, (start, stop) in enumerate(zip(offsets, offsets[1:], strict=False)):
        rows.setdefault(targets.columns[start:stop].tobytes(), []).append(row)
    return [np.array(bag, np.int64) for bag in rows.values()]


def _rare_labels(counts: np.ndarray) -> tuple[list[int], float]:
    """Returns the labels with a ratio above the mean, and the mean."""
    known = np.flatnonzero(counts)
    if not len(known):
        return [], 1.0
    ratios = counts.max() / counts[known]
    return known[ratios > ratios.mean()].tolist(), float(ratios.mean())


def _dealt(rooms: np.ndarray, number: int) -> np.ndarray:
    """Returns how much of a number each gets, as alike as there is room for."""
    given = np.zeros(len(rooms), np.int64)
    for done, bag in enumerate(np.argsort(rooms, kind="stable").tolist()):
        given[bag] = min(rooms[bag], number // (len(rooms) - done))
        number -= given[bag]
    return given


def _turns(
    targets: Targets,
    labels: list[int],
    bags: list[np.ndarray],
    mean_ratio: float,
    number: int,
    seed: int,
) -> np.ndarray:
    """Returns how many rows ML-ROS clones for each rare label, int64 `(labels,)`."""
    random = np.random.default_rng(seed)
    counts = LabelCounts.of(targets).positives
    most, given, turns = counts.max(initial=0), np.zeros(len(labels), np.int64), labels
    place_of = {label: place for place, label in enumerate(labels)}
    while number and turns:
        for label in turns[:number]:
            bag = bags[place_of[label]]
            row = bag[random.integers(len(bag))]
            columns = targets.columns[targets.offsets[row] : targets.offsets[row + 1]]
            counts[columns] += 1
            most = max(most, counts[columns].max())
            given[place_of[label]] += 1
        number -= len(turns[:number])
        turns = [label for label in turns if most / counts[label] > mean_ratio]
    return given
