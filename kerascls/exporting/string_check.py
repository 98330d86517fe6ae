"""Whether a SavedModel does with strings what it does with the tokenizer's ids."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kerascls.bundle import Bundle
from kerascls.errors import ExportError
from kerascls.exporting.acceptance import FLOAT32_DIFFERENCE
from kerascls.exporting.saved_model import input_names
from kerascls.predictor import BATCH_SIZE, Predictor
from kerascls.runtimes.saved_model_runtime import SavedModelRuntime
from kerascls.vocabulary import without_surrogates


def check_strings(place: Path, bundle: Bundle, texts: Sequence[tuple[str, ...]]):
    """Checks the labels and scores that strings get; one that takes ids is let pass.

    Args:
        place: What `write_saved_model` wrote.
        bundle: Whose model it is.
        texts: The text fields of each row.

    Raises:
        ExportError: With the first text, when a score or label is another.
    """
    import tensorflow as tf

    runtime = SavedModelRuntime(place, bundle)
    serve = runtime.loaded.signatures["serving_default"]
    names = input_names(bundle.text["text_columns"])
    if set(serve.structured_input_signature[1]) != set(names):
        return
    predictor = Predictor(bundle, runtime)
    for start in range(0, len(texts), BATCH_SIZE):
        some = texts[start : start + BATCH_SIZE]
        # Half a surrogate pair, which a str may hold, has no place in UTF-8.
        fields = {
            name: tf.constant([without_surrogates(row[column]) for row in some])
            for column, name in enumerate(names)
        }
        found = serve(**fields)
        wrong = _wrong(bundle, found, predictor.predict_proba(some))
        if len(wrong):
            text = texts[start + wrong[0]]
            raise ExportError(
                f"Expected strings to get the labels of their token ids. Received: "
                f"format='savedmodel', another result for {len(wrong)} of {len(some)} "
                f"texts, the first {text!r:.200}. Nothing was written. This is a "
                f"fault: please report it, with the versions installed."
            )


def _wrong(bundle: Bundle, found: dict, expected: np.ndarray) -> np.ndarray:
    """Returns the rows whose scores differ, or whose labels do not follow from them."""
    scores = found["scores"].numpy()
    far = (np.abs(scores - expected) > FLOAT32_DIFFERENCE).any(axis=1)
    names = [name.encode() for name in bundle.label_set]
    other = [
        set(given[:count]) != {names[column] for column in np.flatnonzero(chosen)}
        for given, count, chosen in zip(
            found["labels"].numpy(),
            found["label_counts"].numpy(),
            bundle.rule.apply(scores),
            strict=True,
        )
    ]
    return np.flatnonzero(far | np.array(other))
