import gzip
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from word_vector_files import problem

from kerascls.preprocessing.vector_files import gathered as module
from kerascls.preprocessing.vector_files.gathered import Gathered, VectorFile
from kerascls.preprocessing.word_vectors import read_word_vectors

ROW = np.ones(2, np.float32)


def test_only_rows_of_wanted_words_are_kept():
    gathered = Gathered(["a", "北京\u3000大学"])
    for word in ("b", "北京\u3000大学", "c"):
        if gathered.wants(word.encode()):
            gathered.keep(word.encode(), ROW, "line 1")
    found = gathered.vectors(Path("x.vec"), "text", 2)
    assert (found.words, found.num_words) == (("北京\u3000大学",), 3)
    assert found.first_words == ("b", "北京\u3000大学", "c")
    assert found.rows.tolist() == [[1, 1]]
    assert gathered.unmet() == [b"a"]


def test_without_a_found_word_the_dimension_is_known():
    found = Gathered(["a"]).vectors(Path("x.vec"), "text", 7)
    assert (found.words, found.dim, found.rows.dtype) == ((), 7, np.float32)


def test_a_word_with_two_different_vectors_is_refused():
    gathered = Gathered(["a"])
    gathered.keep(b"a", ROW, "line 2")
    gathered.keep(b"a", ROW.copy(), "line 3")
    with pytest.raises(ValueError, match="line 4, 'a', was there with another vector"):
        gathered.keep(b"a", ROW * 2, "line 4")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_refused(value):
    with pytest.raises(ValueError, match="line 2, 'a', has values that are not finite"):
        Gathered(["a"]).keep(b"a", np.array([1, value], np.float32), "line 2")


def test_words_in_another_encoding_are_refused_and_some_broken_ones_are_not(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(module, "LOOKED_AT_WORDS", 4)
    content = "a 1\n北京 1\n体育 1\n大学 1\n".encode("gb18030")
    told = problem(tmp_path / "x.vec", content)
    assert "3 of the first 4 words are not in UTF-8, such as b'" in told
    assert "Copy or download" not in told
    gathered = Gathered([])
    for word in ("北京", "体育", "a"):
        gathered.wants(word.encode())
    gathered.wants("大学".encode()[:-1])
    assert gathered.vectors(Path("x"), "text", 1).num_words == 4


@pytest.mark.skipif(shutil.which("iconv") is None, reason="no iconv")
def test_the_line_that_converts_words_to_utf8_does_it(tmp_path):
    path = tmp_path / "词 向量.vec"
    told = problem(path, "北京 1\n体育 2\n".encode("gb18030"))
    command = told.split("with `")[1].split("`")[0]
    subprocess.run(command, shell=True, check=True)  # noqa: S602
    found = read_word_vectors(f"{path}.utf8", ["体育"])
    assert found.rows.tolist() == [[2]]


def test_compressed_words_in_another_encoding_are_unpacked_before(tmp_path):
    content = gzip.compress("北京 1\n体育 2\n".encode("gb18030"))
    told = problem(tmp_path / "x.vec.gz", content)
    assert "text is unpacked first" in told and "x.vec.gz.utf8" not in told


def test_what_is_compressed_has_no_size_to_rely_on():
    file = VectorFile(path=Path("x"), stream=BytesIO(), head=b"", num_bytes=None)
    with pytest.raises(ValueError, match="must be unpacked"):
        file.require_plain()
