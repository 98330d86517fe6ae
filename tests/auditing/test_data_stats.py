"""What is in labelled files."""

import json

import pytest

from kerascls.auditing.data_stats import describe_data
from kerascls.errors import DataError


@pytest.fixture
def stats(tmp_path, write_csv):
    rows = [("甲" * n, "a|b" if n % 2 else "a") for n in range(1, 10)] + [("", "b")]
    path = write_csv(tmp_path / "a.csv", ("text", "labels"), rows)
    return describe_data(path)


def test_labels_and_lengths_are_counted(stats):
    assert stats.labels == {"a": 9, "b": 6}
    assert stats.skew == 1.5
    assert (stats.rows, stats.rows_without_label, stats.empty_texts) == (10, 0, 1)
    assert stats.labels_per_row == 1.5
    assert (stats.chars["shortest"], stats.chars["longest"]) == (0, 9)
    assert stats.chars["mean"] == stats.chars["median"] == 4.5


def test_it_is_plain_json(stats):
    facts = json.loads(json.dumps(stats.to_dict()))
    assert facts["skew"] == 1.5
    assert "lengths" not in facts


def test_several_files_are_taken_together(tmp_path, write_csv):
    paths = [
        write_csv(tmp_path / f"{name}.csv", ("text", "label"), [("甲", name)] * 2)
        for name in "ab"
    ]
    stats = describe_data(paths)
    assert list(stats.files.values()) == [2, 2]
    assert stats.labels == {"a": 2, "b": 2}


def test_files_of_different_tasks_are_refused(tmp_path, write_csv):
    paths = [
        write_csv(tmp_path / f"{name}.csv", ("text", name), [("甲", "x")])
        for name in ("label", "labels")
    ]
    with pytest.raises(DataError, match="same task"):
        describe_data(paths)


def test_skew_and_sets_of_labels_are_measured(stats):
    assert stats.imbalance.ratio_of == {"a": 1.0, "b": 1.5}
    assert stats.density == 0.75
    assert (stats.label_sets.different, stats.label_sets.once) == (3, 1)
    assert stats.label_sets.sizes == {1: 5, 2: 5}
    assert stats.lacking == {}


def test_labels_that_a_file_lacks_are_listed_by_file(tmp_path, write_csv):
    paths = [
        write_csv(tmp_path / f"{name}.csv", ("text", "label"), [("甲", name)] * 2)
        for name in "ab"
    ]
    lacking = describe_data(paths).lacking
    assert lacking == {str(paths[0]): ("b",), str(paths[1]): ("a",)}
