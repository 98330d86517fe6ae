import gzip
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_vector_files import ROWS, WORDS, problem, text, word2vec_binary

from kerascls.preprocessing.vector_files import word2vec_binary as module
from kerascls.preprocessing.vector_files.gathered import Gathered, VectorFile
from kerascls.preprocessing.vector_files.word2vec_binary import (
    is_word2vec_binary,
    read_word2vec_binary,
)


def read(content, wanted=WORDS, packed=False):
    file = VectorFile(
        path=Path("x.bin"),
        stream=BytesIO(content),
        head=content[:999],
        num_bytes=None if packed else len(content),
    )
    return read_word2vec_binary(file, Gathered(wanted), "word2vec binary")


@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("packed", [True, False])
def test_words_and_rows_are_read_with_or_without_line_feeds(end, packed):
    found = read(word2vec_binary(end=end), packed=packed)
    assert found.words == WORDS
    assert found.rows.tolist() == ROWS.tolist()
    assert (found.num_words, found.rows.dtype) == (6, np.float32)


@given(st.integers(1, 60), st.sampled_from([b"", b"\n"]))
def test_records_may_lie_across_the_pieces_in_which_a_file_is_read(size, end):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK_BYTES", size)
        found = read(word2vec_binary(end=end), ["\u3000", "的"])
    assert found.words == ("的", "\u3000")
    assert found.rows.tolist() == ROWS[[0, 4]].tolist()


WHOLE = word2vec_binary(["a", "b"], [[1, 2], [3, 4]])
BODY = WHOLE.partition(b"\n")[2]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (WHOLE[:-3], "2 words of 2 values, which is 22 bytes or more"),
        (b"900000000 300\n" + BODY, "900,000,000 words of 300 values"),
        (b"2 999999999\n" + BODY, "vectors of 999,999,999 values"),
        (b"2 0\n" + BODY, "vectors of 0 values"),
        (b"1 2\n" + BODY, "more follows than the 1 words"),
        (word2vec_binary(["a"], [[np.nan, 1]]), "word 1, 'a', has values"),
        (word2vec_binary("aa", [[1, 1], [2, 2]]), "word 2, 'a', was there"),
        (b"1 1\n" + b"\0" * (2**16 + 9), "no blank ends word 1"),
    ],
)
def test_what_is_wrong_is_named(content, wrong, tmp_path):
    assert wrong in problem(tmp_path / "x.bin", content)


def test_a_compressed_file_that_ends_too_early_is_named_with_its_word(tmp_path):
    content = gzip.compress(WHOLE[:-3])
    assert "ends within word 2 of 2" in problem(tmp_path / "x.bin.gz", content)


def test_text_is_told_from_binary_even_where_a_word_is_a_control_character():
    assert is_word2vec_binary(word2vec_binary())
    assert is_word2vec_binary(word2vec_binary(end=b"\n"))
    assert not is_word2vec_binary(text())
    assert not is_word2vec_binary(text(["\x01", "b"], [[1, 2], [3, 4]]))
    assert not is_word2vec_binary(b"2 2\na 1\nb 1 2\n")
    assert not is_word2vec_binary(b"a 1\n\0")
