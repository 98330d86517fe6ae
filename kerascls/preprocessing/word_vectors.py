"""Word vectors that others trained: read for the words of a vocabulary."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kerascls.data.readers.packed import open_unpacked
from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.units import UNITS
from kerascls.preprocessing.tokenizers.words import SPECIAL, WordTokenizer
from kerascls.preprocessing.vector_files.fasttext_binary import (
    is_fasttext_binary,
    read_fasttext_binary,
)
from kerascls.preprocessing.vector_files.gathered import (
    CurableError,
    Gathered,
    VectorFile,
    WordVectors,
)
from kerascls.preprocessing.vector_files.numpy_vectors import is_numpy, read_numpy
from kerascls.preprocessing.vector_files.text_vectors import is_text, read_text
from kerascls.preprocessing.vector_files.word2vec_binary import (
    is_word2vec_binary,
    read_word2vec_binary,
)

__all__ = ["WordVectors", "embedding_matrix", "read_word_vectors"]

HEAD_BYTES = 2**16
LITTLE_COVERAGE, EXAMPLES = 0.2, 5
_MARK = b"\xef\xbb\xbf"  # that some editors begin UTF-8 with


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file, told by its first bytes.

    Args:
        is_it: Whether a file that begins so is of this kind.
        read: Returns what it has of wanted words; raises a `ValueError` that says what
            is wrong.
    """

    is_it: Callable[[bytes], bool]
    read: Callable[[VectorFile, Gathered, str], WordVectors]


# The first that fits: a text may well begin as word2vec's binary files do.
KINDS = {
    "fastText model": Kind(is_it=is_fasttext_binary, read=read_fasttext_binary),
    "NumPy array": Kind(is_it=is_numpy, read=read_numpy),
    "word2vec binary": Kind(is_it=is_word2vec_binary, read=read_word2vec_binary),
    "text": Kind(is_it=is_text, read=read_text),
}


