"""Texts to compare on come from any file, with labels if it has them."""

import pytest

from kerascls.data.readers import ReadOptions
from kerascls.data.readers.frame_kinds import as_frame
from kerascls.errors import DataError, SettingsError
from kerascls.serving.exporters.texts import read_texts, sample_texts


def test_the_sample_fills_all_text_fields(make_bundle, tmp_path):
    bundle = make_bundle(tmp_path / "pairs", columns=("question", "answer"))
    found = sample_texts(bundle)
    assert len(found.texts) > 100
    assert all(first == second != "" for first, second in found.texts)
    assert found.truth is None


def test_labels_are_read_where_the_column_is_there(bundle, tmp_path, write_csv):
    rows = [("国足", "体育"), ("新车", "汽车|教育")]
    path = write_csv(tmp_path / "a.csv", ("text", "labels"), rows)
    found = read_texts(bundle, path, ReadOptions())
    assert (found.source, found.texts) == ("a.csv", [("国足",), ("新车",)])
    assert found.truth == [("体育",), ("汽车", "教育")]


def test_without_it_there_are_texts_alone(bundle, tmp_path, write_csv):
    path = write_csv(tmp_path / "a.csv", ("title", "n"), [("国足", "1"), ("", "2")])
    found = read_texts(bundle, path, ReadOptions(text=("title",)))
    assert (found.texts, found.truth) == ([("国足",), ("",)], None)


def test_a_label_column_that_is_named_must_be_there(bundle, tmp_path, write_csv):
    path = write_csv(tmp_path / "a.csv", ("text",), [("国足",)])
    with pytest.raises(DataError, match="topic"):
        read_texts(bundle, path, ReadOptions(label="topic"))


def test_lines_are_texts(bundle, tmp_path):
    (tmp_path / "a.txt").write_text("国足\n新车\n", "utf-8")
    found = read_texts(bundle, tmp_path / "a.txt", ReadOptions())
    assert found.texts == [("国足",), ("新车",)]


def test_as_many_columns_as_in_training_are_needed(bundle, tmp_path, write_csv):
    path = write_csv(tmp_path / "a.csv", ("a", "b"), [("x", "y")])
    with pytest.raises(SettingsError, match="1 text column"):
        read_texts(bundle, path, ReadOptions(text=("a", "b")))


def test_tables_in_memory_are_read_with_and_without_labels(bundle):
    table = {"text": ["国足", None], "labels": [["体育"], ["健康"]]}
    found = read_texts(bundle, as_frame(table), ReadOptions())
    assert (found.source, found.texts) == ("<dict 2 rows>", [("国足",), ("",)])
    assert found.truth == [("体育",), ("健康",)]
    found = read_texts(bundle, as_frame(["国足", "新车"]), ReadOptions())
    assert (found.texts, found.truth) == ([("国足",), ("新车",)], None)
