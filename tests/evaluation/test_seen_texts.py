"""Rows that a classifier has seen are told, by their texts and not by the file."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors.numpy import save_file

import kerascls
from kerascls.data.readers import read
from kerascls.data.text_hashes import text_hashes
from kerascls.evaluation.seen_texts import (
    SEEN_TEXTS_FILE,
    UNKNOWN,
    SeenTexts,
    run_files,
    seen_notes,
)
from kerascls.inference.bundle import open_bundle


@pytest.fixture
def run(multilabel_run, tmp_path):
    return shutil.copytree(multilabel_run.out, tmp_path / "run")


def test_texts_are_known_again(tmp_path):
    seen = SeenTexts.of([("a",), ("b",), ("b",), ("",)], [("c",), ("b",)])
    texts = [("b ",), ("c",), ("d",), ("",)]
    assert seen.trained_on(texts).tolist() == [True, False, False, False]
    assert seen.chosen_on(texts).tolist() == [False, True, False, False]


def test_hashes_take_eight_bytes_a_text(tmp_path):
    SeenTexts.of([(f"text {n}",) for n in range(1000)], [("v",)]).save(tmp_path)
    assert (tmp_path / SEEN_TEXTS_FILE).stat().st_size < 1001 * 8 + 300


def test_the_same_texts_in_another_file_are_told(run, tmp_path, write_csv):
    rows = [("新车 足球", "汽车"), ("学校 足球", "体育"), ("全新的新闻", "体育")]
    path = write_csv(tmp_path / "other.csv", ("text", "labels"), rows)
    report = kerascls.evaluate(run, path)
    assert report.notes == (
        "1 of 3 rows of other.csv were trained on: these scores flatter.",
        "1 of 3 rows of other.csv were in the validation part, on which epoch and "
        "thresholds were chosen: these scores flatter a little.",
    )
    assert seen_notes(open_bundle(run), read(path), for_choice=True) == [
        report.notes[0]
    ]
    assert report.to_dict()["notes"] == list(report.notes)


def test_new_texts_need_no_word(run, tmp_path, write_csv):
    path = write_csv(tmp_path / "new.csv", ("text", "labels"), [("全新", "体育")])
    assert seen_notes(open_bundle(run), read(path)) == []


def test_without_hashes_the_file_is_compared_or_it_is_not_known(run, multilabel_files):
    (run / SEEN_TEXTS_FILE).unlink()
    bundle = open_bundle(run)
    train, test = (read(multilabel_files[name]) for name in ("train", "test"))
    assert "train.csv is a file of the training" in seen_notes(bundle, train)[0]
    assert seen_notes(bundle, test) == [UNKNOWN]


def test_damaged_hashes_and_run_files_are_not_known(run, multilabel_files):
    (run / SEEN_TEXTS_FILE).write_bytes(b"damaged")
    (run / "run.json").write_text("[]")
    bundle = open_bundle(run)
    assert run_files(bundle, ("train",)) == {}
    assert seen_notes(bundle, read(multilabel_files["train"])) == [UNKNOWN]


def test_each_file_of_a_part_is_known(run):
    facts = json.loads((run / "run.json").read_text("utf-8"))
    facts["data"]["train"]["files"] = [{"file": "b.csv", "sha256": "b"}]
    (run / "run.json").write_text(json.dumps(facts))
    assert run_files(open_bundle(run), ("train",))["b"] == "b.csv"


def test_texts_of_the_test_part_are_kept_beside_the_others(run, multilabel_files):
    seen = SeenTexts.beside(open_bundle(run))
    texts = read(multilabel_files["test"]).examples.texts
    hashes = text_hashes([text for text in texts if "".join(text)])
    assert np.isin(hashes, seen.test).all()


def test_runs_of_earlier_versions_kept_none_of_the_test_part(tmp_path):
    bundle = SimpleNamespace(path=tmp_path / "bundle")
    parts = {name: np.array([1], np.uint64) for name in ("train", "valid")}
    save_file(parts, tmp_path / SEEN_TEXTS_FILE)
    assert SeenTexts.beside(bundle).test.tolist() == []
