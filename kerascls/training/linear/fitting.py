"""The linear model of labelled text, chosen on the validation part."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from kerascls.data.ideographs import mostly_ideographs
from kerascls.data.labelled_text import LabelledText
from kerascls.data.row_weights import row_weights
from kerascls.data.targets import rescaled
from kerascls.decision.calibration import Calibration
from kerascls.decision.fit_decision import rule_for
from kerascls.errors import DataError
from kerascls.evaluation.metrics.distributions import task_scores
from kerascls.evaluation.metrics.scores import named_score, pad_columns
from kerascls.models.linear.classifier import LinearClassifier, joined
from kerascls.models.linear.config import LINEAR_LOSSES, OF_SHARES, LinearLoss
from kerascls.models.linear.tfidf import (
    FEW_TEXTS,
    MIN_TEXTS,
    SparseRows,
    Tfidf,
    learn_tfidf,
)
from kerascls.settings.decision import DecisionSettings
from kerascls.settings.training import TrainSettings, is_smaller_better
from kerascls.training.linear.planes import fit_planes

UNITS = {"char": "characters", "word": "words"}


@dataclass(frozen=True)
class Choice:
    """What was tried.

    Args:
        strength: C, how much a row on the wrong side costs.
        balanced: Whether rare labels weigh as much as frequent ones.
        score: Of the validation part.
    """

    strength: float
    balanced: bool
    score: float

    @property
    def weights(self) -> str:
        """What the weights of labels are called."""
        return "balanced" if self.balanced else "none"

    def __str__(self) -> str:
        return f"C {self.strength:g}, class weights {self.weights}"


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A trained linear model.

    Args:
        model: The one with the best validation score.
        valid_logits: float32 `(rows, num_classes)` of the validation part.
        loss: What its weights make small.
        chosen: How it was trained.
        tried: All that was tried, in order.
    """

    model: LinearClassifier
    valid_logits: np.ndarray
    loss: LinearLoss
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

    @property
    def terms(self) -> dict[str, str]:
        """What it is made of, as its own sentence says it."""
        tfidf = self.model.tfidf
        return {
            "ngrams": f"{len(tfidf.ngrams):,}",
            "unit": UNITS[tfidf.analyzer],
            "model": self.loss.meaning,
            "strength": f"{self.chosen.strength:g}",
            "weights": self.chosen.weights,
        }

    def __str__(self) -> str:
        terms = self.terms
        return (
            f"{terms['ngrams']} n-grams of 1 and 2 {terms['unit']}, {terms['model']}, "
            f"{self.chosen}"
        )


@dataclass(eq=False)
class _Search:
    """Tries one way to train after another, and keeps the best."""

    data: LabelledText
    decision: DecisionSettings
    loss: LinearLoss
    best_by: str
    seed: int
    tfidf: Tfidf
    rows: SparseRows
    train_targets: np.ndarray
    row_weights: np.ndarray | None
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
            loss=self.loss,
            strength=strength,
            balanced=balanced,
            seed=self.seed,
            row_weights=self.row_weights,
        )
        model = LinearClassifier(self.tfidf, *planes)
        logits = model.logits(self.data.parts["valid"].texts)
        choice = Choice(strength, balanced, self._score(logits))
        self.tried.append(choice)
        self.say(f"{choice}: validation {self.best_by} {choice.score:.4f}")
        if len(self.tried) > 1 and not self._is_better(choice):
            return False
        self.best = LinearFit(model, logits, self.loss, choice)
        return True

    def climb(self, strengths: Sequence[float], balanced: bool) -> bool:
        """Tries one after another while it helps; returns whether the first did."""
        for number, strength in enumerate(strengths):
            if not self.attempt(strength, balanced):
                return number > 0
        return True

    def _is_better(self, choice: Choice) -> bool:
        change = choice.score - self.best.chosen.score
        return change < 0 if is_smaller_better(self.best_by) else change > 0

    def _score(self, logits: np.ndarray) -> float:
        data, labels = self.data, tuple(self.data.label_set)
        truth = data.targets("valid").for_task(data.task)
        known, width = truth[:, : len(labels)], truth.shape[1]
        probabilities = Calibration().apply(logits, data.task)
        rule = rule_for(self.decision, data.task, labels, known, probabilities)
        chosen = pad_columns(rule.apply(probabilities), width)
        padded = pad_columns(probabilities, width)
        names = data.scored_labels("valid")
        scores = task_scores(data.task, truth, padded, chosen, names)
        return named_score(scores, self.best_by)


