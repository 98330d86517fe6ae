"""What all groups share: frozen, closed, finite; names of tables."""

from typing import Annotated

import pytest
from pydantic import AfterValidator, ValidationError

from kerascls.errors import SettingsError
from kerascls.settings.group import JSON_OBJECT, ONE_OR_MORE, Group, NameIn
from kerascls.settings.run_settings import RunSettings

TABLE = {"mean": 1, "max": 2}


class Example(Group):
    pooling: Annotated[str, AfterValidator(NameIn(TABLE, "pooling"))] = "mean"
    columns: Annotated[tuple[str, ...], ONE_OR_MORE] = ()
    share: float = 0.5
    weights: Annotated[dict[str, float], JSON_OBJECT] = {}


def test_settings_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        RunSettings().train.epochs = 3


def test_unknown_fields_and_infinite_numbers_are_refused():
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Example(shares=1)
    for number in ("nan", "inf"):
        with pytest.raises(ValidationError, match="finite"):
            Example(share=number)


def test_a_lone_string_is_a_list_of_one():
    assert Example(columns="title").columns == ("title",)
    assert Example(columns=["a", "b"]).columns == ("a", "b")


def test_a_name_of_the_table_is_taken_also_one_that_was_added(monkeypatch):
    assert Example(pooling="max").pooling == "max"
    monkeypatch.setitem(TABLE, "last", 3)
    assert Example(pooling="last").pooling == "last"


def test_another_name_is_refused_with_the_option_and_the_nearest_name():
    with pytest.raises(ValidationError) as caught:
        Example(pooling="maxx")
    cause = caught.value.errors()[0]["ctx"]["error"]
    assert isinstance(cause, SettingsError)
    assert "pooling='maxx'. Did you mean 'max'?" in str(cause)


@pytest.mark.parametrize("given", [{"a": 1.5}, '{"a": 1.5}'])
def test_a_dict_may_be_json(given):
    assert Example(weights=given).weights == {"a": 1.5}
    assert Example(weights=None).weights == {}


@pytest.mark.parametrize("given", ["a=1", '{"a": 1, "a": 2}', "[1]"])
def test_what_is_no_json_object_is_refused(given):
    with pytest.raises(ValidationError):
        Example(weights=given)
