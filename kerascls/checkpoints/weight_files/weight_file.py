"""Files of weights: their names and shapes first, the numbers only when asked for."""

from typing import Protocol

import numpy as np


class WeightFile(Protocol):
    """One checkpoint's weights under the names they have in the file."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of every weight, without reading numbers."""

    def unreadable(self) -> dict[str, str]:
        """Returns the type of every weight that holds no floats, by name."""

    def read(self, name: str) -> np.ndarray:
        """Returns one weight as float32."""


def as_float32(value: np.ndarray, copy: bool = False) -> np.ndarray:
    """Returns numbers as float32; what is too large for it is infinite."""
    # Whoever asks for weights refuses those that are not finite.
    with np.errstate(over="ignore"):
        return value.astype(np.float32, copy=copy)


def bfloat16_to_float32(halves: np.ndarray) -> np.ndarray:
    """Returns the numbers whose bits are given as 16-bit whole numbers."""
    # numpy has no bfloat16; its bits are the upper half of a float32.
    return (halves.astype(np.uint32) << 16).view(np.float32)


def first_line(error: BaseException) -> str:
    """Returns what an error says, in one line and without its full stop."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
