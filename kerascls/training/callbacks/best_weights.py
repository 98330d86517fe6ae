"""The weights of the best round, kept while training goes on."""

from typing import Any

import keras
import numpy as np

from kerascls.training.state import values


class BestWeights:
    """All variables of a model after the `step` with the best score; None before it."""

    def __init__(self) -> None:
        self.step: int | None = None
        self.arrays: list[np.ndarray] | None = None

    def keep(self, model: keras.Model, step: int) -> None:
        """Keeps what the model has now in place of what was best before."""
        self.step, self.arrays = step, values(model.variables)

    def give_to(self, model: keras.Model) -> None:
        """Gives a model the best weights; there must be some."""
        for variable, array in zip(model.variables, self.arrays or (), strict=True):
            variable.assign(array)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Returns arrays by name, and plain facts, for `restore`."""
        arrays = {
            f"best/{number:05d}": array
            for number, array in enumerate(self.arrays or ())
        }
        return arrays, {"best_step": self.step}

    def restore(self, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> None:
        """Takes up what `state` returned, among other arrays and facts."""
        names = sorted(name for name in arrays if name.startswith("best/"))
        self.arrays = [arrays[name] for name in names] or None
        self.step = facts["best_step"] if names else None
