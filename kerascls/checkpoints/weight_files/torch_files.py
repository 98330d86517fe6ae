"""Weights as PyTorch saves them, read without PyTorch and without running a pickle."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np

from kerascls.checkpoints.placeholders import PICKLE, ZIP, refuse_placeholder
from kerascls.checkpoints.weight_files.shards import files_of, require_new
from kerascls.checkpoints.weight_files.torch_archive import TorchArchive, open_archive
from kerascls.checkpoints.weight_files.torch_pickle import ForbiddenNameError
from kerascls.checkpoints.weight_files.torch_tensors import Storage, Tensor
from kerascls.checkpoints.weight_files.weight_file import (
    as_float32,
    bfloat16_to_float32,
    first_line,
)
from kerascls.errors import CheckpointError

# Beyond all files of weights: dicts within dicts can hold each other many times.
MAX_VALUES, MAX_NAME_CHARS, MAX_DEPTH = 200_000, 500, 20
_SAVE = "torch.save(model.state_dict(), 'pytorch_model.bin')"
_FLOATS = ("float16", "bfloat16", "float32", "float64")


class _Source(NamedTuple):
    archive: TorchArchive
    tensor: Tensor


class TorchFiles:
    """One file that `torch.save` wrote, or the shards that an index file lists.

    A tensor in a dict within another has the name `OUTER.INNER`; what is no tensor is
    passed over.

    Args:
        path: A `.bin`, `.pt` or `.pth` file, or its `.index.json`.

    Raises:
        CheckpointError: When a file is missing or damaged, or holds more than dicts of
            tensors.
    """

    def __init__(self, path: Path) -> None:
        self._sources: dict[str, _Source] = {}
        self._last: tuple[TorchArchive, Storage, np.ndarray] | None = None
        for shard in files_of(path):
            refuse_placeholder(shard, but=(ZIP, PICKLE))
            archive = _guarded(shard, open_archive, shard)
            tensors = _guarded(shard, _tensors, archive)
            require_new(tensors, self._sources, shard)
            for name, tensor in tensors.items():
                self._sources[name] = _Source(archive, tensor)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: source.tensor.shape for name, source in self._sources.items()}

    def unreadable(self) -> dict[str, str]:
        dtypes = {
            name: source.tensor.storage.dtype for name, source in self._sources.items()
        }
        return {name: dtype for name, dtype in dtypes.items() if dtype not in _FLOATS}

    def read(self, name: str) -> np.ndarray:
        archive, tensor = self._sources[name]
        if 0 in tensor.shape:
            return np.zeros(tensor.shape, np.float32)
        numbers = self._numbers(archive, tensor.storage)
        strides = [stride * numbers.itemsize for stride in tensor.strides]
        found = np.lib.stride_tricks.as_strided(
            numbers[tensor.offset :], tensor.shape, strides
        )
        if tensor.storage.dtype == "bfloat16":
            return bfloat16_to_float32(found)
        # A copy, unless it is the whole, does not keep all other numbers in memory.
        return as_float32(found, copy=found.size < numbers.size)

    def _numbers(self, archive: TorchArchive, storage: Storage) -> np.ndarray:
        # All tensors may be parts of one storage.
        if self._last is None or self._last[:2] != (archive, storage):
            numbers = _guarded(archive.path, archive.numbers, storage)
            self._last = archive, storage, numbers
        return self._last[2]


def _tensors(archive: TorchArchive) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for count, (name, value) in enumerate(_leaves("", archive.value, 0)):
        if count >= MAX_VALUES or len(name) > MAX_NAME_CHARS:
            raise ValueError("more values, or longer names, than files of weights have")
        if isinstance(value, Tensor):
            if name in tensors:
                raise ValueError(f"two tensors of the name {name!r}")
            tensors[name] = value
    return tensors


def _leaves(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if type(value) is not dict:
        yield name, value
        return
    if depth >= MAX_DEPTH:
        raise ValueError(f"dicts within dicts, {depth} deep")
    yield name, None
    for key, inner in value.items():
        yield from _leaves(f"{name}.{key}" if name else str(key), inner, depth + 1)


def _guarded(path: Path, function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except ForbiddenNameError as error:
        name = str(error)
        # Of other kinds of tensors: quantised, sparse, of 8 bits.
        cure = f"Save the weights alone where it was made: {_SAVE}"
        if name.startswith("torch."):
            cure = "Save the weights as plain tensors of float32 where it was made"
        raise CheckpointError(
            f"Expected a file of weights: dicts of tensors. Received: {path}, whose "
            f"pickle asks for {name!r:.200}; nothing of it was run. {cure}"
        ) from error
    except OSError as error:
        raise CheckpointError(
            f"Expected a file of weights. Received: {path}: {first_line(error):.300}. "
            f"Copy or download it again."
        ) from error
    except (ValueError, BadZipFile, NotImplementedError) as error:
        raise CheckpointError(
            f"Expected a whole file of weights as torch.save writes them. Received: "
            f"{path}: {first_line(error):.300}. Copy or download it again, or save "
            f"the weights alone where it was made: {_SAVE}"
        ) from error
