"""Weights in safetensors: names, shapes and types in a header, then the numbers."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.checkpoints.weight_files.shards import files_of, require_new
from kerascls.checkpoints.weight_files.weight_file import (
    as_float32,
    bfloat16_to_float32,
    first_line,
)
from kerascls.errors import CheckpointError

FLOAT_DTYPES = ("F16", "BF16", "F32", "F64")


class SafetensorsFiles:
    """One safetensors file, or the shards that an index file lists.

    Args:
        path: A `.safetensors` file or its `.safetensors.index.json`.

    Raises:
        CheckpointError: When a file is missing, cut short or not safetensors.
    """

    def __init__(self, path: Path) -> None:
        self._files: dict[str, Path] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._dtypes: dict[str, str] = {}
        for shard in files_of(path):
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
        return as_float32(_guarded(path, lambda file: file.get_tensor(name)))

    def _read_header(self, path: Path) -> None:
        refuse_placeholder(path)
        headers = _guarded(path, _headers)
        require_new((name for name, _, _ in headers), self._files, path)
        for name, shape, dtype in headers:
            self._files[name] = path
            self._shapes[name] = tuple(shape)
            self._dtypes[name] = dtype


def write_safetensors(path: Path, weights: Mapping[str, np.ndarray]) -> None:
    """Writes weights as `transformers` does, whatever the order of their axes."""
    from safetensors.numpy import save_file

    # Of a transposed array it would write the numbers in the order before.
    tensors = {name: np.ascontiguousarray(value) for name, value in weights.items()}
    save_file(tensors, path, {"format": "pt"})
    path.chmod(0o644)  # safetensors makes it private


def _guarded(path: Path, function: Callable) -> Any:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            return function(file)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"Expected a whole safetensors file. Received: {path}: "
            f"{first_line(error)}. Copy or download it again."
        ) from error


def _headers(file: Any) -> list[tuple[str, list[int], str]]:
    slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
    return [(name, s.get_shape(), s.get_dtype()) for name, s in slices.items()]


def _read_bfloat16(path: Path, name: str) -> np.ndarray:
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        begin, end = json.loads(file.read(header_bytes))[name]["data_offsets"]
        file.seek(8 + header_bytes + begin)
        return bfloat16_to_float32(np.frombuffer(file.read(end - begin), "<u2"))
