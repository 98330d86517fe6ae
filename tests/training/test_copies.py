"""Copies: of rows of rare labels of train, as many as asked for, no known text."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import LabelSet
from kerascls.data.targets import Targets
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.settings.run_settings import RunSettings
from kerascls.training import copies as module
from kerascls.training.copies import copies_of_rows, make_copies
from kerascls.training.preparation import load_labelled_text

LABELS = LabelSet(tuple("abcd"))
FREQUENT = [(f"国足主场第{n}次取胜", "体育") for n in range(20)]
RARE = [("新车上市价格公布", "汽车"), ("车展今天开幕了", "汽车"), ("油价", "汽车")]


@pytest.fixture
def data(tmp_path, write_csv):
    parts = {"train": FREQUENT + RARE, "valid": [*RARE[:1], *FREQUENT[:1]]}
    files = {
        name: write_csv(tmp_path / f"{name}.csv", ("text", "label"), rows)
        for name, rows in parts.items()
    }
    return load_labelled_text(RunSettings.from_options(**files).data, seed=1)


def copies_of(data, seed=0, **settings):
    return make_copies(data, ImbalanceSettings(**settings), seed)


def test_none_are_made_unless_they_are_asked_for(data):
    assert copies_of(data) is None


def test_rows_of_rare_labels_alone_are_copied_up_to_the_number(data):
    copies = copies_of(data, augment_below=7)
    # Two of three texts are long enough, and make four more rows: seven in all.
    assert copies.rows.tolist() == [20, 20, 21, 21]
    assert len(copies.texts) == len(copies) == 4
    assert "4 rows added to train, made of 2 rows" in copies.note
    assert "'汽车' 3 -> 7" in copies.note
    assert "体育" not in copies.note


def test_a_row_is_not_copied_more_often_than_stated(data):
    copies = copies_of(data, augment_below=20, augment_copies=3)
    assert np.bincount(copies.rows)[[20, 21]].tolist() == [3, 3]
    assert len(copies) == 6


def test_the_same_seed_makes_the_same_copies(data):
    one, same, other = (copies_of(data, seed, augment_below=9) for seed in (1, 1, 2))
    assert one.texts == same.texts
    assert one.texts != other.texts


def test_where_every_label_has_enough_rows_it_is_told(data):
    copies = copies_of(data, augment_below=3)
    assert not copies
    assert "none, every label has so many rows" in copies.note


def test_where_all_texts_are_too_short_it_is_told(data):
    train = data.parts["train"]
    rows = np.array([0, 1, 2, 3, 22])
    data = replace(data, parts=data.parts | {"train": replace(train, rows=rows)})
    copies = copies_of(data, augment_below=3)
    assert not copies
    assert "too short" in copies.note


def test_a_copy_with_the_text_of_a_row_of_any_part_is_left_out(data, monkeypatch):
    known = [*data.parts["valid"].texts, *data.parts["train"].texts]

    def edited_copies(texts, number, share, random):
        return [*known[:number], (f"新 {texts[0]}",)]

    monkeypatch.setattr(module, "edited_copies", edited_copies)
    copies = copies_of(data, augment_below=7)
    assert copies.texts == [("新 新车上市价格公布",), ("新 车展今天开幕了",)]
    assert copies.rows.tolist() == [20, 21]
    assert "'汽车' 3 -> 5" in copies.note


def test_where_all_edited_texts_are_there_already_it_is_told(data, monkeypatch):
    known = [*data.parts["train"].texts]
    monkeypatch.setattr(
        module, "edited_copies", lambda texts, number, *_: known[:number]
    )
    copies = copies_of(data, augment_below=7)
    assert not copies
    assert "none, 4 edited texts that rows or copies have left out" in copies.note
    assert "too short" not in copies.note


def test_equal_rows_have_no_copies_in_common(tmp_path, write_csv):
    rows = FREQUENT + [("新车上市", "汽车")] * 6 + [("新车上市", "房产")] * 2
    files = {
        name: write_csv(tmp_path / f"{name}.csv", ("text", "label"), rows)
        for name in ("train", "valid")
    }
    data = load_labelled_text(RunSettings.from_options(**files).data, seed=1)
    copies = copies_of(data, augment_below=40, augment_copies=8)
    assert len(copies) > 5
    assert len(set(copies.texts)) == len(copies.texts) == len(copies.rows)
    assert "edited texts that rows or copies have left out" in copies.note


rows_of_labels = st.lists(st.sets(st.sampled_from("abc")).map(tuple), min_size=1)


@given(rows_of_labels, st.integers(1, 12), st.integers(1, 4), st.data())
def test_labels_come_up_to_the_number_as_far_as_rows_can_be_copied(
    rows, below, most, data
):
    targets = Targets.from_labels(rows, LABELS)
    can_be = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    chosen = np.flatnonzero(can_be)
    copies = copies_of_rows(targets, chosen, below, most, seed=3)
    assert copies.max(initial=0) <= most
    assert not copies[~np.array(can_be)].any()
    has = targets.multi_hot()
    after = has.sum(axis=0) + copies @ has
    for label in range(3):
        could_more = (copies[chosen] < most)[has[chosen, label]].any()
        assert after[label] >= below or not could_more
    rare = (has & (has.sum(axis=0) < below)).any(axis=1)
    assert not copies[~rare].any()
