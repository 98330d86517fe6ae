"""Vectors are fastText's own, also of words that its model does not have."""

import json
import os
import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_vector_files import WORDS, fasttext_model, hashed, ngrams, problem

from kerascls.preprocessing.vector_files import fasttext_binary as module
from kerascls.preprocessing.vector_files.fasttext_binary import (
    Subwords,
    is_fasttext_binary,
    read_fasttext_binary,
)
from kerascls.preprocessing.vector_files.gathered import Gathered, VectorFile


def read(folder, content, wanted=WORDS):
    path = folder / "x.bin"
    path.write_bytes(content)
    file = VectorFile(
        path=path, stream=BytesIO(content), head=content[:99], num_bytes=len(content)
    )
    return read_fasttext_binary(file, Gathered(wanted), "fastText model")


def rows_of(word, shortest=2, longest=3, buckets=7, words=WORDS):
    first = [words.index(word)] if word in words else []
    parts = ngrams(word, shortest, longest)
    return first + [len(words) + hashed(ngram) % buckets for ngram in parts]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.integers(0, 4),
    st.integers(0, 6),
)
def test_ngrams_are_characters_between_marks_and_no_mark_alone(word, least, most):
    subwords = Subwords(shortest=least, longest=most, buckets=99, num_words=7)
    expected = [7 + hashed(ngram) % 99 for ngram in ngrams(word, least, most)]
    assert subwords.rows(word.encode()) == expected


def test_the_hash_takes_bytes_for_signed_numbers():
    subwords = Subwords(shortest=3, longest=3, buckets=2**31 - 1, num_words=0)
    # Of ASCII it is FNV-1a; these are numbers of fasttext 0.9.2.
    assert subwords.rows(b"a") == [hashed("<a>") % (2**31 - 1)]
    assert hashed("foobar") == 0xBF9CF968


@pytest.mark.parametrize("version", [11, 12])
@pytest.mark.parametrize("labels", [(), ("__label__a", "__label__b")])
def test_a_vector_is_the_mean_of_the_words_row_and_those_of_its_ngrams(
    version, labels, tmp_path
):
    content, table = fasttext_model(labels=labels, version=version)
    found = read(tmp_path, content)
    assert found.words == WORDS
    assert (found.num_words, found.dim, found.spelled) == (len(WORDS), 4, frozenset())
    expected = [table[rows_of(word)].mean(axis=0) for word in WORDS]
    assert np.allclose(found.rows, expected, atol=1e-6)


def test_unknown_words_have_the_mean_of_their_ngrams(tmp_path):
    content, table = fasttext_model()
    found = read(tmp_path, content, ["北京", "上海", "__label__a"])
    assert found.words == ("北京", "上海", "__label__a")
    assert found.spelled == {"上海", "__label__a"}
    assert np.allclose(found.rows[1], table[rows_of("上海")].mean(axis=0), atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [{"shortest": 0, "longest": 0}, {"buckets": 0}, {"version": 11, "model": 3}],
)
def test_a_model_without_ngrams_knows_its_words_alone(options, tmp_path):
    content, table = fasttext_model(**options)
    found = read(tmp_path, content, ["北京", "上海"])
    assert (found.words, found.spelled) == (("北京",), frozenset())
    assert np.allclose(found.rows[0], table[1], atol=1e-6)


def test_the_end_of_a_sentence_has_no_ngrams(tmp_path):
    content, table = fasttext_model(words=("</s>", "a"))
    found = read(tmp_path, content, ["</s>"])
    assert np.allclose(found.rows[0], table[0], atol=1e-6)


