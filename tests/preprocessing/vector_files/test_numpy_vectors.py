from io import BytesIO

import numpy as np
import pytest
from word_vector_files import ROWS, WORDS, problem

from kerascls.preprocessing.vector_files.gathered import Gathered, VectorFile
from kerascls.preprocessing.vector_files.numpy_vectors import is_numpy, read_numpy


def read(path, wanted=WORDS):
    content = path.read_bytes()
    file = VectorFile(
        path=path, stream=BytesIO(content), head=content, num_bytes=len(content)
    )
    return read_numpy(file, Gathered(wanted), "NumPy array")


def written(folder, rows=ROWS, words=WORDS, suffix=".vocab", end="\n"):
    np.save(folder / "x.npy", rows)
    content = "".join(f"{word}{end}" for word in words)
    (folder / f"x{suffix}").write_text(content, "utf-8", newline="")
    return folder / "x.npy"


@pytest.mark.parametrize("suffix", [".vocab", ".txt"])
@pytest.mark.parametrize("dtype", ["f2", "<f4", ">f8"])
def test_rows_belong_to_the_lines_of_the_file_beside(suffix, dtype, tmp_path):
    found = read(written(tmp_path, ROWS.astype(dtype), suffix=suffix), WORDS[::-2])
    assert set(found.words) == {*WORDS[::-2]}
    assert found.rows.dtype == np.float32
    for word, row in zip(found.words, found.rows, strict=True):
        assert row.tolist() == ROWS[WORDS.index(word)].tolist()


def test_line_ends_of_windows_and_a_mark_at_the_beginning_are_no_words(tmp_path):
    path = written(tmp_path, end="\r\n")
    vocab = tmp_path / "x.vocab"
    vocab.write_bytes(b"\xef\xbb\xbf" + vocab.read_bytes().rstrip(b"\r\n"))
    assert read(path).words == WORDS


@pytest.mark.parametrize(
    ("rows", "words", "wrong"),
    [
        (ROWS, WORDS[:-1], "6 rows, and 5 words are beside it"),
        (ROWS[0], WORDS, "shape (4,)"),
        (ROWS.astype(int), WORDS, "int64, not rows of floats"),
        (ROWS[:, :0], WORDS, "shape (6, 0)"),
        (ROWS * np.nan, WORDS, "row 0, '的', has values that are not finite"),
        (np.full((6, 4), 1e300), WORDS, "row 0, '的', has values that are not finite"),
        (ROWS, ["a"] * 6, "row 1, 'a', was there with another vector"),
    ],
)
def test_what_is_wrong_is_named(rows, words, wrong, tmp_path):
    path = written(tmp_path, rows, words)
    assert wrong in problem(path, wanted=[*WORDS, "a"])


def test_a_file_of_words_must_be_beside(tmp_path):
    path = written(tmp_path)
    (tmp_path / "x.vocab").unlink()
    told = problem(path)
    assert "no x.vocab or x.txt with its words" in told
    assert told.endswith(
        f"Write {tmp_path / 'x.vocab'}: one word a line, in the order of the rows, "
        f"in UTF-8."
    )


def test_words_in_another_encoding_are_converted_not_the_array(tmp_path):
    path = written(tmp_path)
    vocab = tmp_path / "x.vocab"
    vocab.write_bytes("\n".join("北京体育大学").encode("gb18030"))
    assert f"UTF-8 {vocab} > {vocab}.utf8`" in problem(path)


@pytest.mark.parametrize("size", [20, 140])
def test_an_array_that_is_cut_off_is_refused_before_it_is_allocated(size, tmp_path):
    path = written(tmp_path)
    assert problem(path, path.read_bytes()[:size])


def test_what_numpy_cannot_read_is_told_in_its_words(tmp_path, monkeypatch):
    def load(*_, **__):
        raise EOFError("No data left in file.")

    monkeypatch.setattr(np, "load", load)
    assert "numpy says: No data left in file. Copy" in problem(written(tmp_path))


def rows_of_their_own():
    rows = np.empty(6, object)
    rows[:] = [*ROWS]
    return rows


@pytest.mark.parametrize("rows", [ROWS.astype(object), rows_of_their_own()])
def test_python_objects_are_not_loaded_and_written_as_numbers_they_are(rows, tmp_path):
    path = written(tmp_path, rows)
    told = problem(path)
    assert "holds Python objects" in told and ".." not in told
    exec(told.split("in Python: `")[1].split("`")[0], {"np": np})
    assert read(path).rows.tolist() == ROWS.tolist()


def test_an_array_is_known_by_its_first_bytes():
    assert is_numpy(b"\x93NUMPY\x01") and not is_numpy(b"PK\x03\x04")
