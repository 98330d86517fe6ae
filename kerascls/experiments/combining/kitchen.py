"""Soups of weights, tasted on the validation rows: which runs go into one.

References:
    Wortsman et al. 2022, Model soups, see `averaging`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kerascls.decision.decision import Decision
from kerascls.decision.fit_decision import decide
from kerascls.experiments.combining.averaging import average
from kerascls.experiments.combining.candidates import Candidate
from kerascls.experiments.combining.weighing import Judge
from kerascls.inference.predictor import Predictor
from kerascls.preprocessing.token_store import TokenStore, build_token_store

if TYPE_CHECKING:
    from kerascls.inference.runtimes.keras_runtime import KerasRuntime


@dataclass(frozen=True, eq=False)
class Broth:
    """The mean of the weights of some runs, and how it does on the validation rows.

    Args:
        parts: Which candidates are in it.
        logits: What it says of the rows, float32 `(rows, labels)`.
        decision: Fitted to them.
        log_loss: Of its calibrated probabilities.
        score: What soups and runs are told apart by, of the labels that it gives.
    """

    parts: tuple[int, ...]
    logits: np.ndarray
    decision: Decision
    log_loss: float
    score: float

    @property
    def value(self) -> tuple[float, float]:
        """What it is compared by, the larger the better."""
        return self.score, -self.log_loss


@dataclass(eq=False)
class Kitchen:
    """Scores soups on the validation rows; see `ValidRows` for those."""

    candidates: Sequence[Candidate]
    judge: Judge
    texts: Sequence[tuple[str, ...]]

    @cached_property
    def singles(self) -> list[Broth]:
        """The runs themselves."""
        logits = self.judge.rows.logits
        return [self._tasted((number,), of_it) for number, of_it in enumerate(logits)]

    @cached_property
    def order(self) -> list[int]:
        """The candidates, the best first."""
        numbers = range(len(self.candidates))
        return sorted(numbers, key=lambda n: self.singles[n].value, reverse=True)

    @property
    def best_single(self) -> Broth:
        """The best run by itself."""
        return self.singles[self.order[0]]

    def cook(self, parts: Sequence[int]) -> Broth:
        """Returns the soup of several candidates."""
        self._runtime.take(average([self.candidates[n].bundle for n in parts]))
        logits = self._predictor.logits(self._store)
        return self._tasted(tuple(sorted(parts)), logits)

    @cached_property
    def _runtime(self) -> "KerasRuntime":
        from kerascls.inference.runtimes.keras_runtime import KerasRuntime

        return KerasRuntime(self.candidates[0].bundle)

    @cached_property
    def _predictor(self) -> Predictor:
        return Predictor(self.candidates[0].bundle, self._runtime)

    @cached_property
    def _store(self) -> TokenStore:
        return build_token_store(self.texts, self._predictor.tokenizer)

    def _tasted(self, parts: tuple[int, ...], logits: np.ndarray) -> Broth:
        rows, judge = self.judge.rows, self.judge
        task, labels = rows.rows.task, self.candidates[0].labels
        decision = decide(judge.decision, task, labels, rows.known_targets, logits)
        probabilities = decision.probabilities(logits, task)
        chosen = decision.rule.apply(probabilities)
        score = judge.of_labels(probabilities, chosen)
        return Broth(parts, logits, decision, judge.loss(probabilities), score)


def _greedy(kitchen: Kitchen) -> Broth:
    best = kitchen.best_single
    for number in kitchen.order[1:]:
        tried = kitchen.cook([*best.parts, number])
        if tried.value >= best.value:
            best = tried
    return best


def _uniform(kitchen: Kitchen) -> Broth:
    tried = kitchen.cook(range(len(kitchen.candidates)))
    return tried if tried.value >= kitchen.best_single.value else kitchen.best_single


# Which runs are averaged, the first by default.
MIXTURES = {"greedy": _greedy, "uniform": _uniform}
