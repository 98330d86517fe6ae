"""Several labels in one cell."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers.cells import cell_text
from kerascls.data.readers.label_cells import (
    check_separator,
    join_labels,
    listed,
    split_labels,
)
from kerascls.errors import DataError, SettingsError

NAME = st.one_of(
    st.text(st.sampled_from("ab|;\\[]\",'\n -/体育😀"), min_size=1, max_size=6),
    st.text(min_size=1, max_size=6),
)
NAMES = st.lists(NAME.map(str.strip).filter(bool), max_size=4, unique=True)


@given(NAMES, st.sampled_from([*"|;, \t/", ",，", "|-]", "\n\t"]))
def test_joined_names_come_back(names, separator):
    assert split_labels(join_labels(names, separator), separator) == tuple(names)


@given(NAMES)
def test_a_json_list_comes_back(names):
    assert split_labels(json.dumps(names)) == tuple(names)


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("", ()),
        ("  ", ()),
        ("[]", ()),
        ("组织关系-裁员", ("组织关系-裁员",)),
        (" a | b/c ", ("a", "b/c")),
        ("a|b|a", ("a", "b")),
        (r"a\|b|c", ("a|b", "c")),
        (r"a\\|b", ("a\\", "b")),
        (r"\[a]|b", ("[a]", "b")),
        (r"\\[a]", (r"\[a]",)),
        (r"C:\new|b", (r"C:\new", "b")),
        ("a|[b", ("a", "[b")),
        ('["a|b", "c", "a|b"]', ("a|b", "c")),
        ("[1, 2]", ("1", "2")),
        ("[1.0, 2]", ("1", "2")),
        ("['a|b', \"it's\"]", ("a|b", "it's")),
        (r"['\u4f53\u80b2', 'b\\c']", ("体育", "b\\c")),
        (r'["a\/b"]', ("a/b",)),
        ('{"choices": ["a", "b"]}', ("a", "b")),
        ('{"choices": "a"}', ("a",)),
    ],
)
def test_a_cell_gives_its_labels(cell, labels):
    assert split_labels(cell) == labels


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("a||b", "label 2 of 3 is empty"),
        ("a|", "label 2 of 2 is empty"),
        ('["a", " "]', "label 2 of 2 is empty"),
        ("[其他]", "begins like a JSON list"),
        ("[1.5]", "must be a text, not 1.5"),
        ("[true]", "must be a text, not true"),
        ('[{"体": 1}]', 'must be a text, not {"体": 1}'),
        ("['a' 'b']", "begins like a JSON list"),
        ("['a', None]", "begins like a JSON list"),
        ('{"choices": [', "begins like choices"),
        ('{"choices": ["a"], "choices": ["b"]}', "begins like choices"),
        ("[" * 100_000, "begins like a JSON list"),
    ],
)
def test_an_unreadable_cell_is_refused(cell, message):
    with pytest.raises(DataError, match=message):
        split_labels(cell)


@pytest.mark.parametrize("separator", ["", "\\", "[", "||", ", ", "和,", ",["])
def test_a_separator_that_cannot_be_told_apart_is_refused(separator):
    with pytest.raises(SettingsError, match="label_separator="):
        check_separator(separator)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"choices": ["体育", "健康"]}, ["体育", "健康"]),
        ({"choices": "体育"}, ["体育"]),
        ({"体育": 1.0, "汽车": 0.0, "健康": 1}, ["体育", "健康"]),
        ({"a": True, "b": False}, ["a"]),
        ({"a": 0.0}, []),
        ({}, []),
        ({"体育": 0.7}, [{"体育": 0.7}]),
        ({"name": "体育"}, [{"name": "体育"}]),
    ],
)
def test_objects_of_label_studio_and_spacy_hold_names(value, names):
    assert listed(value) == names


@pytest.mark.parametrize(
    ("written", "meant"),
    [(r"\n", "\n"), (r"\t", "\t"), ("\n", "\n"), (r"\n,", "\n,")],
)
def test_a_separator_that_nobody_can_type_is_written_as_two_characters(written, meant):
    assert check_separator(written) == meant


def test_each_of_several_separators_separates():
    assert split_labels("a,b，c", ",，") == ("a", "b", "c")
    assert split_labels(r"a\，b，c", ",，") == ("a，b", "c")


def test_names_that_join_to_a_formula_are_read_again(tmp_path):
    names = ('="a', 'b"')
    assert split_labels(cell_text(join_labels(names))) == names
    alone = ('="a"',)
    assert split_labels(cell_text(join_labels(alone))) == alone
