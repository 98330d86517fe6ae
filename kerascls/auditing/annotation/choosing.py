"""From scored rows of a pool to the rows that are suggested."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite, isnan
from typing import Any

import numpy as np

from kerascls.auditing.annotation.diversity import (
    DIVERSITIES,
    Candidates,
    choose,
    num_candidates,
)
from kerascls.auditing.annotation.pool import Scan, picked
from kerascls.auditing.annotation.scoring import Scoring
from kerascls.auditing.annotation.suggestions import Suggestion, Suggestions
from kerascls.auditing.annotation.text_vectors import text_vectors
from kerascls.auditing.annotation.uncertainty import UNCERTAINTIES
from kerascls.data.labels import Task
from kerascls.data.readers import Record
from kerascls.data.readers.rows import place_in
from kerascls.errors import SettingsError
from kerascls.inference.inputs import Input
from kerascls.inference.predictor import Prediction, Predictor
from kerascls.inference.stream import texts_of
from kerascls.system.tables import known_name
from kerascls.system.words import count

LABEL_COLUMNS = {Task.MULTICLASS: "label"}


@dataclass(frozen=True)
class Plan:
    """What is asked for; see `suggest` for the fields.

    Raises:
        SettingsError: When a value has no meaning.
    """

    n: int
    uncertainty: str
    diversity: str
    rare_boost: float
    seed: int

    def __post_init__(self) -> None:
        known_name(UNCERTAINTIES, self.uncertainty, "uncertainty")
        known_name(DIVERSITIES, self.diversity, "diversity")
        are_whole = all(isinstance(x, int | np.integer) for x in (self.n, self.seed))
        in_range = self.n >= 1 and self.seed >= 0 and 0 <= self.rare_boost
        if not (are_whole and in_range and isfinite(self.rare_boost)):
            raise SettingsError(
                f"Expected one row or more, and a boost and a seed from 0 on. "
                f"Received: n={self.n!r}, rare_boost={self.rare_boost!r}, seed="
                f"{self.seed!r}. Use n=100, rare_boost=0.5 and seed=0."
            )


def suggestions_of(
    predictor: Predictor,
    rows: Input,
    columns: Sequence[str],
    scoring: Scoring,
    found: Scan,
    plan: Plan,
    notes: Sequence[str],
) -> Suggestions:
    """Chooses rows of a pool.

    Args:
        predictor: The classifier.
        rows: The pool.
        columns: Those with the texts.
        scoring: What scored the rows.
        found: The scores, of one row or more.
        plan: How many rows to choose, and how.
        notes: What people should know already.
    """
    n = min(plan.n, len(found.numbers))
    most = num_candidates(n, plan.diversity)
    order = np.argsort(-found.scores, kind="stable")[:most]
    records = picked(rows, found.numbers[order])
    texts = [texts_of(record, columns, rows.source) for record in records]
    probabilities = predictor.predict_proba(texts)
    chosen, distances, space = np.arange(n), np.full(n, np.nan), None
    more = [_too_few(rows.source, plan.n, n)] if n < plan.n else []
    if (diversity := DIVERSITIES[plan.diversity]) is not None:
        space = text_vectors(predictor, texts)
        more += [space.note]
        candidates = Candidates(
            *(found.scores[order].astype(np.float64), probabilities),
            *(scoring.weights, scoring.bundle.task),
        )
        chosen, distances = choose(candidates, space.vectors, n, diversity, plan.seed)
    places = chosen.tolist()
    return Suggestions(
        rows=_suggestions(
            [records[place] for place in places],
            [dict(zip(columns, texts[place], strict=True)) for place in places],
            probabilities[chosen],
            distances,
            scoring,
            rows.source,
        ),
        pool=rows.source,
        pool_rows=found.rows,
        usable_rows=len(found.numbers),
        text_columns=tuple(columns),
        label_column=_label_column(scoring),
        settings=_settings(plan, len(order), space.kind if space else None),
        notes=tuple(note for note in (*notes, *more) if note),
        positions=found.numbers[order][chosen],
    )


def _suggestions(
    records: Sequence[Record],
    texts: Sequence[dict[str, str]],
    probabilities: np.ndarray,
    distances: np.ndarray,
    scoring: Scoring,
    source: str,
) -> tuple[Suggestion, ...]:
    rule, names = scoring.bundle.rule, scoring.bundle.label_set.names
    given, abstained = rule.apply(probabilities), rule.abstains(probabilities)
    uncertainties = scoring.of_labels(probabilities).sum(axis=1).tolist()
    priorities = scoring.priorities(probabilities).tolist()
    return tuple(
        Suggestion(
            rank=row + 1,
            place=place_in(source, record.line),
            fields=record.fields,
            texts_by_column=texts[row],
            prediction=Prediction.of(
                names, probabilities[row], given[row], abstained[row]
            ),
            uncertainty=uncertainties[row],
            priority=priorities[row],
            distance=None if isnan(distances[row]) else float(distances[row]),
            unsure_of=scoring.unsure_of(probabilities[row]),
        )
        for row, record in enumerate(records)
    )


def _too_few(source: str, wanted: int, there: int) -> str:
    are = "is" if there == 1 else "are"
    return (
        f"{count(wanted, 'row')} wanted: {source} has {there:,} to label, which {are} "
        f"all suggested"
    )


def _label_column(scoring: Scoring) -> str:
    column = scoring.bundle.input_spec.label_column
    if isinstance(column, str):
        return column
    return LABEL_COLUMNS.get(scoring.bundle.task, "labels")


def _settings(plan: Plan, candidates: int, space: str | None) -> dict[str, Any]:
    return asdict(plan) | {"candidates": candidates, "distances": space}
