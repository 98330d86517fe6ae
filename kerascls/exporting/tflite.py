"""A TensorFlow Lite file: ids to logits on phones and small machines."""

import os
import tempfile
import threading
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from kerascls.bundle import Bundle
from kerascls.exporting.saved_model import INPUTS, archive_of


def write_tflite(bundle: Bundle, place: Path, int8: bool = False):
    """Writes a `.tflite` file of TensorFlow Lite's own operations.

    It takes `token_ids`, `segment_ids` and `padding_mask`, each int32
    `(batch, tokens)`, both of any size (resize the inputs first), and gives `logits`,
    float32 `(batch, num_classes)`, by the signature `logits`.

    Args:
        bundle: A checked bundle.
        place: The file to appear.
        int8: Whether matrices are stored, and multiplied, in 8 bits; numbers between
            them stay float32 (dynamic range quantisation).

    Raises:
        SettingsError: When Keras does not run on TensorFlow.
    """
    archive, _ = archive_of(bundle, "tflite")
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=["logits"]
        )
        if int8:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        place.write_bytes(converter.convert())


class TFLiteRuntime:
    """Logits from a `.tflite` file.

    Args:
        place: What `write_tflite` wrote.
    """

    def __init__(self, place: Path):
        self._interpreter = _interpreter(place)
        self._run = self._interpreter.get_signature_runner("logits")
        self._lock = threading.Lock()

    def logits(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Computes logits; calls from several threads wait for each other.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, each int32
                `(batch, tokens)`.

        Returns:
            float32 `(batch, num_classes)`.
        """
        with self._lock:
            return self._run(**{name: inputs[name] for name in INPUTS})["logits"]


def _interpreter(place: Path):
    if find_spec("ai_edge_litert"):
        from ai_edge_litert.interpreter import Interpreter

        return Interpreter(str(place), num_threads=os.cpu_count())
    import tensorflow as tf

    with warnings.catch_warnings():
        # It will go away some day; until then it needs no other package.
        warnings.filterwarnings("ignore", ".*tf.lite.Interpreter is deprecated")
        return tf.lite.Interpreter(str(place), num_threads=os.cpu_count())
