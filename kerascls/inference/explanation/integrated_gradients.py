"""Integrated gradients of logits by the embeddings of tokens.

References:
    - [Axiomatic Attribution for Deep Networks](https://arxiv.org/abs/1703.01365). The
      integral is a Gauss-Legendre sum; the baseline is the same text with one token in
      place of each, special tokens but not theirs.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.inference.explanation.attributions import Attributions
from kerascls.inference.explanation.occlusion import TOKENS_AT_ONCE
from kerascls.inference.explanation.reading import Reading, hidden_token, read_tokens

if TYPE_CHECKING:
    from kerascls.inference.predictor import Predictor

STEPS = 50
Progress = Callable[[int, int], None]


def suits(runtime: Any) -> bool:
    """Whether a runtime can be explained so."""
    return getattr(runtime, "has_gradients", False)


def attribute(
    predictor: "Predictor",
    texts: Sequence[str],
    columns: Sequence[int],
    *,
    steps: int = STEPS,
    on_progress: Progress | None = None,
) -> Attributions:
    """Returns integrated gradients, summed over the embedding of each token.

    Args:
        predictor: The classifier, with Keras as its runtime.
        texts: The text fields of the row.
        columns: The labels.
        steps: Points of the sum for each label.
        on_progress: Called with gradients computed and all of them.
    """
    reading = read_tokens(predictor, texts)
    of_places, base_logits = _integrals(
        predictor.runtime, reading, columns, steps, on_progress
    )
    units, is_read = reading.units, reading.is_read
    values = np.zeros((len(units), len(columns)))
    of_token = reading.places >= 0
    owners = units.of_part[reading.places[of_token]]
    np.add.at(values, owners, of_places[:, of_token].T)
    return Attributions(
        units=units.only(is_read),
        values=values[is_read],
        base_logits=base_logits,
        unread=units.stretches(~is_read),
        hidden_token=hidden_token(predictor.tokenizer)[1],
        is_additive=True,
        steps=steps,
    )


def _integrals(
    runtime: Any,
    reading: Reading,
    columns: Sequence[int],
    steps: int,
    on_progress: Progress | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns integrals for each place of the input, and logits of the baseline.

    float64 `(labels, ...)`, shaped as a row of the inputs, and `(labels,)`.
    """
    everything = np.ones((1, len(reading.units)), bool)
    base = runtime.embed(reading.without(everything))
    path = runtime.embed(reading.inputs) - base  # zeros where nothing is replaced
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    # The first point is the baseline, for its logit alone.
    nodes, weights = np.append(0, (nodes + 1) / 2), np.append(0, weights / 2)
    total = np.zeros((len(columns), *path.shape[1:]))
    base_logits = np.zeros(len(columns))
    pairs = list(product(range(len(columns)), range(len(nodes))))
    at_once = max(1, TOKENS_AT_ONCE // reading.places.size)
    for start in range(0, len(pairs), at_once):
        of_label, of_node = np.array(pairs[start : start + at_once]).T
        parts = nodes[of_node].reshape(-1, *[1] * (path.ndim - 1))
        batch = {
            name: np.repeat(array, len(parts), axis=0)
            for name, array in reading.inputs.items()
        }
        embedded = (base + parts * path).astype(np.float32)
        chosen = np.asarray(columns, np.int32)[of_label]
        gradients, logits = runtime.gradients(embedded, batch, chosen)
        for label, node, gradient, row in zip(
            of_label, of_node, gradients, logits, strict=True
        ):
            total[label] += weights[node] * gradient
            if node == 0:
                base_logits[label] = row[columns[label]]
        if on_progress:
            on_progress(start + len(parts), len(pairs))
    return (total * path).sum(axis=-1), base_logits
