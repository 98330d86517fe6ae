"""Occlusion: how much a logit falls when a part of the text is hidden.

References:
    - Zeiler, Fergus 2014, Visualizing and understanding convolutional networks; of
      texts Li, Monroe, Jurafsky 2016, Understanding neural networks through
      representation erasure. Deviation: a token is not taken out but replaced, by what
      the encoder was trained to see in place of a token, so that no other one moves.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.data.ideographs import IDEOGRAPHS
from kerascls.inference.explanation.attributions import Attributions
from kerascls.inference.explanation.reading import (
    characters_read,
    hidden_token,
    read_tokens,
)
from kerascls.inference.explanation.units import Units, word_units

if TYPE_CHECKING:
    from kerascls.inference.predictor import Predictor

VARIANTS_AT_ONCE = 256
# Tokens that are computed at once, those of windows too, as far as a row allows it.
TOKENS_AT_ONCE = 2048
Progress = Callable[[int, int], None]


def suits(runtime: Any) -> bool:
    """Whether a runtime can be explained so: each can."""
    return True


def attribute(
    predictor: "Predictor",
    texts: Sequence[str],
    columns: Sequence[int],
    *,
    on_progress: Progress | None = None,
) -> Attributions:
    """Returns by how much logits fall when one unit is hidden.

    Args:
        predictor: The classifier.
        texts: The text fields of the row.
        columns: The labels.
        on_progress: Called with rows computed and all rows.
    """
    token = None
    if predictor.bundle.input_spec.has_tokens:
        reading = read_tokens(predictor, texts)
        units, is_read = reading.units, reading.is_read
        token = hidden_token(predictor.tokenizer)[1]
    else:
        units = word_units(texts)
        read = characters_read(predictor, texts)
        is_read = units.touched(texts, read[None])[0]
    read_units = units.only(is_read)
    found, rows = [], len(read_units) + 2
    for start in range(0, rows, VARIANTS_AT_ONCE):
        # Nothing is hidden, all is, and each unit.
        variants = np.arange(start, min(start + VARIANTS_AT_ONCE, rows))[:, None]
        chosen = (variants == np.arange(2, rows)) | (variants == 1)
        found.append(logits_without(predictor, texts, read_units, chosen))
        if on_progress:
            on_progress(start + len(variants), rows)
    logits = np.concatenate(found)[:, list(columns)].astype(np.float64)
    return Attributions(
        units=read_units,
        values=logits[0] - logits[2:],
        base_logits=logits[1],
        unread=units.stretches(~is_read),
        hidden_token=token,
    )


def logits_without(
    predictor: "Predictor",
    texts: Sequence[str],
    units: Units,
    chosen: np.ndarray,
) -> np.ndarray:
    """Returns the logits of a row without some of its units.

    Args:
        predictor: The classifier. One of tokens reads another one in place of theirs;
            one of texts reads the text without them; of an ensemble each member does
            what it does alone.
        texts: The text fields of the row.
        units: Its units.
        chosen: bool `(variants, units)`, which are hidden; a variant or more.

    Returns:
        float32 `(variants, num_classes)`.
    """
    return np.concatenate(
        [
            _logits(
                predictor,
                texts,
                units.hidden(texts, chosen[start : start + VARIANTS_AT_ONCE]),
            )
            for start in range(0, len(chosen), VARIANTS_AT_ONCE)
        ]
    )


def _logits(
    predictor: "Predictor", texts: Sequence[str], hidden: np.ndarray
) -> np.ndarray:
    """Returns logits without characters, bool `(variants, characters)`."""
    if predictor.bundle.input_spec.has_tokens:
        return _without_tokens(predictor, texts, hidden)
    if members := getattr(predictor.runtime, "predictors", ()):
        from kerascls.inference.runtimes.ensemble_runtime import probabilities_in

        names = predictor.bundle.label_set.names
        return predictor.runtime.logits_of_members(
            [
                probabilities_in(one, _logits(one, texts, hidden), names)
                for one in members
            ]
        )
    rows = [tuple(_remaining(texts, one)) for one in hidden]
    return predictor.text_logits(rows)


def _without_tokens(
    predictor: "Predictor", texts: Sequence[str], hidden: np.ndarray
) -> np.ndarray:
    reading = read_tokens(predictor, texts)
    units = reading.units.touched(texts, hidden)
    at_once = max(1, TOKENS_AT_ONCE // reading.places.size)
    return np.concatenate(
        [
            predictor.runtime.logits(reading.without(units[start : start + at_once]))
            for start in range(0, len(units), at_once)
        ]
    )


def _remaining(texts: Sequence[str], hidden: np.ndarray) -> list[str]:
    """Returns texts without characters, bool `(characters,)` of all texts.

    Where letters or digits on either side would become one word, a blank is between.
    """
    found, place = [], 0
    for text in texts:
        of_text = hidden[place : place + len(text)]
        edges = np.diff(of_text, prepend=True, append=True).nonzero()[0]
        kept = ""
        for start, end in edges.reshape(-1, 2).tolist():
            apart = _makes_word(kept[-1:]) and _makes_word(text[start])
            kept += " " * apart + text[start:end]
        found.append(kept)
        place += len(text)
    return found


def _makes_word(character: str) -> bool:
    is_letter = character.isalnum() or character == "_"
    return is_letter and not IDEOGRAPHS.search(character)
