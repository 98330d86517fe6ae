"""A TensorFlow SavedModel that takes strings and gives labels, without kerascls."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kerascls.errors import SettingsError
from kerascls.inference.bundle import Bundle
from kerascls.preprocessing.sequence_layout import INPUTS
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.serving.exporters.saved_model import decision as graph_decision
from kerascls.serving.exporters.saved_model.batches import collate
from kerascls.serving.exporters.saved_model.string_tokens import (
    StringTokens,
    why_inexpressible,
)

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    Tensors = dict[str, tf.Tensor]

_PLAIN_NAME = re.compile("[A-Za-z][A-Za-z0-9_]*")


def write_saved_model(bundle: Bundle, path: Path, int8: bool) -> str | None:
    """Writes a directory for `tf.saved_model.load` or TensorFlow Serving.

    Signature `serving_default`, where the tokenizer can be rebuilt: takes `text`,
    string `(batch,)`; of a bundle with several text columns one such input for each,
    see `input_names`. Where it cannot, it takes what `logits` takes. It gives

    - `labels`, string `(batch, most)`: the likeliest first, `""` behind the last;
    - `label_counts`, int32 `(batch,)`: how many there are;
    - `scores`, float32 `(batch, num_classes)`: calibrated probabilities;
    - `classes`, string `(batch, num_classes)`: the names of their columns;
    - `abstained`, bool `(batch,)`: no label because none was likely enough.

    Signature `logits`: takes `token_ids`, `segment_ids` and `padding_mask`, each int32
    `(batch, tokens)`, with windows `(batch, windows, tokens)`; gives `logits`, float32
    `(batch, num_classes)`.

    There is no 8-bit form; `kerascls.export` refuses it.

    Returns:
        Why it takes no strings; None when it does.

    Raises:
        SettingsError: When Keras does not run on TensorFlow.
    """
    archive, model = archive_of(bundle, "savedmodel")
    import tensorflow as tf

    tokenizer = bundle.tokenizer()
    reason = why_inexpressible(tokenizer)
    inputs_of: Callable[[Tensors], Tensors] = dict
    specs = id_specs(bundle.input_spec.input_rank)
    if reason is None:
        names = input_names(bundle.input_spec.text_columns)
        specs = {name: tf.TensorSpec((None,), tf.string, name) for name in names}
        inputs_of = _reader(bundle, tokenizer, names)

    def serve(inputs: "Tensors") -> "Tensors":
        return _answer(bundle, model(inputs_of(inputs), training=False))

    archive.add_endpoint("serving_default", serve, [specs])
    archive.write_out(str(path), verbose=False)
    return reason


def archive_of(
    bundle: Bundle, format: str
) -> tuple["keras.export.ExportArchive", "keras.Model"]:
    """Returns an archive with the endpoint `logits`, and the model in it.

    Raises:
        SettingsError: When Keras does not run on TensorFlow.
    """
    require_tensorflow(format)
    import keras

    from kerascls.inference.runtimes.keras_runtime import load_model

    model = load_model(bundle)

    def logits(inputs: "Tensors") -> "Tensors":
        return {"logits": model(inputs, training=False)}

    # `archive.track(model)` would store each variable twice.
    archive = keras.export.ExportArchive()
    archive.add_endpoint("logits", logits, [id_specs(bundle.input_spec.input_rank)])
    return archive, model


def require_tensorflow(format: str) -> None:
    """Checks that Keras runs on what writes the format.

    Raises:
        SettingsError: When it does not.
    """
    import keras

    if (backend := keras.backend.backend()) != "tensorflow":
        raise SettingsError(
            f"The format {format} is written by TensorFlow. Received: "
            f"KERAS_BACKEND={backend}. Run the export with KERAS_BACKEND=tensorflow; "
            f"it takes bundles trained on any backend."
        )


def id_specs(rank: int) -> dict[str, "tf.TensorSpec"]:
    """Returns name, shape and dtype of the inputs of `logits`, which have `rank` axes.

    Those are texts and tokens, with windows between them.
    """
    import tensorflow as tf

    return {name: tf.TensorSpec((None,) * rank, tf.int32, name) for name in INPUTS}


def input_names(text_columns: Sequence[str]) -> list[str]:
    """Returns the names of the string inputs for a bundle's text columns.

    `text` for a single one; else each column's name if all are made of English letters,
    digits and `_`, and `text_0`, `text_1`, ... for others.
    """
    if len(text_columns) == 1:
        return ["text"]
    plain = [bool(_PLAIN_NAME.fullmatch(name)) for name in text_columns]
    if not all(plain) or len(set(text_columns)) < len(text_columns):
        return [f"text_{index}" for index in range(len(text_columns))]
    return list(text_columns)


def _reader(
    bundle: Bundle, tokenizer: TextTokenizer, names: list[str]
) -> Callable[["Tensors"], "Tensors"]:
    tokens = StringTokens(tokenizer)
    layout = bundle.input_spec.layout(tokenizer)

    def read(texts: "Tensors") -> "Tensors":
        return collate([tokens(texts[name]) for name in names], layout)

    return read


def _answer(bundle: Bundle, logits: "tf.Tensor") -> "Tensors":
    import tensorflow as tf

    rule, names = bundle.rule, list(bundle.label_set)
    scores = graph_decision.probabilities(
        bundle.decision.calibration, logits, bundle.task
    )
    chosen = graph_decision.chosen_labels(rule, scores)
    labels, counts = graph_decision.label_names(names, chosen, scores)
    return {
        "labels": labels,
        "label_counts": counts,
        "scores": scores,
        # One row for each text: TensorFlow Serving splits every output by texts.
        "classes": tf.broadcast_to(tf.constant(names), tf.shape(scores)),
        "abstained": graph_decision.abstained(rule, scores),
    }
