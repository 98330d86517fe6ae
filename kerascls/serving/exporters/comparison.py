"""How far an exported model is from the one it was made of, on texts."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np

from kerascls.data.targets import Targets
from kerascls.errors import DataError
from kerascls.evaluation.metrics.scores import pad_columns, score
from kerascls.inference.bundle import Bundle
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes import Runtime

SINGLE_TEXTS = 32
TEXTS_AT_ONCE = 512


@dataclass(frozen=True)
class Side:
    """One of two models that were compared. Times are those of this machine.

    Args:
        macro_f1: Mean of the labels' F1; None where rows have no labels.
        micro_f1: F1 of all decisions together; None where rows have no labels.
        one_text_ms: Median time from one str to its probabilities.
        texts_per_s: The same in batches.
    """

    macro_f1: float | None
    micro_f1: float | None
    one_text_ms: float
    texts_per_s: float


@dataclass(frozen=True)
class Comparison:
    """Two models on the same texts.

    Args:
        rows: Texts.
        largest_difference: Of a probability, over all rows and labels.
        mean_difference: The mean of these differences.
        changed: Rows that get other labels by the bundle's rule.
        reference: The model as Keras computes it.
        candidate: The exported one.
    """

    rows: int
    largest_difference: float
    mean_difference: float
    changed: int
    reference: Side
    candidate: Side

    @property
    def changed_share(self) -> float:
        """Share of rows that get other labels."""
        return self.changed / self.rows

    @property
    def f1_drop(self) -> float | None:
        """Macro F1 lost; negative where it rose, None without true labels."""
        before, after = self.reference.macro_f1, self.candidate.macro_f1
        return None if before is None or after is None else before - after

    def to_dict(self) -> dict[str, Any]:
        """Returns the numbers as plain JSON types."""
        return asdict(self)


def compare(
    reference: Runtime,
    candidate: Runtime,
    texts: Sequence[tuple[str, ...]],
    bundle: Bundle,
    truth: Sequence[tuple[str, ...]] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Runs two models over the same texts, one batch of them after the other.

    Args:
        reference: What is right.
        candidate: What is to take its place.
        texts: The text fields of each row.
        bundle: Where both come from: tokenizer, calibration and rule.
        truth: The labels of each row, if they are known. Those that training lacked
            count as misses of both.
        on_progress: Called with rows done and all rows.

    Raises:
        DataError: When there are no texts.
    """
    if not texts:
        raise DataError(
            "A comparison needs at least one text. Received: none. Give a file with "
            "texts like those to be labelled."
        )
    predictors = [Predictor(bundle, runtime) for runtime in (reference, candidate)]
    one_text_ms = _one_text_ms(predictors, texts)
    probabilities, seconds = _probabilities(predictors, texts, on_progress)
    chosen = [bundle.rule.apply(rows) for rows in probabilities]
    difference = np.abs(probabilities[0] - probabilities[1])
    sides = [
        Side(*_f1(bundle, chosen[k], truth), one_text_ms[k], len(texts) / seconds[k])
        for k in (0, 1)
    ]
    return Comparison(
        rows=len(texts),
        largest_difference=float(difference.max()),
        mean_difference=float(difference.mean()),
        changed=int((chosen[0] != chosen[1]).any(axis=1).sum()),
        reference=sides[0],
        candidate=sides[1],
    )


def _one_text_ms(
    predictors: Sequence[Predictor], texts: Sequence[tuple[str, ...]]
) -> list[float]:
    """Returns the median time of one text; each text goes to both in turn."""
    for predictor in predictors:
        predictor.predict_proba(texts[:1])  # where Keras traces, or compiles
    taken: list[list[float]] = [[] for _ in predictors]
    for text in texts[:SINGLE_TEXTS]:
        for predictor, times in zip(predictors, taken, strict=True):
            start = time.perf_counter()
            predictor.predict_proba([text])
            times.append(1000 * (time.perf_counter() - start))
    return [median(times) for times in taken]


def _probabilities(
    predictors: Sequence[Predictor],
    texts: Sequence[tuple[str, ...]],
    on_progress: Callable[[int, int], None] | None,
) -> tuple[list[np.ndarray], list[float]]:
    """Returns what each predictor gives, and the seconds it took from strings on."""
    probabilities: list[list[np.ndarray]] = [[] for _ in predictors]
    seconds = [0.0 for _ in predictors]
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        batch = texts[start : start + TEXTS_AT_ONCE]
        for index, predictor in enumerate(predictors):
            began = time.perf_counter()
            probabilities[index].append(predictor.predict_proba(batch))
            seconds[index] += time.perf_counter() - began
        if on_progress:
            on_progress(start + len(batch), len(texts))
    return list(map(np.concatenate, probabilities)), seconds


def _f1(
    bundle: Bundle, chosen: np.ndarray, truth: Sequence[tuple[str, ...]] | None
) -> tuple[float | None, float | None]:
    if truth is None:
        return None, None
    labels = bundle.label_set.extended({name for names in truth for name in names})
    targets = Targets.from_labels(truth, labels).multi_hot()
    scores = score(targets, pad_columns(chosen, len(labels)), labels.names)
    return scores.macro.f1, scores.micro.f1
