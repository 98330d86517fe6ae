"""A skewed subset of balanced data."""

import csv
import hashlib
import json
import shlex
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascls.data.readers import ReadOptions, read
from kerascls.data.skewing import skew_data
from kerascls.errors import DataError, SettingsError

OF_THE_OLD_STUDY = [5000, 4000, 3000, 2000, 1000, 500, 400, 300, 200, 100]


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def balanced(tmp_path, write_csv):
    """Six rows of each of three classes, in turns, each row with a number."""
    rows = [(n, f"文本{n}", "丙甲乙"[n % 3], f"https://{n}") for n in range(18)]
    return write_csv(tmp_path / "all.csv", ("id", "text", "topic", "link"), rows)


def skewed(path, output, **more):
    return skew_data(path, output, label="topic", task="multiclass", **more)


def test_classes_are_ordered_by_code_point(balanced, tmp_path):
    done = skewed(balanced, tmp_path / "o.csv", counts=[1, 2, 3])
    assert list(done.counts.items()) == [("丙", 1), ("乙", 2), ("甲", 3)]
    found = Counter(row["topic"] for row in rows_of(done.output))
    assert found == done.counts
    assert done.available == {"丙": 6, "乙": 6, "甲": 6}


@settings(max_examples=20)
@given(data=st.data())
def test_rows_and_columns_stay_as_they_are(tmp_path_factory, write_csv, data):
    folder = tmp_path_factory.mktemp("skew")
    topics = st.lists(st.sampled_from("ab体"), min_size=6, max_size=30)
    # Each class twice, or the column would be said to hold texts.
    topic = [*"ab体" * 2, *data.draw(topics)]
    rows = [(n, f"文{n}", one, f"u,{n}") for n, one in enumerate(topic)]
    path = write_csv(folder / "a.csv", ("id", "text", "topic", "link"), rows)
    available = dict(sorted(Counter(topic).items()))
    counts = [data.draw(st.integers(1, rows)) for rows in available.values()]
    seed = data.draw(st.integers(0, 9))
    done = skewed(path, folder / "o.csv", counts=counts, seed=seed)
    all_rows, kept = rows_of(path), rows_of(done.output)
    assert [row for row in all_rows if row in kept] == kept
    assert list(Counter(sorted(row["topic"] for row in kept)).values()) == counts


def test_the_seed_decides_which_rows_are_drawn(balanced, tmp_path):
    def ids(name, **more):
        done = skewed(balanced, tmp_path / name, **more)
        return [row["id"] for row in rows_of(done.output)]

    first = ids("a.csv", counts=[3, 3, 3], seed=1)
    assert ids("b.csv", counts=[3, 3, 3], seed=1) == first
    assert ids("c.csv", counts=[3, 3, 3], seed=2) != first
    assert set(ids("d.csv", counts=[2, 3, 1], seed=1)) < set(first)


def test_what_was_done_stands_beside_the_subset(balanced, tmp_path):
    output = tmp_path / "o.jsonl"
    done = skewed(balanced, output, profile="step", ratio=3, largest=6, seed=5)
    facts = json.loads((tmp_path / "o.jsonl.origin.json").read_text("utf-8"))
    assert facts == json.loads(json.dumps(done.to_dict()))
    assert facts["input"] == str(balanced)
    assert facts["sha256"] == hashlib.sha256(balanced.read_bytes()).hexdigest()
    assert facts["counts"] == {"丙": 6, "乙": 6, "甲": 2}
    assert (facts["profile"], facts["ratio"], facts["seed"]) == ("step", 3, 5)
    assert facts["rows"] == 14
    assert facts["command"] == shlex.join(sys.argv)


def test_the_largest_class_is_by_default_as_the_rarest_of_the_input(
    tmp_path, write_csv
):
    rows = [("x", "a")] * 9 + [("y", "b")] * 20 + [("z", "c")] * 4
    path = write_csv(tmp_path / "a.csv", ("text", "label"), rows)
    done = skew_data(path, tmp_path / "o.csv", profile="long_tail", ratio=4)
    assert done.counts == {"a": 4, "b": 2, "c": 1}


@pytest.mark.parametrize(
    "more, name",
    [
        ({"profile": "long_tail", "ratio": 2.0}, "all_long_tail_2.csv"),
        ({"counts": [1, 1, 1]}, "all_counts.csv"),
    ],
)
def test_the_subset_is_named_as_the_input(balanced, tmp_path, monkeypatch, more, name):
    monkeypatch.chdir(tmp_path)
    assert str(skewed(balanced, None, **more).output) == name
    assert (tmp_path / name).is_file()


