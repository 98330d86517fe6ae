"""Suggested rows, made without any classifier."""

import numpy as np

from kerascls.auditing.annotation.suggestions import (
    Suggestion,
    Suggestions,
    UnsureLabel,
)
from kerascls.inference.predictor import Prediction

UNSURE = (
    UnsureLabel("体育", 0.48, 0.5, 1),
    UnsureLabel("<b>", 0.25, None, 1200),
)


def suggestion(rank=1, distance=None, **fields) -> Suggestion:
    return Suggestion(
        rank=rank,
        place=f"pool.csv:{rank + 1}",
        fields={"text": "新车\n上市"} | fields,
        texts_by_column={"text": "新车\n上市"},
        prediction=Prediction(("汽车",), {"汽车": 0.9, "体育": 0.48}),
        uncertainty=0.71234567,
        priority=0.8,
        distance=distance,
        unsure_of=UNSURE,
    )


def two_suggestions() -> Suggestions:
    """Two rows of a file, of which one has a distance."""
    return Suggestions(
        rows=(suggestion(), suggestion(2, 1.5)),
        pool="pool.csv",
        pool_rows=9,
        usable_rows=7,
        text_columns=("text",),
        label_column="labels",
        settings={"n": 2},
        notes=("left out: <2> rows",),
        positions=np.array([0, 1]),
    )
