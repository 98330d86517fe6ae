"""The parts of a run: rows to train, to choose and to score on."""

from dataclasses import dataclass

import numpy as np

from kerascls.data.examples import Labels, Picked
from kerascls.data.readers import Dataset
from kerascls.data.splits import SplitMethod, split_method, stratified_split
from kerascls.errors import DataError

PARTS = ("train", "valid", "test")
CUT_SHARE = 0.15


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of one file: int64 indices of its examples."""

    dataset: Dataset
    rows: np.ndarray

    @property
    def labels(self) -> Labels:
        """The labels of each row."""
        return self.dataset.examples.labels.take(self.rows)

    @property
    def texts(self) -> Picked[tuple[str, ...]]:
        """The text fields of each row."""
        return self.dataset.examples.texts.take(self.rows)


def divide(
    datasets: dict[str, Dataset], seed: int
) -> tuple[dict[str, Part], list[str]]:
    """Makes the parts that have no file of their own out of the training file.

    Train alone is split 70/15/15; train and test without validation leave 15 % of
    train for it; train and validation without test leave test out.

    Returns:
        The parts, in the order of `PARTS`, and lines for people on what was split.

    Raises:
        DataError: When a part would be empty.
    """
    train = datasets["train"]
    cut = [name for name in PARTS if name not in datasets]
    notes = []
    if cut == ["test"]:
        cut = []
        notes.append("there is no test part: nothing will be scored at the end")
    parts = {
        name: Part(dataset, np.arange(len(dataset.examples)))
        for name, dataset in datasets.items()
    }
    if cut:
        # Of labels with weights, rows resemble each other by the heaviest.
        labels = train.examples.labels.heaviest()
        fractions = [1 - CUT_SHARE * len(cut), *[CUT_SHARE] * len(cut)]
        rows_of_parts = stratified_split(labels, fractions, seed)
        names = ("train", *cut)
        for name, rows in zip(names, rows_of_parts, strict=True):
            parts[name] = Part(train, rows)
        how = "by the heaviest label" if train.task.has_weights else "by label"
        if split_method(labels) is SplitMethod.RANDOM:
            how = "at random, for rows and labels are too many to split by label,"
        counts = ", ".join(f"{name} {len(parts[name].rows)}" for name in names)
        notes.append(f"{train.name} was split {how} with seed {seed}: {counts}")
    for name, part in parts.items():
        if not len(part.rows):
            raise DataError(
                f"Every part needs at least one row. Received: 0 rows for {name} from "
                f"{part.dataset.name}. Give more rows, or a file for it."
            )
    return {name: parts[name] for name in PARTS if name in parts}, notes
