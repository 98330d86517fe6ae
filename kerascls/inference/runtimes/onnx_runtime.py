"""Logits from an exported ONNX file through onnxruntime; no Keras, no TensorFlow."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.errors import BundleError
from kerascls.inference.runtimes.saturation import check_kernel_codes
from kerascls.system.machine import num_cores


class OnnxRuntime:
    """Runs an ONNX file that `kerascls export` wrote; several threads may share it.

    Args:
        path: The file.
        int8: Whether it has 8-bit weights.

    Raises:
        BundleError: When onnxruntime cannot read the file, or this processor would
            not compute its 8-bit products exactly.
    """

    def __init__(self, path: Path, int8: bool = False) -> None:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        unreadable = (
            *(state.Fail, state.InvalidArgument, state.InvalidGraph),
            *(state.InvalidProtobuf, state.NoSuchFile, state.NotImplemented),
            state.RuntimeException,
        )
        # 8-bit operations are so short that threads which share each of them mostly
        # wait: each core gets rows of its own.
        try:
            self._session = onnxruntime.InferenceSession(
                os.fspath(path),
                _options(num_threads=1 if int8 else num_cores()),
                providers=["CPUExecutionProvider"],
            )
        except unreadable as error:
            raise BundleError(
                f"Expected an ONNX file that onnxruntime {onnxruntime.__version__} "
                f"reads. Received: {str(path)!r}: {error}. Write it again with "
                f"`kerascls export`, or choose runtime='keras'."
            ) from error
        if int8:
            check_kernel_codes(path, self._session.get_modelmeta().custom_metadata_map)
        self._pool = ThreadPoolExecutor(num_cores()) if int8 else None

    def logits(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Computes logits, see `Runtime`."""
        num_slices = min(num_cores(), len(inputs["token_ids"]))
        if self._pool is None or num_slices == 1:
            return self._run(inputs)
        split = {name: np.array_split(x, num_slices) for name, x in inputs.items()}
        slices = [{name: split[name][k] for name in split} for k in range(num_slices)]
        return np.concatenate(list(self._pool.map(self._run, slices)))

    def _run(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        return self._session.run(None, inputs)[0]


def _options(num_threads: int) -> Any:
    from onnxruntime import GraphOptimizationLevel, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = num_threads
    options.inter_op_num_threads = 1
    # The graph is fused as it is written. More would join additions and LayerNorm
    # into one operator, which takes five times as long.
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    # Threads that wait in a loop take the time of those that compute, wherever other
    # processes run too; in small blocks of work nobody waits long.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.dynamic_block_base", "4")
    options.log_severity_level = 3  # errors
    return options
