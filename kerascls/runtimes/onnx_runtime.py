"""Logits from an exported ONNX file through onnxruntime; no Keras, no TensorFlow."""

import os
from pathlib import Path

import numpy as np

from kerascls.errors import BundleError


class OnnxRuntime:
    """Runs an ONNX file that `kerascls export` wrote; several threads may share it.

    Args:
        place: The file.

    Raises:
        BundleError: When onnxruntime cannot read the file.
    """

    def __init__(self, place: Path):
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        unreadable = (
            *(state.Fail, state.InvalidArgument, state.InvalidGraph),
            *(state.InvalidProtobuf, state.NoSuchFile, state.NotImplemented),
            state.RuntimeException,
        )
        try:
            self._session = onnxruntime.InferenceSession(
                os.fspath(place), _options(), providers=["CPUExecutionProvider"]
            )
        except unreadable as error:
            raise BundleError(
                f"Expected an ONNX file that onnxruntime {onnxruntime.__version__} "
                f"reads. Received: {str(place)!r}: {error}. Write it again with "
                f"`kerascls export`, or choose runtime='keras'."
            ) from error

    def logits(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Computes logits.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, each int32
                `(batch, tokens)` with at least one row.

        Returns:
            float32 `(batch, num_classes)`.
        """
        return self._session.run(None, inputs)[0]


def _options():
    from onnxruntime import GraphOptimizationLevel, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = num_cores()
    options.inter_op_num_threads = 1
    # The graph is fused as it is written. More would join additions and LayerNorm
    # into one operator, which takes five times as long.
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    # Threads that wait in a loop take the time of those that compute, wherever other
    # processes run too; in small parts of work nobody waits long.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.dynamic_block_base", "4")
    options.log_severity_level = 3  # errors
    return options


def num_cores() -> int:
    """Returns how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
