"""Which file is of which kind, and rows for the words of a vocabulary."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_vector_files import ROWS, WORDS, fasttext_model, text, word2vec_binary

from kerascls.errors import CheckpointError, DataError
from kerascls.preprocessing import word_vectors
from kerascls.preprocessing.tokenizers.words import WordTokenizer
from kerascls.preprocessing.word_vectors import embedding_matrix, read_word_vectors


def written(folder, content, name="vectors"):
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text", text()),
        ("text", text(header=False)),
        ("text", b"\xef\xbb\xbf" + text()),
        ("word2vec binary", word2vec_binary()),
        ("text", gzip.compress(text())),
        ("word2vec binary", gzip.compress(word2vec_binary(end=b"\n"))),
    ],
)
def test_the_kind_of_a_file_is_found_by_its_bytes(kind, content, tmp_path):
    found = read_word_vectors(written(tmp_path, content), [*WORDS, "nowhere"])
    assert (found.kind, found.words, found.num_words) == (kind, WORDS, 6)
    assert found.rows.tolist() == ROWS.tolist()
    assert found.source == str(tmp_path / "vectors")


def test_models_of_fasttext_and_arrays_are_found_by_their_bytes(tmp_path):
    found = read_word_vectors(written(tmp_path, fasttext_model()[0]), ["北京", "海"])
    assert (found.kind, found.spelled) == ("fastText model", {"海"})
    np.save(tmp_path / "x.npy", ROWS)
    written(tmp_path, "\n".join(WORDS).encode(), "x.vocab")
    found = read_word_vectors(tmp_path / "x.npy", WORDS)
    assert (found.kind, found.words) == ("NumPy array", WORDS)


def test_a_large_file_is_read_beyond_its_first_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(word_vectors, "HEAD_BYTES", 64)
    for content in (text(), word2vec_binary(), gzip.compress(text(header=False))):
        found = read_word_vectors(written(tmp_path, content), WORDS)
        assert found.rows.tolist() == ROWS.tolist()


@pytest.mark.parametrize(
    "content",
    [b"", b"<!DOCTYPE html>\n", b"version https://git-lfs\n", b"\x80\x04\x95", b"a\n"],
)
def test_what_is_no_file_of_vectors_is_refused(content, tmp_path):
    with pytest.raises(CheckpointError, match="Expected word vectors: text"):
        read_word_vectors(written(tmp_path, content), ["a"])


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (text()[:-9], "text.*line 7 has 3 values behind its word, not 4"),
        (word2vec_binary()[:-3], "word2vec binary.*ends within word 6 of 6"),
        (gzip.compress(fasttext_model()[0]), "fastText model.*must be unpacked"),
        (fasttext_model()[0][:200], "fastText model.*ends before its table"),
    ],
)
def test_damage_is_one_error_with_the_file_and_the_place(content, wrong, tmp_path):
    path = written(tmp_path, content)
    with pytest.raises(CheckpointError, match=f"Received: {path} .{wrong}"):
        read_word_vectors(path, WORDS)


def test_a_compressed_file_that_is_cut_off_is_refused(tmp_path):
    path = written(tmp_path, gzip.compress(text())[:-12])
    with pytest.raises(DataError, match="can be unpacked"):
        read_word_vectors(path, WORDS)


@pytest.mark.parametrize(("name", "what"), [("nowhere", "not there"), ("", "no file")])
def test_a_path_without_a_file_is_named(name, what, tmp_path):
    with pytest.raises(CheckpointError, match=f"which is {what}"):
        read_word_vectors(tmp_path / name, WORDS)


STARTS = [b"", b"2 2\n", b"a 1 2\n", fasttext_model()[0][:8]]


@given(st.binary(max_size=40), st.sampled_from(STARTS))
def test_any_bytes_are_vectors_or_an_error_of_ours(tmp_path_factory, content, start):
    path = written(tmp_path_factory.getbasetemp(), start + content, "any")
    try:
        assert read_word_vectors(path, ["a"]).dim
    except (CheckpointError, DataError):
        pass


TOKENIZER = WordTokenizer(["的", "北京", "上海", "today", "nba"])


def vectors(tmp_path, content=None):
    return read_word_vectors(written(tmp_path, content or text()), TOKENIZER.words)


def test_known_words_have_their_rows_and_padding_is_zero(tmp_path):
    matrix, note = embedding_matrix(TOKENIZER, vectors(tmp_path), 0)
    assert (matrix.shape, matrix.dtype) == ((9, 4), np.float32)
    assert matrix[[4, 5, 7]].tolist() == ROWS[:3].tolist()
    assert not matrix[TOKENIZER.pad_id].any()
    assert note == (
        f"word vectors: 3 of 5 words (60.0%), from {tmp_path / 'vectors'} (text, "
        f"6 words as {' '.join(WORDS[:5])}, 4 dimensions)"
    )


def test_unknown_words_are_drawn_at_the_scale_of_each_dimension(tmp_path):
    rng = np.random.default_rng(1)
    names = [f"w{n}" for n in range(300)]
    rows = rng.normal([5, -2], [0.1, 3], (300, 2))
    tokenizer = WordTokenizer([*names, *(f"u{n}" for n in range(3000))])
    found = read_word_vectors(written(tmp_path, text(names, rows)), [*tokenizer.words])
    matrix, _ = embedding_matrix(tokenizer, found, 0)
    drawn = matrix[-3000:]
    assert np.allclose(drawn.mean(axis=0), rows.mean(axis=0), atol=0.2)
    assert np.allclose(drawn.std(axis=0), rows.std(axis=0), rtol=0.1)
    assert matrix[tokenizer.unk_id].any() and len(np.unique(drawn, axis=0)) == 3000


def test_the_seed_decides_what_is_drawn(tmp_path):
    found = vectors(tmp_path)
    one, again, other = (
        embedding_matrix(TOKENIZER, found, seed)[0] for seed in (1, 1, 2)
    )
    assert (one == again).all() and (one[6] != other[6]).all()


def test_of_one_known_word_all_values_give_the_scale(tmp_path):
    found = vectors(tmp_path, b"1 3\nnba 1 2 6\n")
    matrix, _ = embedding_matrix(TOKENIZER, found, 0)
    assert len(np.unique(matrix, axis=0)) == 9


def test_coverage_counts_occurrences_too_and_unknown_words_among_them(tmp_path):
    counts = np.array([9, 20, 9, 9, 50, 20, 5, 3, 2])
    _, note = embedding_matrix(TOKENIZER, vectors(tmp_path), 0, counts)
    assert note.startswith("word vectors: 3 of 5 words (60.0%), 73.0% of occurrences,")


def test_little_coverage_is_told_with_examples_and_causes(tmp_path):
    tokenizer = WordTokenizer(["国", "足", "大", "胜", "的", "了"])
    found = read_word_vectors(written(tmp_path, text()), tokenizer.words)
    _, note = embedding_matrix(tokenizer, found, 0)
    assert note.startswith("word vectors: 1 of 6 words (16.7%), from ")
    assert "That is little: it does not know 国 足 大 胜 了. Likely its words" in note
    assert "units=auto, others are words, characters, jieba." in note


def test_words_made_of_ngrams_are_no_sign_that_vectors_fit(tmp_path):
    tokenizer = WordTokenizer(["国", "足", "大", "胜", "的", "了"])
    found = read_word_vectors(written(tmp_path, fasttext_model()[0]), tokenizer.words)
    _, note = embedding_matrix(tokenizer, found, 0)
    assert "6 of 6 words (100.0%)" in note
    assert "; 5 of them put together from character n-grams. That is little" in note


def test_vectors_of_other_words_are_refused(tmp_path):
    tokenizer = WordTokenizer(["国", "足"])
    found = read_word_vectors(written(tmp_path, text()), tokenizer.words)
    with pytest.raises(CheckpointError) as error:
        embedding_matrix(tokenizer, found, 0)
    assert "none of its 2 words, such as 国 足. Take others:" in str(error.value)
