"""Weights in TensorFlow's own format, of variables that have names."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.checkpoints.weight_files.weight_file import as_float32, first_line
from kerascls.errors import CheckpointError
from kerascls.system.extras import require


class TensorFlowCheckpoint:
    """A TensorFlow checkpoint of variables by name, as Google's BERT code writes.

    Args:
        prefix: Path without `.index` and `.data-00000-of-00001`.

    Raises:
        CheckpointError: When a file is missing or damaged.
        SettingsError: When TensorFlow is not installed.
    """

    def __init__(self, prefix: Path) -> None:
        self._prefix = prefix
        _require_data_files(prefix)
        refuse_patterns(prefix)
        require("A checkpoint in TensorFlow's format", "tensorflow")
        self._reader = self._guarded(_tensorflow().train.load_checkpoint, str(prefix))

    def shapes(self) -> dict[str, tuple[int, ...]]:
        shapes = self._guarded(self._reader.get_variable_to_shape_map)
        return {name: tuple(shape) for name, shape in shapes.items()}

    def unreadable(self) -> dict[str, str]:
        types = self._guarded(self._reader.get_variable_to_dtype_map)
        return {
            name: dtype.name for name, dtype in types.items() if not dtype.is_floating
        }

    def read(self, name: str) -> np.ndarray:
        value = np.asarray(self._guarded(self._reader.get_tensor, name))
        return as_float32(value)

    def _guarded(self, function: Callable, *arguments: Any) -> Any:
        tensorflow_error = _tensorflow().errors.OpError
        try:
            return function(*arguments)
        except (tensorflow_error, RuntimeError, ValueError, LookupError) as error:
            raise CheckpointError(
                f"Expected a readable TensorFlow checkpoint. Received: "
                f"{self._prefix}: {first_line(error)}. The files are damaged or "
                f"incomplete; copy or download them again."
            ) from error


def write_tensorflow(prefix: Path, weights: Mapping[str, np.ndarray]) -> None:
    """Writes weights by name, and the file `checkpoint` that names them the latest.

    Raises:
        SettingsError: When TensorFlow is not installed.
    """
    require("A checkpoint in TensorFlow's format", "tensorflow")
    tensorflow = _tensorflow()
    names = sorted(weights)
    tensorflow.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=names,
        shape_and_slices=[""] * len(names),
        tensors=[tensorflow.constant(weights[name]) for name in names],
    )
    record = f'model_checkpoint_path: "{prefix.name}"\n'
    prefix.with_name("checkpoint").write_text(record, "utf-8")


def _tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow

    return tensorflow


def _require_data_files(prefix: Path) -> None:
    names = os.listdir(prefix.parent) if prefix.parent.is_dir() else []
    index = f"{prefix.name}.index"
    pattern = re.compile(re.escape(prefix.name) + r"\.data-\d{5}-of-(\d{5})")
    data_files = [match for name in names if (match := pattern.fullmatch(name))]
    wanted = int(data_files[0].group(1)) if data_files else 1
    if index not in names or len(data_files) < wanted:
        held = [name for name in names if name.startswith(prefix.name)]
        raise CheckpointError(
            f"Expected a TensorFlow checkpoint: {index} and {wanted} file(s) "
            f"{prefix.name}.data-?????-of-{wanted:05} in {prefix.parent}. Received: "
            f"{', '.join(sorted(held)) or 'none of these'}. Copy or download what "
            f"is missing."
        )
    for name in (index, *(match.group() for match in data_files)):
        refuse_placeholder(prefix.with_name(name))


def refuse_patterns(prefix: Path) -> None:
    """Raises a CheckpointError where TensorFlow would take a path for a pattern."""
    if any(sign in str(prefix) for sign in "[*?"):
        raise CheckpointError(
            f"Expected a path without the signs [ * ?, which TensorFlow takes for "
            f"wildcards. Received: {prefix}. Rename the directory."
        )
