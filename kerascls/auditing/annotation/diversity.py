"""Rows that are unsure and differ from each other, out of many that are unsure.

Of all, those of the largest scores are candidates; among them rows are chosen one after
the other, each with regard to those before it. All begin with the largest score.

References:
    - Gonzalez 1985; Sener, Savarese 2018, [Active learning for convolutional neural
      networks: a core-set approach](https://arxiv.org/abs/1708.00489): k-center greedy.
      Deviation: training rows, which a run does not keep, are no centers.
    - Arthur, Vassilvitskii 2007, k-means++: the advantages of careful seeding; Zhdanov
      2019, [Diverse mini-batch active learning](https://arxiv.org/abs/1901.05954):
      clusters of candidates, weighted by their uncertainty. Deviation: the seeding
      alone, with weights, and no rounds of k-means behind it.
    - Ash et al. 2020, [Deep batch active learning by diverse, uncertain gradient lower
      bounds](https://arxiv.org/abs/1906.03671): BADGE, k-means++ seeding on gradients
      of the last layer as if the likeliest labels were true. Deviation: among
      candidates, not all rows; with independent labels each counts by how rare it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kerascls.auditing.annotation.vectors import Gradients, Vectors, squared_distances
from kerascls.data.labels import Task

CANDIDATES = 10  # for each row to choose
# Their vectors and texts are held in memory.
MOST_CANDIDATES = 20_000


@dataclass(frozen=True)
class Candidates:
    """Rows to choose from, the largest score first.

    Args:
        scores: float64 `(rows,)`, uncertainty with the weights of labels.
        probabilities: Calibrated, float32 `(rows, num_classes)`.
        label_weights: float64 `(num_classes,)`, how much each label counts.
        task: What a row's labels mean.
    """

    scores: np.ndarray
    probabilities: np.ndarray
    label_weights: np.ndarray
    task: Task

    @property
    def residuals(self) -> np.ndarray:
        """Probability minus likeliest truth of each label, weighted."""
        likeliest = self.probabilities > 0.5
        if self.task is not Task.MULTILABEL:
            best = self.probabilities.argmax(axis=1)
            likeliest = np.arange(self.probabilities.shape[1]) == best[:, None]
        return (self.probabilities - likeliest) * self.label_weights


# The next row, by scores and the squared distance of each to the nearest chosen one.
Next = Callable[[np.ndarray, np.ndarray, np.random.Generator], int]


def farthest(nearest: np.ndarray, scores: np.ndarray, _: np.random.Generator) -> int:
    """Returns the row farthest from all chosen ones."""
    return int(nearest.argmax())


def drawn_by_distance(
    nearest: np.ndarray, scores: np.ndarray, random: np.random.Generator
) -> int:
    """Draws a row by the squared distance to the nearest chosen one."""
    total = np.cumsum(nearest)
    if not total[-1] > 0:  # nothing is left but rows equal to chosen ones
        return int(nearest.argmax())
    drawn = np.searchsorted(total, random.random() * total[-1], "right")
    return min(int(drawn), len(total) - 1)


def drawn_by_both(
    nearest: np.ndarray, scores: np.ndarray, random: np.random.Generator
) -> int:
    """Draws a row by its score times that distance."""
    return drawn_by_distance(nearest * scores, scores, random)


@dataclass(frozen=True, kw_only=True)
class Diversity:
    """A way to choose among candidates.

    Args:
        next_row: Which comes next.
        of_gradients: Whether distances are those of the last layer's gradients.
    """

    next_row: Next
    of_gradients: bool = False


NONE = "none"
DIVERSITIES: dict[str, Diversity | None] = {
    NONE: None,
    "k-center": Diversity(next_row=farthest),
    "k-means++": Diversity(next_row=drawn_by_both),
    "badge": Diversity(next_row=drawn_by_distance, of_gradients=True),
}


def num_candidates(n: int, diversity: str) -> int:
    """Returns how many rows to choose `n` from."""
    if DIVERSITIES[diversity] is None:
        return n
    return max(n, min(CANDIDATES * n, MOST_CANDIDATES))


def choose(
    candidates: Candidates,
    vectors: Vectors,
    n: int,
    diversity: Diversity,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Chooses among candidates.

    Args:
        candidates: At least `n`.
        vectors: One of each.
        n: How many to choose.
        diversity: How.
        seed: Of what is drawn.

    Returns:
        int64 `(n,)`, the chosen ones in their order, and float64 `(n,)`, the distance
        of each to the nearest before it; NaN of the first.
    """
    if diversity.of_gradients:
        vectors = Gradients(candidates.residuals, vectors)
    random = np.random.default_rng(seed)
    nearest = np.full(len(candidates.scores), np.inf)
    chosen, distances = [0], [np.nan]
    free = np.ones(len(nearest), np.bool_)
    while len(chosen) < n:
        nearest = np.minimum(nearest, squared_distances(vectors, chosen[-1]))
        free[chosen[-1]] = False
        places = np.flatnonzero(free)
        scores = candidates.scores[places]
        row = int(places[diversity.next_row(nearest[places], scores, random)])
        chosen.append(row)
        distances.append(float(np.sqrt(nearest[row])))
    return np.array(chosen), np.array(distances)
