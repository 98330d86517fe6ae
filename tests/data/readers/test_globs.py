"""Patterns of file names stand for the files that a person would expect."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.frame_kinds import as_source, as_sources
from kerascls.data.readers.globs import (
    is_pattern,
    is_system_name,
    matches,
    nothing_matched,
    one_file,
)
from kerascls.errors import DataError, SettingsError


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Makes files, with the folders they are in, in an empty working directory."""
    monkeypatch.chdir(tmp_path)

    def make(*names):
        for name in names:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text("text,label\na,x\n", encoding="utf-8")

    return make


def found(pattern):
    return [path.as_posix() for path in matches(Path(pattern))]


def test_files_come_in_natural_order(made):
    made("data/part10.csv", "data/part2.csv", "data/part1.csv", "data/other.tsv")
    assert found("data/part*.csv") == [f"data/part{n}.csv" for n in (1, 2, 10)]


def test_question_marks_and_sets_are_characters(made):
    made("part1.csv", "part2.csv", "part10.csv", "partx.csv")
    assert found("part?.csv") == ["part1.csv", "part2.csv", "partx.csv"]
    assert found("part[12].csv") == ["part1.csv", "part2.csv"]
    assert found("part[!0-9].csv") == ["partx.csv"]


def test_two_stars_go_down_all_folders_and_match_files_only(made):
    made("data/a.csv", "data/新闻/b.csv", "data/新闻/体育/c.csv", "a.csv")
    every = ["data/a.csv", "data/新闻/b.csv", "data/新闻/体育/c.csv"]
    assert sorted(found("data/**/*.csv")) == sorted(every)
    assert sorted(found("data/**")) == sorted(every)


def test_a_folder_is_matched_as_a_shell_matches_it(made):
    made("data/体育/1.txt", "data/健康/2.txt")
    assert found("dat?") == ["data"]
    assert sorted(found("data/*")) == sorted(["data/体育", "data/健康"])


@pytest.mark.parametrize("hidden", [".a.csv", "~$a.csv", ".git/a.csv", "Thumbs.db"])
def test_what_is_hidden_is_not_matched(made, hidden):
    made("b.csv", hidden)
    assert found("**") == ["b.csv"]
    assert found("*") == ["b.csv"]


def test_what_is_hidden_is_matched_where_the_pattern_names_its_folder(made):
    made(".cache/a.csv")
    assert found(".cache/*.csv") == [".cache/a.csv"]


@pytest.mark.parametrize("name", ["a[1].csv", "a*.csv", "什么?.csv"])
def test_a_file_that_is_really_called_so_is_meant(made, name):
    made(name, "a1.csv", "ab.csv", "什么呢.csv")
    assert not is_pattern(Path(name))
    assert as_sources(name) == (Path(name),)


def test_a_folder_that_is_really_called_so_is_meant(made):
    made("x[1]/a.csv", "x1/a.csv")
    assert found("x[1]/*.csv") == ["x[1]/a.csv"]


def test_the_home_directory_is_found_where_the_shell_leaves_it(made, monkeypatch):
    made("home/a.csv")
    monkeypatch.setenv("HOME", str(Path("home").absolute()))
    monkeypatch.setenv("USERPROFILE", str(Path("home").absolute()))
    assert matches(Path("~/*.csv")) == [Path("home/a.csv").absolute()]


def test_an_absolute_pattern_gives_absolute_paths(made, tmp_path):
    made("a.csv")
    assert matches(tmp_path / "*.csv") == [tmp_path / "a.csv"]


def test_patterns_files_and_tables_are_read_together(made):
    pyarrow = pytest.importorskip("pyarrow")
    made("p1.csv", "p2.csv", "q.csv")
    table = {"text": ["a"], "label": ["x"]}
    *files, frame = as_sources(["p*.csv", "q.csv", pyarrow.table(table)])
    assert files == [Path("p1.csv"), Path("p2.csv"), Path("q.csv")]
    assert frame.name == "<Table 1 row>"


def test_where_one_file_is_wanted_a_pattern_may_match_one(made):
    made("p1.csv", "p2.csv")
    assert one_file("p[1].csv") == as_source("p[1].csv") == Path("p1.csv")
    with pytest.raises(SettingsError, match=r"'p\*.csv', which matches 2: p1.csv, p2"):
        as_source("p*.csv")


def test_a_pattern_that_matches_nothing_is_told_with_what_is_there(made):
    made(*(f"data/{number}.tsv" for number in range(8)), "data/.hidden.csv")
    assert as_sources("data/*.csv") == (Path("data/*.csv"),)
    there = "in 'data' are: 0.tsv, 1.tsv, 2.tsv, 3.tsv, 4.tsv and 3 more"
    with pytest.raises(DataError, match=re.escape(there)):
        read("data/*.csv", ReadOptions())
    assert nothing_matched(Path("data/*.csv")).endswith(there)


def test_of_folders_that_do_not_exist_the_last_that_does_is_shown(made):
    made("data/a.csv")
    assert nothing_matched(Path("data/no/*.csv")).endswith("in 'data' are: a.csv")


@given(st.text(max_size=20))
def test_any_text_is_one_path_or_a_pattern(text):
    assert is_pattern(Path(text)) <= bool(set(text) & set("*?["))
    assert all(isinstance(one, Path) for one in as_sources(text))


def test_system_names_are_told_from_others():
    assert all(map(is_system_name, (".x", "~$x.xlsx", "Thumbs.db", "__MACOSX")))
    assert not any(map(is_system_name, ("x", "~x", "体育")))


def test_a_user_who_is_not_there_is_no_home_directory(made):
    assert matches(Path("~nobody-of-this-name/*.csv")) == []
