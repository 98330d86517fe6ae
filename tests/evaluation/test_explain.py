"""Rows of files and lists are explained in order, on the screen or in a file."""

import json

import numpy as np
import pytest

import kerascls
from kerascls.errors import DataError, SettingsError
from kerascls.evaluation.explain import explain, json_of
from kerascls.inference.predictor import Predictor

TEXTS = ["国足今晚迎战劲旅", "<b>新车</b> \ud800", ""]


@pytest.fixture(scope="module")
def predictor(linear_run):
    return Predictor.load(linear_run.out)


def test_it_is_a_public_function():
    assert kerascls.explain is explain


def test_texts_are_explained_in_order(linear_run, predictor):
    told = []
    found = explain(linear_run.out, TEXTS, on_progress=lambda *x: told.append(x))
    assert [one.texts for one in found] == [(text,) for text in TEXTS]
    assert told == [(1, 3), (2, 3), (3, 3)]
    alone = predictor.explain(TEXTS[0])
    np.testing.assert_array_equal(
        found[0].attributions.values, alone.attributions.values
    )


def test_a_file_becomes_json(linear_run, tmp_path, write_csv):
    rows = write_csv(tmp_path / "in.csv", ("text", "n"), [("体育", "1"), ("新车", "2")])
    out = tmp_path / "out.json"
    explain(linear_run.out, rows, out, labels=["体育", "汽车"])
    first, second = json.loads(out.read_text("utf-8"))
    assert first["place"] == f"{rows}:2" and second["place"] == f"{rows}:3"
    assert list(first["labels"]) == ["体育", "汽车"]
    assert first["attributed"] == "logit before calibration"
    total = sum(part["attributions"]["体育"] for part in first["parts"])
    of_label = first["labels"]["体育"]
    assert of_label["base_logit"] + total == pytest.approx(of_label["logit"], abs=1e-4)
    assert [part["text"] for part in first["parts"]] == ["体", "育"]


def test_a_page_is_written_in_a_language(predictor, tmp_path):
    out = tmp_path / "why.html"
    explain(predictor, TEXTS, out, language="zh")
    page = out.read_text("utf-8")
    assert '<html lang="zh">' in page and "&lt;" in page and "<b>新车" not in page


def test_pairs_are_read_from_a_table(pair_predictor, tmp_path, write_csv):
    header = ("question", "answer")
    rows = write_csv(tmp_path / "in.csv", header, [("去看足球", "a goal")])
    (one,) = explain(pair_predictor, rows, method="occlusion")
    assert {span.column for span in one.spans} == {*header}


def test_half_a_surrogate_pair_is_json(predictor):
    line = json_of(predictor.explain(TEXTS[1]), id="\udc80")
    line.encode()
    assert json.loads(line)["texts"]["text"] == TEXTS[1]


def test_outputs_are_refused_before_anything_is_computed(tmp_path):
    there = tmp_path / "there.json"
    there.write_text("")
    for output, match in [
        (tmp_path / "a.csv", "written as .html or .json"),
        (there, "which exists"),
    ]:
        with pytest.raises(SettingsError, match=match):
            explain("nowhere", TEXTS, output)
    with pytest.raises(SettingsError, match="a page to write in a language"):
        explain("nowhere", TEXTS, tmp_path / "a.json", language="zh")
    with pytest.raises(SettingsError, match="Did you mean 'zh'|one of en, zh"):
        explain("nowhere", TEXTS, tmp_path / "a.html", language="zn")


def test_unknown_labels_and_rows_without_text_are_refused(linear_run, tmp_path):
    with pytest.raises(DataError, match="label='体'"):
        explain(linear_run.out, TEXTS, labels="体")
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"text": "体育"}\n{"title": "x"}\n', "utf-8")
    with pytest.raises(DataError, match="in.jsonl"):
        explain(linear_run.out, rows, tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()
