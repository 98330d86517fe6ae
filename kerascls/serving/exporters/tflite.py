"""A TensorFlow Lite file: ids to logits on phones and small machines."""

import tempfile
from pathlib import Path

from kerascls.errors import ExportError
from kerascls.inference.bundle import ENCODER, Bundle
from kerascls.models.classic.config import CLASSICS
from kerascls.models.registry import POOLINGS
from kerascls.serving.exporters.saved_model.model import archive_of


def write_tflite(bundle: Bundle, path: Path, int8: bool) -> None:
    """Writes a `.tflite` file of TensorFlow Lite's own operations.

    By the signature `logits` it takes `token_ids`, `segment_ids` and `padding_mask`,
    each int32 `(batch, tokens)`, with windows `(batch, windows, tokens)`, all of any
    size (resize the inputs first; a signature runner does it), and gives `logits`,
    float32 `(batch, num_classes)`. TensorFlow Lite has no operations to tokenize with.

    With `int8` weights are stored in 8 bits and multiplied so, what is between them
    rounded row by row (dynamic range quantisation). Both are signed: a sum of two
    products is at most 2 * 128 * 127 = 32,512 and fits 16 bits, so that it needs no
    smaller codes, as ONNX does.

    Raises:
        ExportError: When TensorFlow Lite has no operations for model or pooling.
        SettingsError: When Keras does not run on TensorFlow.
    """
    _check_operations(bundle)
    archive, _ = archive_of(bundle, "tflite")
    import tensorflow as tf

    # Straight from the traced function, weights would be variables without values.
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=["logits"]
        )
        if int8:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        path.write_bytes(converter.convert())


def _check_operations(bundle: Bundle) -> None:
    architecture = bundle.read(ENCODER)
    if (model := architecture.get("model")) is not None:  # no encoder under a head
        _check_model(model)
        return
    for argument in ("pooling", "window_pooling"):
        name = architecture.get(argument)
        if name is not None and not POOLINGS[name].in_tflite:
            raise ExportError(
                f"Expected a pooling that TensorFlow Lite can compute: "
                f"{', '.join(name for name, row in POOLINGS.items() if row.in_tflite)}"
                f". Received: {argument}={name!r}. Choose another format with --format."
            )


def _check_model(name: str) -> None:
    if name in CLASSICS and not CLASSICS[name].in_tflite:
        can = [other for other, row in CLASSICS.items() if row.in_tflite]
        raise ExportError(
            f"Expected a model that TensorFlow Lite can compute: of classic ones "
            f"{', '.join(can)}; it has no recurrent layers for texts of any length. "
            f"Received: model={name!r}. Choose another format with --format."
        )
