"""Files of word vectors, written byte by byte."""

import struct

import numpy as np
import pytest

from kerascls.errors import CheckpointError
from kerascls.preprocessing.word_vectors import read_word_vectors

WORDS = ("的", "北京", "today", "10\u00a0km", "\u3000", "北京\u3000大学")
ROWS = (np.arange(24, dtype=np.float32).reshape(6, 4) - 11) / 8


def text(words=WORDS, rows=ROWS, header=True, end="\n"):
    lines = [f"{len(words)} {np.shape(rows)[1]}"] if header else []
    pairs = zip(words, rows, strict=True)
    lines += [" ".join([word, *(f"{x:g}" for x in row)]) for word, row in pairs]
    return "".join(f"{line}{end}" for line in lines).encode()


def word2vec_binary(words=WORDS, rows=ROWS, end=b""):
    content = f"{len(words)} {np.shape(rows)[1]}\n".encode()
    for word, row in zip(words, rows, strict=True):
        content += word.encode() + b" " + np.asarray(row, "<f4").tobytes() + end
    return content


def hashed(ngram):
    """fastText's hash of a text, one byte after another."""
    number = 2166136261
    for byte in ngram.encode():
        number ^= (byte - 256 if byte > 127 else byte) & 0xFFFFFFFF
        number = number * 16777619 % 2**32
    return number


def ngrams(word, shortest, longest):
    marked = f"<{word}>"
    return [
        marked[start : start + size]
        for start in range(len(marked))
        for size in range(max(shortest, 1), longest + 1)
        if start + size <= len(marked) and (size > 1 or 0 < start < len(marked) - 1)
    ]


def fasttext_model(
    words=WORDS,
    labels=(),
    dim=4,
    buckets=7,
    shortest=2,
    longest=3,
    version=12,
    model=2,
    quantized=False,
    table=None,
):
    """A model, and its table of vectors."""
    if table is None:
        rng = np.random.default_rng(0)
        table = rng.standard_normal((len(words) + buckets, dim)).astype("<f4")
    content = struct.pack("<2i", 793712314, version)
    options = (dim, 5, 5, 1, 5, 1, 2, model, buckets, shortest, longest, 100)
    content += struct.pack("<12id", *options, 1e-4)
    size = len(words) + len(labels)
    content += struct.pack("<3i2q", size, len(words), len(labels), 99, -1)
    for kind, names in enumerate((words, labels)):
        for name in names:
            content += name.encode() + b"\0" + struct.pack("<qb", 9, kind)
    content += struct.pack("<?2q", quantized, *table.shape) + table.tobytes()
    output = np.zeros((2, dim), "<f4")
    return content + struct.pack("<?2q", False, 2, dim) + output.tobytes(), table


def problem(path, content=None, wanted=("a", "b", "c")):
    """What is told of a file that is to be damaged."""
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointError) as error:
        read_word_vectors(path, wanted)
    assert f"Received: {path} (" in str(error.value)
    return str(error.value)
