"""Which training rows an epoch has, where rows of rare labels shall come more often.

A sampler gives indices of rows, never rows. What it draws is a function of the seed and
the epoch alone: a training that goes on draws what it would have drawn. Every epoch is
drawn anew, so that rows that are left out of one are in another.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from kerascls.data import multilabel_sampling
from kerascls.data.labels import Task
from kerascls.data.targets import Targets
from kerascls.errors import SettingsError

MOST_TIMES = 10  # that an epoch may be longer than the rows are
_STREAM = 0x5A  # other numbers than those that order the rows of the same epoch


class Sampler(Protocol):
    """Which rows each epoch has."""

    @property
    def num_rows(self) -> int:
        """Rows of an epoch, as many in each."""

    def rows(self, epoch: int) -> np.ndarray:
        """Returns the rows of an epoch, int64 `(num_rows,)`, some perhaps twice."""


@dataclass(frozen=True, eq=False)
class BagSampler:
    """Draws rows from bags; some rows come in any case.

    Args:
        always: int64, rows that each epoch has once.
        bags: int64 arrays, the rows to draw from.
        numbers: float64 `(bags,)`, how many are drawn from each: one that is not whole
            is rounded up or down by lot. Their sum is whole.
        replace: Whether a row may be drawn twice in an epoch.
        seed: Any whole number from 0 on.
    """

    always: np.ndarray
    bags: list[np.ndarray]
    numbers: np.ndarray
    replace: bool
    seed: int

    @property
    def num_rows(self) -> int:
        """Rows of an epoch."""
        return len(self.always) + round(float(np.sum(self.numbers)))

    def rows(self, epoch: int) -> np.ndarray:
        """Returns the rows of an epoch, int64 `(num_rows,)`."""
        random = np.random.default_rng([self.seed, epoch, _STREAM])
        # Systematic sampling: rounded so that the sum stays what it is.
        ends = np.floor(np.round(np.cumsum(self.numbers), 6) + random.random())
        numbers = np.diff(ends, prepend=0).astype(np.int64).tolist()
        drawn = [
            random.choice(bag, number, replace=self.replace)
            for bag, number in zip(self.bags, numbers, strict=True)
        ]
        return np.concatenate([self.always, *drawn]).astype(np.int64)


@dataclass(frozen=True, eq=False)
class ClassSampler:
    """Makes all classes as frequent as one of them, by imbalanced-learn.

    Args:
        classes: int `(rows,)`, the class of each row.
        reference: The most frequent class, up to whose rows those of others are drawn
            again; or the rarest, down to whose rows others are left out.
        seed: Any whole number from 0 on.
    """

    classes: np.ndarray
    reference: Literal["most_frequent", "rarest"]
    seed: int

    @property
    def num_rows(self) -> int:
        """Rows of an epoch."""
        counts = np.bincount(self.classes)
        counts = counts[counts > 0]
        size = counts.max() if self.reference == "most_frequent" else counts.min()
        return int(size) * len(counts)

    def rows(self, epoch: int) -> np.ndarray:
        """Returns the rows of an epoch, int64 `(num_rows,)`."""
        every = np.arange(len(self.classes))
        if self.num_rows == len(every):  # a single class is refused there
            return every
        from imblearn.over_sampling import RandomOverSampler
        from imblearn.under_sampling import RandomUnderSampler

        (state,) = np.random.SeedSequence([self.seed, epoch, _STREAM]).generate_state(1)
        over = self.reference == "most_frequent"
        kind = RandomOverSampler if over else RandomUnderSampler
        sampler = kind(random_state=int(state))
        sampler.fit_resample(every[:, None], self.classes)
        return sampler.sample_indices_.astype(np.int64)


def oversampler(
    targets: Targets,
    task: Task,
    seed: int,
    *,
    sampling_rule: str = "label",
    sampling_share: float = 0.25,
) -> Sampler:
    """Returns a sampler that has all rows, and more of those of rare labels.

    Where a row has one label, all labels come to have as many rows as the most frequent
    one. Of multilabel rows so many are added as `sampling_share` says, or fewer if rare
    labels then are no longer rare: see `multilabel_sampling.added_rows`.

    Args:
        targets: Labels of the training rows.
        task: Whether a row has one label.
        seed: Any whole number from 0 on.
        sampling_rule: What is rare, a label or a set of labels; multilabel only.
        sampling_share: Most rows to add, as a share of all; multilabel only.

    Raises:
        SettingsError: When an epoch would have more than `MOST_TIMES` the rows, which
            many labels and a frequent one make.
    """
    if task is Task.MULTICLASS:
        sampler = ClassSampler(targets.columns, "most_frequent", seed)
        _check_length(sampler.num_rows, targets)
        return sampler
    number = int(sampling_share * len(targets))
    bags, numbers = multilabel_sampling.added_rows(targets, sampling_rule, number, seed)
    return BagSampler(np.arange(len(targets)), bags, numbers, True, seed)


def _check_length(num_rows: int, targets: Targets) -> None:
    if num_rows > MOST_TIMES * len(targets):
        labels = np.unique(targets.columns)
        raise SettingsError(
            f"Expected an epoch of at most {MOST_TIMES} times the rows of train. "
            f"Received: imbalance.method='oversample', which gives each of "
            f"{len(labels):,} labels {num_rows // len(labels):,} rows, in all "
            f"{num_rows:,} for {len(targets):,}. Choose --imbalance balanced_batches: "
            f"labels are as alike, and an epoch has as many rows as there are."
        )


def undersampler(
    targets: Targets,
    task: Task,
    seed: int,
    *,
    sampling_rule: str = "label",
    sampling_share: float = 0.25,
) -> Sampler:
    """Returns a sampler that leaves rows of frequent labels out, others each epoch.

    Where a row has one label, all labels come to have as many rows as the rarest one.
    Of multilabel rows so many are left out as `sampling_share` says, or fewer if there
    are not as many to spare: see `multilabel_sampling.left_out_rows`. Arguments are
    those of `oversampler`.
    """
    if task is Task.MULTICLASS:
        return ClassSampler(targets.columns, "rarest", seed)
    number = int(sampling_share * len(targets))
    bags, left_out = multilabel_sampling.left_out_rows(targets, sampling_rule, number)
    spared = np.ones(len(targets), bool)
    spared[np.concatenate([np.empty(0, np.int64), *bags])] = False
    numbers = np.array([*map(len, bags)], np.float64) - left_out
    return BagSampler(np.flatnonzero(spared), bags, numbers, False, seed)


def balanced_sampler(
    targets: Targets, task: Task, seed: int, *, balance_power: float = 1.0
) -> Sampler:
    """Returns a sampler that draws a label, then one of the rows that have it.

    An epoch has as many rows as there are, drawn with replacement. A label of n rows is
    drawn in proportion to n^(1 - balance_power): at 1 each alike, at 0 by its rows.
    Rows without any label keep their share. A multilabel row comes by each of its
    labels, so that frequent labels stay more frequent where they accompany rare ones.

    Args:
        targets: Labels of the training rows.
        task: Whether a row has one label; it is done alike.
        seed: Any whole number from 0 on.
        balance_power: From 0 to 1.
    """
    bags = [bag for bag in multilabel_sampling.rows_of_labels(targets) if len(bag)]
    blank = np.flatnonzero(np.diff(targets.offsets) == 0)
    shares = np.array([*map(len, bags)], np.float64) ** (1 - balance_power)
    labelled = len(targets) - len(blank)
    numbers = labelled * shares / max(shares.sum(), 1)
    numbers = np.append(numbers, float(len(blank)))
    return BagSampler(np.empty(0, np.int64), [*bags, blank], numbers, True, seed)