def test_the_subset_of_a_workbook_is_a_table(tmp_path, monkeypatch):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [("text", "label"), *[("x", "a"), ("y", "b")] * 2]:
        book.active.append(row)
    book.save(tmp_path / "all.xlsx")
    monkeypatch.chdir(tmp_path)
    done = skew_data("all.xlsx", counts=[2, 1])
    assert str(done.output) == "all_counts.csv"
    assert len(read(done.output, ReadOptions()).examples) == 3


@pytest.mark.slow
def test_the_counts_of_the_old_study_can_be_had(tmp_path, write_csv):
    names = [
        "体育",
        "娱乐",
        "家居",
        "彩票",
        "房产",
        "教育",
        "时尚",
        "时政",
        "星座",
        "游戏",
    ]
    rows = [(f"标题{n}", names[n % 10]) for n in range(50_000)]
    path = write_csv(tmp_path / "headlines.csv", ("text", "label"), rows)
    done = skew_data(path, tmp_path / "o.csv", counts=OF_THE_OLD_STUDY)
    assert [*done.counts.values()] == OF_THE_OLD_STUDY
    assert len(rows_of(done.output)) == sum(OF_THE_OLD_STUDY)


def test_more_rows_than_there_are_are_refused_by_class(balanced, tmp_path):
    with pytest.raises(SettingsError, match="7 of '乙', which has 6. Ask.* 6 can be"):
        skewed(balanced, tmp_path / "o.csv", counts=[6, 7, 1])
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"counts": ["5", "2"]},
        {"counts": [1, 1, 1], "seed": -1},
        {"counts": [1, 1, 1], "seed": 1.5},
        {"counts": [1, 1, 1], "seed": "1"},
        {"profile": "longtail", "ratio": 2},
        {"profile": "step", "ratio": 0.5},
    ],
    ids=str,
)
def test_what_has_no_meaning_is_refused_before_anything_is_read(tmp_path, more):
    with pytest.raises(SettingsError) as caught:
        skewed(tmp_path / "nowhere.csv", tmp_path / "o.csv", **more)
    assert "nowhere" not in str(caught.value)


def test_numbers_of_an_array_are_written_as_plain_ones(balanced, tmp_path):
    done = skewed(
        balanced, tmp_path / "o.csv", counts=np.array([1, 2, 3]), seed=np.int64(4)
    )
    facts = json.loads((tmp_path / "o.csv.origin.json").read_text("utf-8"))
    assert facts["counts"] == done.counts == {"丙": 1, "乙": 2, "甲": 3}
    assert facts["seed"] == 4


def test_other_counts_than_one_for_each_class_are_refused(balanced, tmp_path):
    with pytest.raises(SettingsError, match="each of 3 classes.*order: 丙, 乙, 甲"):
        skewed(balanced, tmp_path / "o.csv", counts=[1, 2])
    assert not (tmp_path / "o.csv").exists()


def test_a_row_without_a_label_is_told_so(tmp_path, write_csv):
    rows = [("x", "a"), ("y", "b"), ("z", ""), ("u", "b|a")]
    path = write_csv(tmp_path / "a.csv", ("text", "labels"), rows)
    with pytest.raises(DataError, match="in no class.*a.csv:4 with no label. Take"):
        skew_data(path, tmp_path / "o.csv", counts=[1, 1])


def test_several_labels_of_a_row_are_refused(tmp_path, write_csv):
    rows = [("x", "a"), ("y", "b"), ("z", "a|b"), ("u", "b")]
    path = write_csv(tmp_path / "a.csv", ("text", "labels"), rows)
    with pytest.raises(DataError, match="one label for each row.*a.csv:4 with 2"):
        skew_data(path, tmp_path / "o.csv", counts=[1, 1])


def test_a_subset_that_is_there_is_replaced_only_when_asked(balanced, tmp_path):
    output = tmp_path / "o.csv"
    skewed(balanced, output, counts=[1, 1, 1])
    with pytest.raises(SettingsError, match="--overwrite"):
        skewed(balanced, output, counts=[2, 2, 2])
    skewed(balanced, output, counts=[2, 2, 2], overwrite=True)
    assert len(rows_of(output)) == 6