@given(st.integers(9, 80))
def test_words_may_lie_across_the_pieces_in_which_a_file_is_read(size):
    content, table = fasttext_model(shortest=0, longest=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK_BYTES", size)
        patch.setattr(module.np, "memmap", lambda *_: table)
        file = VectorFile(
            path=None, stream=BytesIO(content), head=content, num_bytes=len(content)
        )
        found = read_fasttext_binary(file, Gathered(WORDS), "fastText model")
    assert found.words == WORDS
    assert np.allclose(found.rows, table[: len(WORDS)])


WHOLE, TABLE = fasttext_model()
SIZES = 8 + 12 * 4 + 8  # where the sizes of the dictionary begin


def with_number(place, number, size=4):
    content = number.to_bytes(size, "little", signed=True)
    return WHOLE[:place] + content + WHOLE[place + size :]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (fasttext_model(version=10)[0], "version is 10"),
        (fasttext_model(quantized=True)[0], "quantized"),
        (with_number(SIZES + 20, 3, 8), "quantized"),
        (fasttext_model(table=TABLE[1:])[0], "table is 12 x 4, not 13 x 4"),
        (fasttext_model(table=TABLE * np.float32(np.nan))[0], "word 1, '的', has"),
        (with_number(SIZES, 2**31 - 1), "2,147,483,647 words need 21,474,836,470"),
        (with_number(SIZES, -1), "sizes are damaged"),
        (with_number(SIZES + 4, 7), "sizes are damaged"),
        (with_number(SIZES + 4, 5), "word 6 is damaged"),
        (with_number(8, 0), "sizes are damaged"),
        (with_number(8, 2**30), "table is 13 x 4, not 13 x 1,073,741,824"),
        (WHOLE[:40], "ends before its table"),
        (WHOLE[: SIZES + 40], "words need"),
        (WHOLE[: WHOLE.index(TABLE.tobytes()) + 99], "a table of 13 x 4 need 208"),
    ],
)
def test_what_is_wrong_is_named(content, wrong, tmp_path):
    assert wrong in problem(tmp_path / "x.bin", content, WORDS)


def test_any_file_that_is_cut_off_before_its_end_is_refused(tmp_path):
    end = WHOLE.index(TABLE.tobytes()) + TABLE.nbytes
    for size in range(4, end, 7):
        assert problem(tmp_path / "x.bin", WHOLE[:size], WORDS)


def test_a_word_without_an_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_WORD_BYTES", 5)
    content, _ = fasttext_model(words=("a" * 30,) * 9)
    monkeypatch.setattr(module, "CHUNK_BYTES", 8)
    assert "nothing ends word 1" in problem(tmp_path / "x.bin", content)


def test_a_model_is_known_by_its_number():
    assert is_fasttext_binary(WHOLE) and not is_fasttext_binary(b"6 4\n")


SCRIPT = """
import json, sys
import fasttext
model = fasttext.train_unsupervised(
    sys.argv[1], dim=8, minCount=1, bucket=200, epoch=1, thread=1, verbose=0,
    minn=int(sys.argv[3]), maxn=int(sys.argv[4])
)
model.save_model(sys.argv[2])
words = json.loads(sys.stdin.read())
print(json.dumps([model.get_word_vector(word).tolist() for word in words]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(3, 6), (1, 2)])
def test_vectors_equal_those_of_fasttext(sizes, tmp_path):
    python = os.environ.get("KERASCLS_REFERENCE_PYTHON", sys.executable)
    has_it = subprocess.run([python, "-c", "import fasttext"], capture_output=True)
    if has_it.returncode:
        pytest.skip(f"{python} has no fasttext; set KERASCLS_REFERENCE_PYTHON")
    text = "今天 的 北京 大学 , naïve café 北京 today is a day 😀\n" * 20
    (tmp_path / "text.txt").write_text(text, "utf-8")
    wanted = ["北京", "今天", "café", "</s>", "tomorrow", "上海市", "é", "😀😀", "x"]
    done = subprocess.run(
        [python, "-c", SCRIPT, "text.txt", "model.bin", *map(str, sizes)],
        cwd=tmp_path,
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=True,
    )
    found = read(tmp_path, (tmp_path / "model.bin").read_bytes(), wanted)
    assert found.spelled == {"tomorrow", "上海市", "é", "😀😀", "x"}
    ours = dict(zip(found.words, found.rows, strict=True))
    for word, row in zip(wanted, json.loads(done.stdout), strict=True):
        assert np.allclose(ours[word], row, atol=1e-6), word
