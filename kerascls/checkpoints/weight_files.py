"""Files of weights: their names and shapes first, the numbers only when asked for."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.errors import CheckpointError
from kerascls.system.extras import require

FLOAT_DTYPES = ("F16", "BF16", "F32", "F64")


class WeightFile(Protocol):
    """One checkpoint's weights under the names they have in the file."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of every weight, without reading numbers."""

    def unreadable(self) -> dict[str, str]:
        """Returns the type of every weight that holds no floats, by name."""

    def read(self, name: str) -> np.ndarray:
        """Returns one weight as float32."""


class SafetensorsFiles:
    """One safetensors file, or the shards that an index file lists.

    Args:
        path: A `.safetensors` file or its `.safetensors.index.json`.

    Raises:
        CheckpointError: When a file is missing, cut short or not safetensors.
    """

    def __init__(self, path: Path) -> None:
        shards = _shards(path) if path.name.endswith(".index.json") else [path]
        self._files: dict[str, Path] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._dtypes: dict[str, str] = {}
        for shard in shards:
            self._read_header(shard)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return dict(self._shapes)

    def unreadable(self) -> dict[str, str]:
        types = self._dtypes.items()
        return {name: dtype for name, dtype in types if dtype not in FLOAT_DTYPES}

    def read(self, name: str) -> np.ndarray:
        path = self._files[name]
        if self._dtypes[name] == "BF16":
            return _read_bfloat16(path, name).reshape(self._shapes[name])
        return _guarded(path, lambda file: file.get_tensor(name)).astype(np.float32)

    def _read_header(self, path: Path) -> None:
        refuse_placeholder(path)
        for name, shape, dtype in _guarded(path, _headers):
            self._files[name] = path
            self._shapes[name] = tuple(shape)
            self._dtypes[name] = dtype


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
        _refuse_patterns(prefix)
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
        return value.astype(np.float32)

    def _guarded(self, function: Callable, *arguments: Any) -> Any:
        tensorflow_error = _tensorflow().errors.OpError
        try:
            return function(*arguments)
        except (tensorflow_error, RuntimeError, ValueError, LookupError) as error:
            raise CheckpointError(
                f"Expected a readable TensorFlow checkpoint. Received: "
                f"{self._prefix}: {_first_line(error)}. The files are damaged or "
                f"incomplete; copy or download them again."
            ) from error


def open_weights(path: Path) -> WeightFile:
    """Opens a safetensors file, its index file, or a TensorFlow prefix."""
    if path.name.endswith((".safetensors", ".safetensors.index.json")):
        return SafetensorsFiles(path)
    return TensorFlowCheckpoint(path)


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


def _refuse_patterns(prefix: Path) -> None:
    if any(sign in str(prefix) for sign in "[*?"):
        raise CheckpointError(
            f"Expected a path without the signs [ * ?, which TensorFlow takes for "
            f"wildcards. Received: {prefix}. Rename the directory."
        )


def _shards(index: Path) -> list[Path]:
    refuse_placeholder(index)
    try:
        weight_map = json.loads(index.read_text("utf-8"))["weight_map"]
        names = sorted(set(weight_map.values()))
        outside = [name for name in names if Path(name).name != name]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"Expected an index of safetensors files with a `weight_map`. Received: "
            f"{index}: {_first_line(error)}. Copy or download it again."
        ) from error
    if outside or not names:
        raise CheckpointError(
            f"Expected the names of safetensors files beside their index. Received: "
            f"{index} with {outside or names}. Copy or download it again."
        )
    return [index.parent / name for name in names]


def _guarded(path: Path, function: Callable) -> Any:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            return function(file)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"Expected a whole safetensors file. Received: {path}: "
            f"{_first_line(error)}. Copy or download it again."
        ) from error


def _headers(file: Any) -> list[tuple[str, list[int], str]]:
    slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
    return [(name, s.get_shape(), s.get_dtype()) for name, s in slices.items()]


def _read_bfloat16(path: Path, name: str) -> np.ndarray:
    # numpy has no bfloat16; its bits are the upper half of a float32.
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        begin, end = json.loads(file.read(header_bytes))[name]["data_offsets"]
        file.seek(8 + header_bytes + begin)
        halves = np.frombuffer(file.read(end - begin), "<u2")
    return (halves.astype(np.uint32) << 16).view(np.float32)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
