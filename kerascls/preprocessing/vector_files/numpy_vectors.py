"""Word vectors as a NumPy array, with the words beside it.

`NAME.npy` holds floats `(words, dim)`; `NAME.vocab` or, where there is none,
`NAME.txt` has one word a line, in UTF-8, in the order of the rows.
"""

import json
from pathlib import Path
from typing import NoReturn

import numpy as np

from kerascls.preprocessing.vector_files.gathered import (
    CurableError,
    Gathered,
    VectorFile,
    WordVectors,
)

MAGIC = b"\x93NUMPY"
VOCAB_SUFFIXES = (".vocab", ".txt")


def is_numpy(head: bytes) -> bool:
    """Returns whether a file begins as `numpy.save` begins it."""
    return head.startswith(MAGIC)


def read_numpy(file: VectorFile, gathered: Gathered, kind: str) -> WordVectors:
    """Returns the vectors of wanted words.

    Raises:
        ValueError: When it is no array of such a form, is cut off, or the words beside
            it are missing or are not as many.
    """
    file.require_plain()
    try:
        table = np.load(file.path, mmap_mode="r", allow_pickle=False)
    except (OSError, EOFError, ValueError) as error:
        if b"|O'" in file.head.partition(b"}")[0]:
            _refuse_objects(file.path)
        told = str(error).rstrip(".")
        raise ValueError(f"numpy says: {told}") from error
    if table.ndim != 2 or table.dtype.kind != "f" or not table.shape[1]:
        raise ValueError(
            f"the array has the shape {table.shape} and is of {table.dtype}, not rows "
            f"of floats"
        )
    gathered.words_file = _file_beside(file.path)
    words = _lines(gathered.words_file)
    if len(words) != len(table):
        raise ValueError(
            f"the array has {len(table):,} rows, and {len(words):,} words are beside it"
        )
    for number, word in enumerate(words):
        if gathered.wants(word):
            with np.errstate(over="ignore"):  # infinity is told with its word
                row = table[number].astype(np.float32)
            gathered.keep(word, row, f"row {number:,}")
    return gathered.vectors(file.path, kind, table.shape[1])


def _refuse_objects(path: Path) -> NoReturn:
    name = json.dumps(str(path), ensure_ascii=False)
    raise CurableError(
        "the array holds Python objects, which may run anything when they are loaded",
        f"If its rows are numbers and you trust it, write them as such, in Python: "
        f'`np.save({name}, np.array(np.load({name}, allow_pickle=True).tolist(), "f4"'
        f"))`.",
    )


def _file_beside(path: Path) -> Path:
    candidates = [path.with_suffix(suffix) for suffix in VOCAB_SUFFIXES]
    found = next((one for one in candidates if one.is_file()), None)
    if found is None:
        names = " or ".join(one.name for one in candidates)
        raise CurableError(
            f"no {names} with its words is beside it",
            f"Write {candidates[0]}: one word a line, in the order of the rows, in "
            f"UTF-8.",
        )
    return found


def _lines(path: Path) -> list[bytes]:
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    lines = content.split(b"\n")
    return [line.rstrip(b"\r") for line in (lines[:-1] if not lines[-1] else lines)]
