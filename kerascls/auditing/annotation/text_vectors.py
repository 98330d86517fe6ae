"""Where the vectors of texts come from, by which rows differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kerascls.auditing.annotation.vectors import Dense, Sparse, Vectors
from kerascls.data.ideographs import mostly_ideographs
from kerascls.inference.predictor import Predictor
from kerascls.models.linear.classifier import joined
from kerascls.models.linear.tfidf import SparseRows, learn_tfidf

STATES = "the classifier's pooled states"
OWN_TFIDF = "the classifier's TF-IDF"
TFIDF = "TF-IDF of the candidates"


@dataclass(frozen=True)
class TextVectors:
    """Vectors of texts.

    Args:
        vectors: One of each text.
        kind: What they are.
        note: A line for people where they are not the classifier's; else empty.
    """

    vectors: Vectors
    kind: str
    note: str = ""


def text_vectors(predictor: Predictor, texts: Sequence[tuple[str, ...]]) -> TextVectors:
    """Returns the classifier's vectors, or TF-IDF where it gives none.

    Args:
        predictor: The classifier.
        texts: The text fields of each row.
    """
    found = predictor.text_vectors(texts)
    if isinstance(found, np.ndarray):
        return TextVectors(Dense(found), STATES)
    if isinstance(found, SparseRows):
        return TextVectors(_sparse(found), OWN_TFIDF)
    one_text = joined(texts)
    analyzer = "char" if mostly_ideographs(one_text) else "word"
    _, rows = learn_tfidf(one_text, analyzer, min_texts=1)
    return TextVectors(_sparse(rows), TFIDF, _why_not(predictor))


def _sparse(rows: SparseRows) -> Sparse:
    return Sparse(rows, int(rows.columns.max(initial=0)) + 1)


def _why_not(predictor: Predictor) -> str:
    own = predictor.bundle.runtime
    if predictor.runtime_name == own:
        return f"rows differ by {TFIDF}: this classifier makes no one vector of a text."
    return (
        f"rows differ by {TFIDF}: the {predictor.runtime_name} file gives no hidden "
        f"states. Where {own} is installed, `--runtime {own}` has them."
    )
