"""Whether a SavedModel does with strings what it does with the tokenizer's ids."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kerascls.errors import ExportError
from kerascls.inference.bundle import Bundle
from kerascls.inference.predictor import BATCH_SIZE, Predictor
from kerascls.inference.runtimes.saved_model_runtime import SavedModelRuntime
from kerascls.preprocessing.tokenizers.vocabulary import without_surrogates
from kerascls.serving.exporters.acceptance import FLOAT32_DIFFERENCE
from kerascls.serving.exporters.saved_model.model import input_names

if TYPE_CHECKING:
    import tensorflow as tf


def check_strings(path: Path, bundle: Bundle, texts: Sequence[tuple[str, ...]]) -> None:
    """Checks the labels and scores that strings get; one that takes ids is let pass.

    Raises:
        ExportError: With the first text, when a score or label is another.
    """
    import tensorflow as tf

    runtime = SavedModelRuntime(path)
    serve = runtime.loaded.signatures["serving_default"]
    names = input_names(bundle.input_spec.text_columns)
    if set(serve.structured_input_signature[1]) != set(names):
        return
    predictor = Predictor(bundle, runtime)
    for start in range(0, len(texts), BATCH_SIZE):
        batch = texts[start : start + BATCH_SIZE]
        # Half a surrogate pair, which a str may hold, has no place in UTF-8.
        fields = {
            name: tf.constant([without_surrogates(row[column]) for row in batch])
            for column, name in enumerate(names)
        }
        wrong = wrong_rows(bundle, serve(**fields), predictor.predict_proba(batch))
        if len(wrong):
            text = texts[start + wrong[0]]
            raise ExportError(
                f"Expected strings to get the labels of their token ids. Received: "
                f"format='savedmodel', another result for {len(wrong)} of {len(batch)} "
                f"texts, the first {text!r:.200}. Nothing was written. This is a "
                f"fault: please report it, with the versions installed."
            )


def wrong_rows(
    bundle: Bundle, answers: Mapping[str, "tf.Tensor"], expected: np.ndarray
) -> np.ndarray:
    """Returns the rows whose scores differ, or whose labels do not follow from them.

    Args:
        bundle: With rule and label names.
        answers: What the signature gave: string `labels` `(batch, most)`, int32
            `label_counts` `(batch,)`, float32 `scores` `(batch, classes)`, bool
            `abstained` `(batch,)`.
        expected: float32 `(batch, classes)`.

    Returns:
        int64 `(wrong,)`.
    """
    scores = answers["scores"].numpy()
    far = (np.abs(scores - expected) > FLOAT32_DIFFERENCE).any(axis=1)
    chosen = bundle.rule.apply(scores)
    likeliest_first = np.argsort(-scores, axis=1, kind="stable")
    names = [name.encode() for name in bundle.label_set]
    other = [
        list(labels[:count]) != [names[column] for column in order if row[column]]
        for labels, count, order, row in zip(
            answers["labels"].numpy(),
            answers["label_counts"].numpy(),
            likeliest_first,
            chosen,
            strict=True,
        )
    ]
    silent = answers["abstained"].numpy() != bundle.rule.abstains(scores)
    return np.flatnonzero(far | np.array(other) | silent)
