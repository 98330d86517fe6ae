"""How skewed labels are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.imbalance import BRACKETS, Imbalance, bracket_of

ROWS_OF = st.lists(st.integers(1, 10_000), min_size=1, max_size=30).map(
    lambda counts: {f"l{n}": rows for n, rows in enumerate(counts)}
)


def test_the_numbers_are_those_of_charte():
    found = Imbalance.of({"a": 8, "b": 4, "c": 2})
    assert found.ratio_of == {"a": 1.0, "b": 2.0, "c": 4.0}
    assert found.ratio == 4
    assert found.mean_ratio == pytest.approx(7 / 3)


def test_half_and_two_quarters_have_an_entropy_of_a_bit_and_a_half():
    found = Imbalance.of({"a": 2, "b": 1, "c": 1})
    assert found.effective_labels == pytest.approx(2**1.5)
    assert found.evenness == pytest.approx(1.5 / 1.584962500721156)


@given(st.integers(1, 1000), st.integers(1, 50))
def test_labels_of_as_many_rows_are_balanced(rows, num_labels):
    found = Imbalance.of({f"l{n}": rows for n in range(num_labels)})
    assert found.ratio == found.mean_ratio == 1
    assert found.evenness == pytest.approx(1)
    assert found.effective_labels == pytest.approx(num_labels)


@given(ROWS_OF)
def test_numbers_stay_in_their_ranges(rows_of):
    found = Imbalance.of(rows_of)
    assert 1 <= found.mean_ratio <= found.ratio
    assert 0 <= found.evenness <= 1 + 1e-9
    assert 1 - 1e-9 <= found.effective_labels <= len(rows_of) + 1e-6
    assert sum(one.labels for one in found.brackets.values()) == len(rows_of)
    assert sum(one.rows for one in found.brackets.values()) == sum(rows_of.values())


@given(ROWS_OF, st.integers(1, 9))
def test_as_many_times_the_rows_are_as_skewed(rows_of, factor):
    more = Imbalance.of({name: factor * rows for name, rows in rows_of.items()})
    assert more.ratio_of == pytest.approx(Imbalance.of(rows_of).ratio_of)
    assert more.evenness == pytest.approx(Imbalance.of(rows_of).evenness)


@pytest.mark.parametrize(
    "rows, bracket",
    [(100, "head"), (99, "middle"), (10, "middle"), (9, "tail"), (0, "tail")],
)
def test_a_label_is_in_the_bracket_of_its_rows(rows, bracket):
    assert bracket_of(rows) == bracket


def test_no_labels_are_not_skewed():
    found = json.loads(json.dumps(Imbalance.of({}).to_dict()))
    assert (found["ratio"], found["evenness"]) == (1, 1)
    assert found["brackets"] == {n: {"labels": 0, "rows": 0} for n in BRACKETS}
