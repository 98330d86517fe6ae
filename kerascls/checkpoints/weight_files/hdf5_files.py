"""Weights as TensorFlow models of `transformers` save them, in HDF5."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kerascls.checkpoints.names import keras_name
from kerascls.checkpoints.placeholders import HDF5, refuse_placeholder
from kerascls.checkpoints.weight_files.shards import files_of, require_new
from kerascls.checkpoints.weight_files.weight_file import as_float32, first_line
from kerascls.errors import CheckpointError
from kerascls.system.extras import require

if TYPE_CHECKING:
    import h5py

MAX_OBJECTS, MAX_DEPTH = 100_000, 30
_FLOAT_BYTES = (2, 4, 8)


class _Source(NamedTuple):
    path: Path
    places: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype
    is_kernel: bool


class Hdf5Files:
    """One HDF5 file of a Keras model with named weights, or the shards of an index.

    The weights have the names, and kernels the axes, that the same model has in
    PyTorch's files, as `transformers` reads them.

    Args:
        path: A `.h5` file or its `.h5.index.json`.

    Raises:
        CheckpointError: When a file is missing or damaged, refers to other files, or
            has parts that are compressed or not all there.
        SettingsError: When h5py is not installed.
    """

    def __init__(self, path: Path) -> None:
        require("A checkpoint in HDF5", "h5py")
        self._sources: dict[str, _Source] = {}
        for shard in files_of(path):
            refuse_placeholder(shard, but=(HDF5,))
            sources = _guarded(shard, _sources)
            require_new(sources, self._sources, shard)
            self._sources |= sources

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {
            name: source.shape[::-1] if source.is_kernel else source.shape
            for name, source in self._sources.items()
        }

    def unreadable(self) -> dict[str, str]:
        return {
            name: str(source.dtype)
            for name, source in self._sources.items()
            if source.dtype.kind != "f" or source.dtype.itemsize not in _FLOAT_BYTES
        }

    def read(self, name: str) -> np.ndarray:
        source = self._sources[name]
        value = _guarded(source.path, lambda file: _numbers(file, source))
        value = as_float32(value)
        return value.T if source.is_kernel else value


def _numbers(file: "h5py.File", source: _Source) -> np.ndarray:
    value, *others = (np.asarray(file[place][()]) for place in source.places)
    if not all(np.array_equal(value, other, equal_nan=True) for other in others):
        raise ValueError(f"{source.places!r:.300}, which should be the same and differ")
    return value


def _sources(file: "h5py.File") -> dict[str, _Source]:
    path = Path(file.filename)
    sources: dict[str, _Source] = {}
    for place, dataset in _datasets(file):
        _require_whole(dataset, place, path.stat().st_size)
        name, is_kernel = keras_name(place)
        found = _Source(path, (place,), dataset.shape, dataset.dtype, is_kernel)
        # Keras writes a layer that two models share into the groups of both.
        first = sources.get(name, found)
        if (first.shape, first.dtype) != (found.shape, found.dtype):
            raise ValueError(f"two weights of the name {name!r:.200}")
        places = dict.fromkeys((*first.places, place))
        sources[name] = found._replace(places=tuple(places))
    return sources


def _datasets(file: "h5py.File") -> Iterator[tuple[str, "h5py.Dataset"]]:
    """Yields what lies in a file itself, by its place."""
    import h5py

    groups, seen = [("", file)], 0
    while groups:
        place, group = groups.pop()
        for key in group:
            seen += 1
            inner = f"{place}/{key}" if place else key
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise ValueError(f"{inner!r:.200}, which refers to another place")
            value = group[key]
            if isinstance(value, h5py.Dataset):
                yield inner, value
            elif isinstance(value, h5py.Group):
                groups.append((inner, value))
            if seen > MAX_OBJECTS or inner.count("/") > MAX_DEPTH:
                raise ValueError("more groups than files of weights have")


def _require_whole(dataset: "h5py.Dataset", place: str, file_bytes: int) -> None:
    if dataset.is_virtual or dataset.external:
        raise ValueError(f"{place!r:.200}, whose numbers are in other files")
    if dataset.shape is None or dataset.dtype.hasobject:
        raise ValueError(f"{place!r:.200}, which holds no numbers")
    if dataset.id.get_create_plist().get_nfilters():
        raise ValueError(f"{place!r:.200}, which is compressed")
    wanted = math.prod(dataset.shape) * dataset.dtype.itemsize
    held = dataset.id.get_storage_size()
    if wanted > min(held, file_bytes):
        raise ValueError(f"{place!r:.200}, of which {held} bytes of {wanted} are there")


def _guarded(path: Path, function: Callable[["h5py.File"], Any]) -> Any:
    import h5py

    try:
        with h5py.File(path, "r", locking=False) as file:
            return function(file)
    # What h5py raises of a damaged file is any of these.
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise CheckpointError(
            f"Expected a whole HDF5 file of weights, not compressed and without "
            f"references to others. Received: {path}: {first_line(error):.300}. Copy "
            f"or download it again."
        ) from error
