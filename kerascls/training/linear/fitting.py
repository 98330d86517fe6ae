"""The linear model of labelled text, chosen on the validation part."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from kerascls.data.ideographs import mostly_ideographs
from kerascls.data.labelled_text import LabelledText
from kerascls.decision.calibration import Calibration
from kerascls.decision.fit_decision import rule_for
from kerascls.errors import DataError
from kerascls.evaluation.metrics.scores import named_score, pad_columns, score
from kerascls.models.linear.classifier import LinearClassifier, joined
from kerascls.models.linear.tfidf import (
    FEW_TEXTS,
    MIN_TEXTS,
    SparseRows,
    Tfidf,
    learn_tfidf,
)
from kerascls.settings.decision import DecisionSettings
from kerascls.training.linear.planes import fit_planes

STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0)
FIRST = STRENGTHS.index(1.0)
UNITS = {"char": "characters", "word": "words"}


@dataclass(frozen=True)
class Choice:
    """What was tried.

    Args:
        strength: C of the SVM.
        balanced: Whether rare labels weigh as much as frequent ones.
        score: Of the validation part.
    """

    strength: float
    balanced: bool
    score: float

    def __str__(self) -> str:
        weights = "balanced" if self.balanced else "none"
        return f"C {self.strength:g}, class weights {weights}"


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A trained linear model.

    Args:
        model: The one with the best validation score.
        valid_logits: float32 `(rows, num_classes)` of the validation part.
        chosen: How it was trained.
        tried: All that was tried, in order.
    """

    model: LinearClassifier
    valid_logits: np.ndarray
    chosen: Choice
    tried: tuple[Choice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns how it came about, as plain JSON types."""
        tfidf = self.model.tfidf
        return {
            "analyzer": tfidf.analyzer,
            "features": len(tfidf.ngrams),
            "chosen": asdict(self.chosen),
            "tried": [asdict(choice) for choice in self.tried],
        }

    def __str__(self) -> str:
        tfidf = self.model.tfidf
        unit = UNITS[tfidf.analyzer]
        return f"{len(tfidf.ngrams):,} n-grams of 1 and 2 {unit}, {self.chosen}"


@dataclass(eq=False)
class _Search:
    """Tries one way to train after another, and keeps the best."""

    data: LabelledText
    decision: DecisionSettings
    best_by: str
    seed: int
    tfidf: Tfidf
    rows: SparseRows
    train_targets: np.ndarray
    say: Callable[[str], Any]
    tried: list[Choice] = field(default_factory=list)
    best: LinearFit = field(init=False)

    def attempt(self, strength: float, balanced: bool) -> bool:
        """Trains; returns whether it is better than all before."""
        planes = fit_planes(
            self.rows,
            len(self.tfidf.ngrams),
            self.train_targets,
            self.data.task,
            strength=strength,
            balanced=balanced,
            seed=self.seed,
        )
        model = LinearClassifier(self.tfidf, *planes)
        logits = model.logits(self.data.parts["valid"].texts)
        choice = Choice(strength, balanced, self._score(logits))
        self.tried.append(choice)
        self.say(f"{choice}: validation {self.best_by} {choice.score:.4f}")
        if len(self.tried) > 1 and choice.score <= self.best.chosen.score:
            return False
        self.best = LinearFit(model, logits, choice)
        return True

    def climb(self, strengths: Sequence[float], balanced: bool) -> bool:
        """Tries one after another while it helps; returns whether the first did."""
        for number, strength in enumerate(strengths):
            if not self.attempt(strength, balanced):
                return number > 0
        return True

    def _score(self, logits: np.ndarray) -> float:
        data, labels = self.data, tuple(self.data.label_set)
        targets = data.targets("valid").multi_hot()
        known = targets[:, : len(labels)]
        probabilities = Calibration().apply(logits, data.task)
        rule = rule_for(self.decision, data.task, labels, known, probabilities)
        chosen = pad_columns(rule.apply(probabilities), targets.shape[1])
        scores = score(targets, chosen, data.scored_labels("valid"))
        return named_score(scores, self.best_by)


def fit_linear(
    data: LabelledText,
    decision: DecisionSettings,
    best_by: str,
    seed: int,
    say: Callable[[str], Any],
) -> LinearFit:
    """Trains on the train part, and chooses C and class weights on the validation part.

    Class weights are chosen at C = 1, then C goes up while that helps, or else down.

    Args:
        data: The parts.
        decision: How labels are given.
        best_by: The validation score to choose by; not the loss.
        seed: Of the order of training rows.
        say: Called with a line for each way that was tried.

    Raises:
        DataError: When there is no n-gram to learn from.
    """
    texts = joined(data.parts["train"].texts)
    analyzer = "char" if mostly_ideographs(texts) else "word"
    min_texts = MIN_TEXTS if len(texts) >= FEW_TEXTS else 1
    tfidf, rows = learn_tfidf(texts, analyzer, min_texts)
    if not len(tfidf.ngrams):
        raise DataError(
            f"Expected training texts with {UNITS[analyzer]} in common, to learn from. "
            f"Received: none in {len(texts)} rows of "
            f"{data.parts['train'].dataset.path}. Check the text columns."
        )
    targets = data.targets("train").multi_hot()
    search = _Search(data, decision, best_by, seed, tfidf, rows, targets, say)
    search.attempt(STRENGTHS[FIRST], balanced=False)
    balanced = search.attempt(STRENGTHS[FIRST], balanced=True)
    if not search.climb(STRENGTHS[FIRST + 1 :], balanced):
        search.climb(STRENGTHS[FIRST - 1 :: -1], balanced)
    return replace(search.best, tried=tuple(search.tried))
