import json
from importlib.metadata import version

import pytest
from any_json import ANYTHING, paths_in, replaced
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerascls.errors import CheckpointError, KerasclsError, MissingPackageError
from kerascls.preprocessing.tokenizers.words import WordTokenizer
from kerascls.preprocessing.tokenizers.words_file import (
    read_content,
    require_words,
    segmenter_of,
)
from kerascls.system import extras

CONTENT = {"format_version": 1, "units": "auto", "segmenter": None, "words": ["a", "b"]}


def written(tmp_path, content):
    path = tmp_path / "words.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"format_version": 2}, "format_version=2"),
        ({"units": "syllables"}, "units='syllables'"),
        ({"units": ["auto"]}, r"units=\['auto'\]"),
        ({"words": {"a": 4}}, "`words` are no list"),
        ({"words": ["a", 1]}, "`words` are no list"),
        ({"segmenter": {"version": "1"}}, "segmenter="),
        ({"units": "jieba"}, "does not say which version of rjieba"),
        ({"units": "jieba", "segmenter": {"package": "jieba"}}, "which version of rji"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(changes, wrong, tmp_path):
    path = written(tmp_path, CONTENT | changes)
    with pytest.raises(CheckpointError, match=f"{path}, where .*{wrong}"):
        read_content(path)


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b"{"])
def test_a_file_without_an_object_is_damaged(content, tmp_path):
    path = tmp_path / "words.json"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="no object is"):
        read_content(path)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_file_with_any_value_in_it_works_or_is_an_error_of_ours(data, tmp_path):
    path = data.draw(st.sampled_from([*paths_in(CONTENT)]))
    file = written(tmp_path, replaced(CONTENT, path, data.draw(ANYTHING)))
    try:
        assert WordTokenizer.open(file).encode_ids(["a c"])
    except KerasclsError:
        pass


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["a", "b", "a"], "3 words, 1 of them twice"),
        (["a", ""], "one of them empty"),
        (["a", "\ud800"], "no text"),
        (["a", 5], "no text"),
    ],
)
def test_words_that_no_text_can_have_are_refused(words, wrong):
    with pytest.raises(CheckpointError, match=f"Received: x.json with .*{wrong}"):
        require_words(words, "x.json")


def test_units_without_a_package_have_no_segmenter():
    assert segmenter_of("auto", None, "x.json") is None


def test_package_version_and_dictionary_are_named():
    pytest.importorskip("rjieba")
    found = segmenter_of("jieba", None, "x.json")
    assert (found["package"], found["version"]) == ("rjieba", version("rjieba"))
    assert "dict.txt" in found["dictionary"]
    assert segmenter_of("jieba", found, "x.json") == found


def test_another_version_of_what_cut_the_words_is_refused():
    pytest.importorskip("rjieba")
    with pytest.raises(MissingPackageError) as error:
        segmenter_of("jieba", {"version": "0.0.1"}, "x.json")
    assert "Expected rjieba 0.0.1, which cut the words of x.json" in str(error.value)
    assert 'pip install "rjieba==0.0.1"' in str(error.value)


def test_where_the_package_is_missing_the_version_to_install_is_told(monkeypatch):
    monkeypatch.setattr(extras, "is_installed", lambda name: False)
    with pytest.raises(MissingPackageError) as error:
        segmenter_of("jieba", {"version": "0.2.2"}, "x.json")
    assert "units=jieba needs more than is installed" in str(error.value)
    assert 'pip install "rjieba==0.2.2" brings what cut x.json' in str(error.value)
    with pytest.raises(MissingPackageError, match=r"kerascls\[jieba\]"):
        segmenter_of("jieba", None, "words")
