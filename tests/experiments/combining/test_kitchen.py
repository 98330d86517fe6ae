"""Which runs go into a soup: only what does no worse."""

import numpy as np
import pytest

from kerascls.experiments.combining.kitchen import MIXTURES, Broth, Kitchen


def broth(parts, score, loss=1.0) -> Broth:
    return Broth(tuple(parts), np.zeros((1, 1)), None, loss, score)


class Fixed(Kitchen):
    """Soups whose scores are known."""

    def __init__(self, single, mixed) -> None:
        self.candidates = range(len(single))
        self.singles = [broth([n], score) for n, score in enumerate(single)]
        self.mixed = mixed
        self.cooked = []

    def cook(self, parts) -> Broth:
        parts = tuple(sorted(parts))
        self.cooked.append(parts)
        return broth(parts, self.mixed[parts])


@pytest.mark.parametrize(
    ("select", "mixed", "expected"),
    [
        ("greedy", {(0, 1): 0.9, (0, 1, 2): 0.91}, (0, 1, 2)),
        ("greedy", {(0, 1): 0.9, (0, 1, 2): 0.89}, (0, 1)),
        ("greedy", {(0, 1): 0.7, (1, 2): 0.85}, (1, 2)),
        ("greedy", {(0, 1): 0.7, (1, 2): 0.7}, (1,)),
        ("uniform", {(0, 1, 2): 0.8}, (0, 1, 2)),
        ("uniform", {(0, 1, 2): 0.79}, (1,)),
    ],
)
def test_only_what_does_no_worse_is_kept(select, mixed, expected):
    kitchen = Fixed([0.7, 0.8, 0.6], mixed)
    assert MIXTURES[select](kitchen).parts == expected


def test_of_equal_scores_the_smaller_loss_decides():
    kitchen = Fixed([0.8, 0.8], {(0, 1): 0.8})
    kitchen.singles = [broth([0], 0.8, 0.5), broth([1], 0.8, 0.4)]
    assert kitchen.order == [1, 0]
    assert MIXTURES["uniform"](kitchen).parts == (1,)  # the mean has a loss of 1
