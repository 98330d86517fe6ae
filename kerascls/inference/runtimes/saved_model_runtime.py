"""Logits from an exported SavedModel through TensorFlow alone."""

from pathlib import Path

import numpy as np

from kerascls.preprocessing.sequence_layout import INPUTS


class SavedModelRuntime:
    """Runs the signature `logits` of a SavedModel that `kerascls export` wrote.

    Args:
        path: The directory.
        int8: Of no effect.

    Attributes:
        loaded: What TensorFlow loaded, with its `signatures`.
    """

    def __init__(self, path: Path, int8: bool = False) -> None:
        import tensorflow as tf

        # A signature alone does not keep the variables it reads.
        self.loaded = tf.saved_model.load(str(path))
        self._run = self.loaded.signatures["logits"]

    def logits(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Computes logits, see `Runtime`."""
        import tensorflow as tf

        tensors = {name: tf.constant(inputs[name], tf.int32) for name in INPUTS}
        return self._run(**tensors)["logits"].numpy()
