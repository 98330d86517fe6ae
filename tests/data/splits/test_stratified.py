"""Parts that resemble each other."""

import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers import read
from kerascls.data.splits import SplitMethod, split_method, stratified, stratified_split
from kerascls.errors import SettingsError
from kerascls.system import extras

NAMES = st.sampled_from("abcdefgh")
ONE_EACH = st.lists(st.tuples(NAMES), max_size=60)
LABELS = st.lists(NAMES, max_size=3, unique=True).map(tuple)
ANY_NUMBER = st.lists(LABELS, max_size=60)
FRACTIONS = st.sampled_from([(1.0,), (0.7, 0.15, 0.15), (0.85, 0.15), (0.1, 0.9)])


def skewed_rows(num_rows, num_labels, seed=0):
    """Rows with any number of labels, the first label frequent, the last rare."""
    shares = 0.3 / (1 + np.arange(num_labels))
    table = np.random.default_rng(seed).random((num_rows, num_labels)) < shares
    return [tuple(f"label {column}" for column in np.flatnonzero(row)) for row in table]


def label_counts(labels, rows):
    return Counter(name for row in rows for name in labels[row])


@given(st.one_of(ONE_EACH, ANY_NUMBER), FRACTIONS, st.integers(0, 2**31 - 1))
def test_every_row_is_in_exactly_one_part(labels, fractions, seed):
    parts = stratified_split(labels, fractions, seed)
    assert len(parts) == len(fractions)
    assert all(part.dtype == np.int64 for part in parts)
    assert all((np.diff(part) > 0).all() for part in parts)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))


@given(st.one_of(ONE_EACH, ANY_NUMBER), FRACTIONS, st.integers(0, 2**31 - 1))
def test_the_first_part_knows_every_label(labels, fractions, seed):
    first, *others = stratified_split(labels, fractions, seed)
    known = label_counts(labels, first).keys()
    for part in others:
        lone = len(part) == 1  # it would be empty else
        assert lone or label_counts(labels, part).keys() <= known


@given(st.one_of(ONE_EACH, ANY_NUMBER), FRACTIONS, st.integers(0, 2**31 - 1))
def test_no_part_is_empty_where_there_are_as_many_rows(labels, fractions, seed):
    parts = stratified_split(labels, fractions, seed)
    assert len(labels) < len(parts) or all(map(len, parts))


@given(
    st.one_of(ONE_EACH, ANY_NUMBER).filter(lambda labels: len(labels) > 2),
    st.sampled_from([(1.0,), (0.7, 0.15, 0.15), (0.85, 0.15), (0.5, 0.5)]),
    st.integers(0, 2**31 - 1),
)
def test_parts_have_their_size_where_no_label_is_rarer_than_they(rows, fractions, seed):
    labels = rows * 3
    parts = stratified_split(labels, fractions, seed)
    for part, fraction in zip(parts, fractions, strict=True):
        assert abs(len(part) - fraction * len(labels)) < 1


def test_labels_of_one_row_each_leave_no_part_empty():
    parts = stratified_split([(f"label {n}",) for n in range(30)], (0.7, 0.15, 0.15), 0)
    assert [len(part) for part in parts] == [28, 1, 1]


def test_a_part_that_would_be_empty_gets_a_row_whose_label_is_known():
    labels = [(f"label {n}",) for n in range(30)] + [("label 0",)]
    first, *others = stratified_split(labels, (0.7, 0.15, 0.15), 0)
    assert any(set(part) & {0, 30} for part in others)
    assert len(label_counts(labels, first)) >= 29


def test_the_sample_is_split_as_stated():
    path = Path(__file__).resolve().parents[3] / "data" / "news.csv"
    labels = [example.labels for example in read(path).examples]
    shares = (0.7, 0.15, 0.15)
    parts = stratified_split(labels, shares, 42)
    assert len(parts[0]) == 287
    assert {len(part) for part in parts[1:]} == {61, 62}
    sizes = label_counts(labels, range(len(labels)))
    for part, share in zip(parts, shares, strict=True):
        for name, count in label_counts(labels, part).items():
            assert count == pytest.approx(share * sizes[name], abs=2.5)


@given(st.one_of(ONE_EACH, ANY_NUMBER), FRACTIONS, st.integers(0, 2**31 - 1))
def test_the_same_seed_gives_the_same_parts(labels, fractions, seed):
    for one, other in zip(
        stratified_split(labels, fractions, seed),
        stratified_split(labels, fractions, seed),
        strict=True,
    ):
        assert np.array_equal(one, other)