def read_word_vectors(path: str | Path, wanted: Collection[str]) -> WordVectors:
    """Returns the vectors that a file has of some words.

    What kind of file it is, its first bytes say: word2vec's text, with or without the
    first line, which is also fastText's `.vec` and GloVe's form; word2vec's binary;
    fastText's models (`.bin`), which have a vector for unknown words too; an array of
    NumPy's with its words in a file beside it (`NAME.npy`, and `NAME.vocab` or
    `NAME.txt`, one word a line). Text and word2vec's binary may be compressed. Only
    the vectors of wanted words are kept in memory.

    Args:
        path: The file.
        wanted: The words to look for, exactly as they are.

    Raises:
        CheckpointError: When it is of no such kind, or is damaged.
        DataError: When it is compressed and cannot be unpacked.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(
            f"Expected a file of word vectors. Received: path={str(path)!r}, which is "
            f"{'no file' if path.exists() else 'not there'}. Give its path."
        )
    with open_unpacked(path) as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(len(_MARK) if head.startswith(_MARK) else 0)
        head = head.removeprefix(_MARK)
        kind = next((name for name, one in KINDS.items() if one.is_it(head)), None)
        if kind is None:
            raise CheckpointError(
                f"Expected word vectors: text (word2vec, fastText .vec, GloVe), "
                f"word2vec's binary, a fastText model (.bin) or a NumPy array (.npy). "
                f"Received: {path}, which begins with {head[:40]!r}. Give such a file, "
                f"text in UTF-8; gensim's own is written as one by "
                f"save_word2vec_format."
            )
        file = VectorFile(
            path=path, stream=stream, head=head, num_bytes=_plain_size(path, head)
        )
        try:
            return KINDS[kind].read(file, Gathered(wanted), kind)
        except CurableError as error:
            raise CheckpointError(
                f"Expected word vectors that can be read. Received: {path} ({kind}), "
                f"where {error}. {error.cure}"
            ) from error
        except ValueError as error:
            raise CheckpointError(
                f"Expected word vectors that are whole. Received: {path} ({kind}), "
                f"where {error}. Copy or download it again, or mend it."
            ) from error


def embedding_matrix(
    tokenizer: WordTokenizer,
    vectors: WordVectors,
    seed: int,
    counts: np.ndarray | None = None,
) -> tuple[np.ndarray, str]:
    """Returns a row for each token, and a line on how many have vectors.

    Words without a vector, and the special tokens but padding, are drawn from normal
    distributions with the mean and standard deviation that each dimension has among
    the words with one. Padding is zero.

    Args:
        tokenizer: The vocabulary.
        vectors: What `read_word_vectors` found of its words.
        seed: Of the random rows.
        counts: int `(vocab_size,)`; how often each token occurs in the training text.

    Returns:
        `(matrix, note)`: float32 `(vocab_size, dim)`, and the line.

    Raises:
        CheckpointError: When no word has a vector.
    """
    places = {word: place for place, word in enumerate(tokenizer.words, len(SPECIAL))}
    known = np.array([places[word] for word in vectors.words], np.int64)
    if not len(known):
        raise CheckpointError(
            f"Expected vectors of some words of the training text. Received: "
            f"{_told(vectors)}, with none of its {len(places):,} words, such as "
            f"{' '.join(tokenizer.words[:EXAMPLES])}. Take others: "
            f"{_causes(tokenizer)}"
        )
    rng = np.random.default_rng(seed)
    shape = tokenizer.vocab_size, vectors.dim
    matrix = rng.standard_normal(shape, np.float32)
    # Of one word alone no dimension has a deviation.
    axis = 0 if len(known) > 1 else None
    matrix *= vectors.rows.std(axis, np.float64)
    matrix += vectors.rows.mean(0, np.float64)
    matrix[known] = vectors.rows
    matrix[tokenizer.pad_id] = 0
    return matrix, _coverage_note(tokenizer, vectors, known, counts)


def _plain_size(path: Path, head: bytes) -> int | None:
    """Returns how many bytes a file has that is not compressed."""
    with path.open("rb") as file:
        packed = file.read(HEAD_BYTES).removeprefix(_MARK)
    return path.stat().st_size if packed == head else None


def _coverage_note(
    tokenizer: WordTokenizer,
    vectors: WordVectors,
    known: np.ndarray,
    counts: np.ndarray | None,
) -> str:
    num_words = len(tokenizer.words)
    share = len(known) / num_words
    note = f"word vectors: {len(known):,} of {num_words:,} words ({share:.1%})"
    if counts is not None:
        known_times = int(counts[known].sum())
        times = int(counts.sum() - counts[[0, 2, 3]].sum())
        note += f", {known_times / max(times, 1):.1%} of occurrences"
    note += f", from {_told(vectors)}"
    if vectors.spelled:
        note += (
            f"; {len(vectors.spelled):,} of them put together from character n-grams"
        )
    direct = (len(known) - len(vectors.spelled)) / num_words
    if direct >= LITTLE_COVERAGE:
        return note
    missing = set(tokenizer.words) - (set(vectors.words) - vectors.spelled)
    examples = [word for word in tokenizer.words if word in missing][:EXAMPLES]
    return (
        f"{note}. That is little: it does not know {' '.join(examples)}. Likely "
        f"{_causes(tokenizer)}"
    )


def _told(vectors: WordVectors) -> str:
    """Returns what a file is and what its first words are."""
    first = " ".join(vectors.first_words)
    return (
        f"{vectors.source} ({vectors.kind}, {vectors.num_words:,} words as {first}, "
        f"{vectors.dim} dimensions)"
    )


def _causes(tokenizer: WordTokenizer) -> str:
    others = ", ".join(name for name in UNITS if name != tokenizer.units)
    return (
        f"its words have capitals, are traditional characters where the text has "
        f"simplified ones, are of another language, or are cut otherwise: here "
        f"units={tokenizer.units}, others are {others}."
    )
