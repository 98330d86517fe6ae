"""What training fixed of the input is read back as it was, or refused."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.errors import SettingsError
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.preprocessing.sequence_layout import Layout

PAIR = {
    "text_columns": ["question", "answer"],
    "label_column": "label",
    "pair": True,
    "do_lower_case": True,
    "max_tokens": 16,
    "truncate": "head",
}
specs = st.builds(
    InputSpec,
    text_columns=st.lists(st.text(), min_size=2, max_size=4),
    label_column=st.text(),
    pair=st.booleans(),
    do_lower_case=st.booleans(),
    max_tokens=st.integers(9, 512),
    truncate=st.sampled_from(["head", "tail", "both"]),
)


@given(specs)
def test_what_is_written_is_what_is_read(spec):
    assert InputSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_the_keys_and_their_order_are_those_of_earlier_versions():
    written = InputSpec.from_dict(PAIR).to_dict()
    assert json.dumps(written) == json.dumps(PAIR)


def test_windows_are_written_and_read_where_there_are_any():
    one = {"text_columns": ["text"], "pair": False, "label_column": "label"}
    written = PAIR | one | {"max_windows": 3, "window_overlap": 2}
    spec = InputSpec.from_dict(written)
    assert spec.to_dict() == written
    assert spec.input_rank == 3
    tokenizer = SimpleNamespace(cls_id=2, sep_id=3, pad_id=7)
    layout = spec.layout(tokenizer)
    assert (layout.max_windows, layout.window_overlap) == (3, 2)
    for name, value in {"max_windows": "3", "window_overlap": 14}.items():
        with pytest.raises(SettingsError, match=f"Received: {name}="):
            InputSpec.from_dict(written | {name: value})
    with pytest.raises(SettingsError, match="one text column for windows"):
        InputSpec.from_dict(PAIR | {"max_windows": 3})


def test_columns_that_came_as_a_list_are_a_tuple_so_that_nobody_changes_them():
    assert InputSpec.from_dict(PAIR).text_columns == ("question", "answer")


@pytest.mark.parametrize("key", PAIR)
def test_a_missing_key_is_refused(key):
    keys = sorted(set(PAIR) - {key})
    with pytest.raises(SettingsError, match=rf"by the keys .*Received: keys=\[{keys}"):
        InputSpec.from_dict({name: PAIR[name] for name in keys})


def test_an_unknown_key_is_refused():
    with pytest.raises(SettingsError, match="Received: keys=.*'stride'.*Read it with"):
        InputSpec.from_dict(PAIR | {"stride": 4})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("text_columns", []),
        ("text_columns", "question"),
        ("text_columns", ["question", 2]),
        ("text_columns", None),
        ("label_column", None),
        ("label_column", ["label"]),
        ("pair", 1),
        ("pair", "yes"),
        ("do_lower_case", None),
        ("do_lower_case", 0),
        ("max_tokens", "16"),
        ("max_tokens", 16.0),
        ("max_tokens", True),
        ("max_tokens", 4),
        ("truncate", "middle"),
        ("truncate", ["head"]),
        ("truncate", None),
    ],
)
def test_a_value_that_is_none_of_its_kind_is_refused(key, value):
    with pytest.raises(SettingsError, match=rf"Expected .* Received: {key}=.*\. Give"):
        InputSpec.from_dict(PAIR | {key: value})


def test_a_pair_of_one_column_is_refused():
    with pytest.raises(SettingsError, match="A pair needs two text fields"):
        InputSpec.from_dict(PAIR | {"text_columns": ["question"]})


def test_the_layout_has_the_special_tokens_of_the_tokenizer():
    tokenizer = SimpleNamespace(cls_id=2, sep_id=3, pad_id=7)
    spec = InputSpec.from_dict(PAIR | {"truncate": "both"})
    assert spec.layout(tokenizer) == Layout(
        max_tokens=16, cls_id=2, sep_id=3, pad_id=7, truncate="both", pair=True
    )


def test_one_separator_is_what_earlier_versions_read():
    assert "separators" not in InputSpec.from_dict(PAIR).to_dict()
    doubled = InputSpec.from_dict(PAIR | {"separators": 2, "max_tokens": 6})
    assert InputSpec.from_dict(doubled.to_dict()) == doubled
    tokenizer = SimpleNamespace(cls_id=2, sep_id=3, pad_id=7)
    assert doubled.layout(tokenizer).separators == 2
    with pytest.raises(SettingsError, match="Give at least 6"):
        InputSpec.from_dict(PAIR | {"separators": 2, "max_tokens": 5})


@pytest.mark.parametrize("value", [0, 3, True, "2", None])
def test_separators_are_one_or_two(value):
    with pytest.raises(SettingsError, match="Expected separators to be 1 or 2"):
        InputSpec.from_dict(PAIR | {"separators": value})