@given(ONE_EACH, st.sampled_from([(0.7, 0.15, 0.15), (0.85, 0.15), (0.5, 0.5)]))
def test_every_class_is_dealt_out_in_proportion(labels, fractions):
    sizes = Counter(name for (name,) in labels)
    parts = stratified_split(labels, fractions, 0)
    # A part that would be empty got a row, of whatever class.
    limit = 1 if min(map(len, parts)) > 1 else 2
    for part, fraction in zip(parts, fractions, strict=True):
        found = label_counts(labels, part)
        for name, size in sizes.items():
            assert abs(found[name] - fraction * size) <= limit


def test_what_is_left_over_goes_where_rows_are_missing():
    labels = [(f"class {row % 100}",) for row in range(300)]
    parts = stratified_split(labels, (0.7, 0.15, 0.15), 0)
    assert [len(part) for part in parts] == [210, 45, 45]


def test_a_class_with_one_row_goes_to_the_first_part():
    labels = [("often",)] * 20 + [("once",)]
    for seed in range(20):
        assert 20 in stratified_split(labels, (0.1, 0.9), seed)[0]


@pytest.mark.parametrize("labels", [[("a",), ("b",)] * 50, skewed_rows(100, 5)])
def test_another_seed_gives_other_parts(labels):
    parts = [stratified_split(labels, (0.7, 0.3), seed)[1] for seed in range(3)]
    assert not np.array_equal(parts[0], parts[1])
    assert not np.array_equal(parts[1], parts[2])


@pytest.mark.parametrize("labels", [[("a",)] * 1000, skewed_rows(1000, 5)])
def test_parts_are_spread_over_the_file(labels):
    for part in stratified_split(labels, (0.7, 0.15, 0.15), 0):
        assert 400 < part.mean() < 600


def test_every_label_keeps_its_share_where_rows_have_several():
    labels = skewed_rows(3000, 30)
    parts = stratified_split(labels, (0.7, 0.15, 0.15), 0)
    assert [len(part) for part in parts] == pytest.approx([2100, 450, 450], rel=0.02)
    sizes = label_counts(labels, range(3000))
    for part, fraction in zip(parts, (0.7, 0.15, 0.15), strict=True):
        found = label_counts(labels, part)
        for name, size in sizes.items():
            assert found[name] == pytest.approx(fraction * size, abs=3)


def test_rows_without_any_label_are_dealt_out_too():
    parts = stratified_split([()] * 100, (0.7, 0.15, 0.15), 0)
    assert [len(part) for part in parts] == [70, 15, 15]


def test_fifty_thousand_rows_are_split_in_seconds():
    labels = skewed_rows(50_000, 65)
    assert split_method(labels) is SplitMethod.ITERATIVE
    start_s = time.process_time()
    stratified_split(labels, (0.7, 0.15, 0.15), 0)
    assert time.process_time() - start_s < 10


@pytest.mark.parametrize("limit", ["MAX_ITERATIVE_ROWS", "MAX_ITERATIVE_LOOKS"])
def test_too_many_rows_are_split_at_random_and_that_is_said(monkeypatch, caplog, limit):
    monkeypatch.setattr(stratified, limit, 999)
    labels = skewed_rows(1000, 30)
    assert split_method(labels) is SplitMethod.RANDOM
    parts = stratified_split(labels, (0.7, 0.15, 0.15), 0)
    assert "1000 rows are split at random" in caplog.text
    assert [len(part) for part in parts] == pytest.approx([700, 150, 150], abs=5)
    everything = label_counts(labels, range(1000)).keys()
    assert label_counts(labels, parts[0]).keys() == everything


@pytest.mark.parametrize("fractions", [(), (0.7, 0.2), (1.0, 0.0), (1.5, -0.5)])
def test_fractions_that_are_no_shares_are_refused(fractions):
    with pytest.raises(SettingsError, match="Received: fractions="):
        stratified_split([("a",)], fractions, 0)


def test_published_labels_with_one_row_are_no_error(shared_data):
    dataset = read(shared_data / "reuters21578_r90" / "train.jsonl")
    labels = [row.labels for row in dataset.examples]
    parts = stratified_split(labels, (0.85, 0.15), 42)
    assert len(label_counts(labels, parts[0])) == 90
    assert len(parts[1]) == pytest.approx(0.15 * len(labels), rel=0.02)


def test_rows_with_several_labels_need_iterative_stratification(monkeypatch):
    monkeypatch.setattr(extras, "is_installed", lambda name: name != "iterstrat")
    with pytest.raises(SettingsError, match=r"no iterstrat.*pip install .kerascls\["):
        stratified_split([("a", "b")] * 9, (0.7, 0.3), 0)
    assert len(stratified_split([("a",)] * 10, (0.7, 0.3), 0)[0]) == 7
