"""What PyTorch's files say of a tensor, and the few names they may use to say it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from reprlib import repr as short
from typing import Any

MAX_DIMENSIONS = 32
MAX_COUNT = 2**40

# Type of the numbers -> bytes of each.
ITEM_BYTES = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
    "bool": 1,
}
DTYPES = {
    "torch.DoubleStorage": "float64",
    "torch.FloatStorage": "float32",
    "torch.HalfStorage": "float16",
    "torch.BFloat16Storage": "bfloat16",
    "torch.LongStorage": "int64",
    "torch.IntStorage": "int32",
    "torch.ShortStorage": "int16",
    "torch.CharStorage": "int8",
    "torch.ByteStorage": "uint8",
    "torch.BoolStorage": "bool",
    "torch.storage.UntypedStorage": "uint8",
}


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Numbers beside each other in a file.

    Args:
        dtype: One of `ITEM_BYTES`.
        key: What the file calls it.
        count: How many numbers.
    """

    dtype: str
    key: str
    count: int

    @property
    def nbytes(self) -> int:
        """Its size in the file."""
        return self.count * ITEM_BYTES[self.dtype]


@dataclass(frozen=True, kw_only=True)
class Tensor:
    """Which numbers of a storage make up a tensor; distances are in numbers.

    Args:
        storage: Where they are.
        offset: The first.
        shape: How many along each axis.
        strides: How far each is from the next along each axis.

    Raises:
        ValueError: When they are not all within the storage.
    """

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        if not len(self.shape) == len(self.strides) <= MAX_DIMENSIONS:
            raise ValueError(f"a tensor of {len(self.shape)} dimensions")
        if not all(map(is_count, (self.offset, *self.shape, *self.strides))):
            raise ValueError(f"a tensor of shape {short(self.shape)}")
        numbers = math.prod(self.shape)
        if math.prod(max(size, 1) for size in self.shape) >= MAX_COUNT:
            raise ValueError(f"a tensor of shape {self.shape}")
        steps = zip(self.shape, self.strides, strict=True)
        end = self.offset + sum((size - 1) * step for size, step in steps) + 1
        # One that repeats numbers may not be larger either than what it is made of.
        if numbers and max(end, numbers) > self.storage.count:
            raise ValueError(
                f"a tensor of shape {self.shape}, for which its storage of "
                f"{self.storage.count} numbers is too small"
            )


def is_count(value: Any) -> bool:
    """Whether a value is a whole number that can count what is in a file."""
    return type(value) is int and 0 <= value < MAX_COUNT


def _ordered_dict() -> dict[Any, Any]:
    return {}


# Further arguments are about gradients.
def _tensor(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> Tensor:
    if not isinstance(storage, Storage) or {type(shape), type(strides)} != {tuple}:
        raise ValueError("a tensor without storage or shape")
    return Tensor(storage=storage, offset=offset, shape=shape, strides=strides)


def _parameter(tensor: Any, *_: Any) -> Any:
    return tensor


def _size(sizes: Any) -> tuple[Any, ...]:
    if type(sizes) is not tuple or len(sizes) > MAX_DIMENSIONS:
        raise ValueError("a size of no tensor")
    return sizes


def _no_value(*_: Any) -> None:
    return None


# All that a file may name, and what stands for its being called.
NAMES: dict[str, Callable[..., Any]] = {
    "collections.OrderedDict": _ordered_dict,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch.Size": _size,
    "torch.device": _no_value,
    **dict.fromkeys(DTYPES, _no_value),
}
