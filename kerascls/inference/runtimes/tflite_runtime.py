"""Logits from an exported TensorFlow Lite file through its interpreter alone."""

import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.preprocessing.sequence_layout import INPUTS
from kerascls.system.extras import has_extra
from kerascls.system.machine import num_cores


class TFLiteRuntime:
    """Runs a `.tflite` file that `kerascls export` wrote.

    It is run by LiteRT's interpreter (package `ai-edge-litert`) if that is installed,
    else by the one in TensorFlow.

    Args:
        path: The file.
        int8: Of no effect.
    """

    def __init__(self, path: Path, int8: bool = False) -> None:
        self._interpreter = _interpreter(path)
        self._run = self._interpreter.get_signature_runner("logits")
        self._lock = threading.Lock()

    def logits(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Computes logits, see `Runtime`; threads wait for each other."""
        with self._lock:
            return self._run(**{name: inputs[name] for name in INPUTS})["logits"]


def _interpreter(path: Path) -> Any:
    options = {"model_path": str(path), "num_threads": num_cores()}
    if has_extra("litert"):
        from ai_edge_litert.interpreter import Interpreter

        return Interpreter(**options)
    import tensorflow as tf

    with warnings.catch_warnings():
        # It will leave TensorFlow some day; while it is there, it needs no package.
        warnings.filterwarnings("ignore", r"\s*Warning: tf.lite.Interpreter is dep")
        return tf.lite.Interpreter(**options)