def fit_linear(
    data: LabelledText,
    decision: DecisionSettings,
    train: TrainSettings,
    best_by: str,
    say: Callable[[str], Any],
) -> LinearFit:
    """Trains the linear model, and chooses C and class weights on the validation part.

    Class weights are chosen at the C in the middle, then C goes up while that helps, or
    else down.

    Args:
        data: The parts.
        decision: How labels are given.
        train: What is made small, and the seed of the order of training rows.
        best_by: The validation score to choose by; not the loss.
        say: Called with a line for each way that was tried.

    Raises:
        DataError: When there is no n-gram to learn from.
    """
    texts = joined(data.parts["train"].texts)
    analyzer = "char" if mostly_ideographs(texts) else "word"
    tfidf, rows = _learned(texts, analyzer)
    if not len(tfidf.ngrams):
        raise DataError(
            f"Expected training texts with {UNITS[analyzer]} in common, to learn from. "
            f"Received: none in {len(texts)} rows of "
            f"{data.parts['train'].dataset.name}. Check the text columns."
        )
    targets = data.targets("train").for_task(data.task)
    loss = OF_SHARES if data.task.has_weights else LINEAR_LOSSES[train.linear_loss]
    weights = _weights(targets, data, train)
    search = _Search(
        *(data, decision, loss, best_by, train.seed, tfidf, rows, targets),
        *(weights, say),
    )
    middle = len(loss.strengths) // 2
    search.attempt(loss.strengths[middle], balanced=False)
    balanced = False  # shares of labels are not to be balanced
    if not data.task.has_weights:
        balanced = search.attempt(loss.strengths[middle], balanced=True)
    if not search.climb(loss.strengths[middle + 1 :], balanced):
        search.climb(loss.strengths[:middle][::-1], balanced)
    return replace(search.best, tried=tuple(search.tried))


def fit_again(fit: LinearFit, data: LabelledText, settings: TrainSettings) -> LinearFit:
    """Trains the chosen way once more, on the train and the validation part together.

    What the first model said of the validation part is kept: decisions are fitted on
    rows that the model did not see.
    """
    parts = [data.parts[name] for name in ("train", "valid")]
    texts = [text for part in parts for text in joined(part.texts)]
    both = (data.targets(name).for_task(data.task) for name in ("train", "valid"))
    train, valid = both
    targets = np.concatenate([train, valid[:, : train.shape[1]]])
    if data.task.needs_label:  # of rows whose labels were not in train
        known = np.flatnonzero(targets.any(axis=1))
        texts = [texts[row] for row in known]
        targets = targets[known]
    if data.task.has_weights:
        targets = rescaled(targets)
    tfidf, rows = _learned(texts, fit.model.tfidf.analyzer)
    planes = fit_planes(
        rows,
        len(tfidf.ngrams),
        targets,
        data.task,
        loss=fit.loss,
        strength=fit.chosen.strength,
        balanced=fit.chosen.balanced,
        seed=settings.seed,
        row_weights=_weights(targets, data, settings),
    )
    return replace(fit, model=LinearClassifier(tfidf, *planes))


def _weights(
    targets: np.ndarray, data: LabelledText, train: TrainSettings
) -> np.ndarray | None:
    if not train.label_weights:
        return None
    return row_weights(targets, data.label_set, train.label_weights)


def _learned(texts: Sequence[str], analyzer: str) -> tuple[Tfidf, SparseRows]:
    min_texts = MIN_TEXTS if len(texts) >= FEW_TEXTS else 1
    return learn_tfidf(texts, analyzer, min_texts)
