import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.errors import SettingsError
from kerascls.system.tables import known_name, named

TABLE = {"mean": 1, "max": 2}


@given(st.sampled_from(sorted(TABLE)))
def test_a_name_of_the_table_comes_back(name):
    assert known_name(TABLE, name, "pooling") == name


@given(st.one_of(st.text(max_size=2), st.none(), st.lists(st.text())))
def test_any_other_value_is_refused_with_all_names(name):
    with pytest.raises(SettingsError, match="`pooling` to be one of mean, max"):
        known_name(TABLE, name, "pooling")


def test_the_nearest_name_is_said():
    with pytest.raises(SettingsError, match=r"pooling='meen'\. Did you mean 'mean'\?"):
        known_name(TABLE, "meen", "pooling")
    with pytest.raises(SettingsError, match=r"pooling='x'\. Choose one of them\."):
        known_name(TABLE, "x", "pooling")


def test_a_place_is_imported_when_it_is_asked_for():
    assert named("kerascls.system.tables:named") is named
