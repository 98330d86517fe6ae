"""brightmart's first ALBERTs (`layer_shared`), read as Google's of the same outputs.

They add positions and segments behind the projection of the token embeddings, which
has no bias. So the two tables are one, their product, and a projection that changes
nothing stands where Google's code has one.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.checkpoints.names import early_albert_name
from kerascls.checkpoints.weight_files.weight_file import WeightFile
from kerascls.errors import CheckpointError

_SIGN = "/encoder/layer_shared/"
_TOKENS, _SECOND = "embeddings/word_embeddings", "embeddings/word_embeddings_2"
_PROJECTION = "encoder/embedding_hidden_mapping_in"
# From this size on, that of xlarge, they may have their LayerNorms before the blocks.
_LEAST_DOUBTFUL_DIM = 2048


class EarlyAlbert:
    """The weights of an early ALBERT under the names of Google's.

    Args:
        weights: Those of the file.
        path: The file, for messages.

    Raises:
        CheckpointError: When the tables of token embeddings do not fit each other.
    """

    def __init__(self, weights: WeightFile, path: Path) -> None:
        self._weights = weights
        shapes = weights.shapes()
        self._sources = {early_albert_name(name): name for name in shapes}
        shared = next(name for name in sorted(shapes) if _SIGN in f"/{name}")
        prefix = shared[: f"/{shared}".index(_SIGN)]
        self._tokens, self._second = prefix + _TOKENS, prefix + _SECOND
        self._kernel, self._bias = (
            f"{prefix}{_PROJECTION}/{name}" for name in ("kernel", "bias")
        )
        table, second = shapes.get(self._tokens, ()), shapes.get(self._second, ())
        if len(table) != 2 or len(second) != 2 or table[1] != second[0]:
            raise CheckpointError(
                f"Expected token embeddings of an early ALBERT in two tables of shapes "
                f"(tokens, size) and (size, hidden size). Received: {path} with "
                f"{self._tokens} {table}, {self._second} {second}. Copy or download "
                f"the files again."
            )
        self._table_shape = table[0], second[1]

    def shapes(self) -> dict[str, tuple[int, ...]]:
        shapes = self._weights.shapes()
        found = {name: shapes[source] for name, source in self._sources.items()}
        del found[self._second]
        hidden = self._table_shape[1]
        return found | {
            self._tokens: self._table_shape,
            self._kernel: (hidden, hidden),
            self._bias: (hidden,),
        }

    def unreadable(self) -> dict[str, str]:
        types = self._weights.unreadable()
        found = {early_albert_name(name): dtype for name, dtype in types.items()}
        either = found.pop(self._second, None)
        return found if either is None else {self._tokens: either} | found

    def read(self, name: str) -> np.ndarray:
        if name == self._kernel:
            return np.eye(self._table_shape[1], dtype=np.float32)
        if name == self._bias:
            return np.zeros(self._table_shape[1], np.float32)
        value = self._weights.read(self._sources[name])
        return (
            value @ self._weights.read(self._second) if name == self._tokens else value
        )


def is_early_albert(names: Iterable[str]) -> bool:
    """Whether these are the names of weights of one of brightmart's first ALBERTs."""
    return any(_SIGN in f"/{name}" for name in names)


def as_googles(raw: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], str]:
    """Returns the configuration that goes with `EarlyAlbert`, and what to say of it.

    Args:
        raw: Its keys.
        path: Where it lies, for messages.

    Raises:
        CheckpointError: When it may be one with LayerNorms before the blocks, which
            has the same names and shapes and is not supported.
    """
    hidden = raw.get("hidden_size")
    is_large = type(hidden) is int and hidden >= _LEAST_DOUBTFUL_DIM
    if is_large and raw.get("ln_type") is None:
        raise CheckpointError(
            f"Expected `ln_type` in the configuration of an early brightmart ALBERT of "
            f"this size: nothing else tells whether its LayerNorms stand behind the "
            f"blocks. Received: hidden_size={hidden} without ln_type in {path}. Add "
            f'"ln_type": "postln" if it was trained with modeling.py; one that was '
            f"trained with modeling_preln.py is not supported."
        )
    note = (
        "early brightmart ALBERT (layer_shared): its two tables of token embeddings "
        "are multiplied into one"
    )
    if raw.get("ln_type") is None:
        note += (
            '; LayerNorms are taken to stand behind the blocks ("ln_type": "postln"), '
            "which the files do not say"
        )
    return {**raw, "embedding_size": hidden}, note
