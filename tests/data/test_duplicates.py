"""Texts that are there twice, counted inside parts and across them."""

from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.duplicates import (
    Overlap,
    count_duplicates,
    group_duplicates,
    num_different,
)
from kerascls.data.readers import read

TEXTS = st.lists(st.tuples(st.sampled_from("abc")), max_size=20)


@given(TEXTS)
def test_groups_hold_each_repeated_text_with_its_rows_in_order(texts):
    groups = group_duplicates(texts)
    assert all(len(group) > 1 and group == sorted(group) for group in groups)
    assert [
        [row for row, text in enumerate(texts) if text == texts[group[0]]]
        for group in groups
    ] == groups
    rows = {row for group in groups for row in group}
    lone = [text for row, text in enumerate(texts) if row not in rows]
    assert len(set(lone)) == len(lone)


@given(TEXTS, TEXTS)
def test_counts_equal_those_of_a_naive_loop(train, test):
    counts = count_duplicates({"train": train, "test": test})
    assert counts.repeats["train"] == sum(
        text in train[:row] for row, text in enumerate(train)
    )
    common = set(train) & set(test)
    rows = tuple(sum(text in common for text in part) for part in (train, test))
    assert counts.overlaps == (Overlap(("train", "test"), len(common), rows),)


def test_duplicates_are_counted_inside_and_across():
    counts = count_duplicates(
        {"train": [("a",), ("a",), ("b",)], "test": [("b",), ("b",), ("c",)]}
    )
    assert counts.rows == {"train": 3, "test": 3}
    assert counts.repeats == {"train": 1, "test": 1}
    assert counts.overlaps == (Overlap(("train", "test"), 1, (1, 2)),)
    assert counts.lines() == [
        "train: 1 of 3 rows repeat an earlier row's text",
        "test: 1 of 3 rows repeat an earlier row's text",
        "train and test: the same text in 1 rows of train and 2 rows of test "
        "(distinct texts: 1)",
    ]


def test_rows_that_differ_in_one_field_are_no_duplicates():
    parts = {"train": [("title", "a"), ("title", "b")], "test": [("title", "c")]}
    assert count_duplicates(parts).lines() == []


def test_three_parts_make_three_pairs():
    parts = {name: [("same",)] for name in ("train", "valid", "test")}
    pairs = [overlap.parts for overlap in count_duplicates(parts).overlaps]
    assert pairs == [("train", "valid"), ("train", "test"), ("valid", "test")]


def test_duplicates_in_published_data_are_found(shared_data):
    parts = {}
    for name in ("train", "test"):
        dataset = read(shared_data / "weibo_sentiment" / f"{name}.csv")
        parts[name] = [row.texts for row in dataset.examples]
    counts = count_duplicates(parts)
    assert counts.repeats["train"] == 1476
    assert counts.overlaps == (Overlap(("train", "test"), 646, (1037, 680)),)


class Colliding(str):
    """A text with the hash of all others."""

    def __hash__(self):
        return 1


def test_texts_of_one_hash_are_told_apart():
    texts = [(Colliding(text),) for text in "abcab"]
    assert group_duplicates(texts) == [[0, 3], [1, 4]]
    assert num_different(texts) == 3
    counts = count_duplicates({"train": texts[:3], "test": texts[3:]})
    assert counts.overlaps == (Overlap(("train", "test"), 2, (2, 2)),)
