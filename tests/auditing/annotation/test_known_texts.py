"""Texts of a run's parts, and of other files, are known again."""

import shutil

import numpy as np
import pytest

from kerascls.auditing.annotation.known_texts import UNKNOWN, KnownTexts
from kerascls.data.text_hashes import text_hashes
from kerascls.errors import DataError
from kerascls.inference.bundle import open_bundle


def reasons(known, *texts):
    return known.reasons(text_hashes([(text,) for text in texts]))


def test_each_part_of_a_run_is_known(multilabel_run):
    known = KnownTexts.of(open_bundle(multilabel_run.out), (), ())
    found = reasons(known, "天气很好", "学校 足球", "医院", "全新的新闻")
    assert found == [
        "which training had",
        "which the validation part had",
        "which the test part had",
        None,
    ]
    assert known.note == ""


def test_a_bundle_alone_says_that_it_does_not_know(multilabel_run, tmp_path):
    copy = shutil.copytree(multilabel_run.result.bundle, tmp_path / "bundle")
    known = KnownTexts.of(open_bundle(copy), (), ())
    assert (known.hashes, known.note) == ({}, UNKNOWN)
    assert reasons(known, "新车") == [None]


def test_other_files_and_tables_are_known(multilabel_run, tmp_path, write_csv):
    copy = shutil.copytree(multilabel_run.result.bundle, tmp_path / "bundle")
    file = write_csv(tmp_path / "old.csv", ("text", "labels"), [("旧闻", "")])
    for source, text in (
        (file, "旧闻"),
        ([file], "旧闻"),
        ({"text": ["往事 "]}, "往事"),
    ):
        known = KnownTexts.of(open_bundle(copy), source, ())
        assert known.note == ""
        assert reasons(known, text, "新闻") == ["which `--exclude` has", None]


def test_a_file_without_the_texts_is_refused(multilabel_run, tmp_path, write_csv):
    file = write_csv(tmp_path / "old.csv", ("words",), [("旧闻",)])
    with pytest.raises(DataError, match='Expected the text column "text"'):
        KnownTexts.of(open_bundle(multilabel_run.out), file, ())


def test_the_first_reason_counts():
    both = {"one": np.array([3, 5], np.uint64), "other": np.array([5], np.uint64)}
    found = KnownTexts(both).reasons(np.array([5, 3, 4], np.uint64))
    assert found == ["one", "one", None]
