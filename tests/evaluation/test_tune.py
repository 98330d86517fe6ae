"""Another decision for a trained bundle, without training."""

import json
import shutil

import numpy as np
import pytest

import kerascls
from kerascls.errors import DataError, SettingsError
from kerascls.evaluation.evaluate import read_labelled
from kerascls.inference.bundle import open_bundle
from kerascls.inference.predictor import Predictor

WEIGHTS = "model.safetensors"


@pytest.fixture
def out(multilabel_run, tmp_path):
    return shutil.copytree(multilabel_run.out, tmp_path / "run")


def test_the_bundle_keeps_the_new_decision_and_its_weights(out, multilabel_files):
    weights = (out / "bundle" / WEIGHTS).read_bytes()
    before = open_bundle(out).decision
    result = kerascls.tune(out, multilabel_files["valid"], objective="f1")
    opened = open_bundle(out)
    assert result.decision_before == before
    assert result.decision == opened.decision
    assert (opened.decision.objective, opened.decision.rows) == ("f1", 6)
    assert len(opened.rule.thresholds) == len(opened.label_set)
    assert (opened.path / WEIGHTS).read_bytes() == weights


def test_scores_are_those_of_the_old_and_the_new_decision(out, multilabel_files):
    valid = multilabel_files["valid"]
    texts = [
        (e.texts, e.labels) for e in read_labelled(open_bundle(out), valid).examples
    ]
    before = [p.labels for p in Predictor.load(out).predict([t for t, _ in texts])]
    result = kerascls.tune(out, valid, threshold=0.9)
    after = [p.labels for p in Predictor.load(out).predict([t for t, _ in texts])]
    known = set(open_bundle(out).label_set)
    truth = [set(labels) & known for _, labels in texts]
    for scores, given in ((result.before, before), (result.after, after)):
        right = np.mean([set(g) == t for g, t in zip(given, truth, strict=True)])
        assert scores.accuracy == pytest.approx(right)


def test_tuning_for_f1_is_no_worse_on_the_rows_it_saw(out, multilabel_files):
    options = {"shrinkage": 0, "calibration": "none"}
    kerascls.tune(out, multilabel_files["train"], objective="macro_f1", **options)
    result = kerascls.tune(out, multilabel_files["train"], objective="f1", **options)
    assert result.after.macro.f1 >= result.before.macro.f1


def test_labels_without_a_row_are_named(out, tmp_path, write_csv):
    path = write_csv(tmp_path / "v.csv", ("text", "labels"), [("足球", "体育")])
    result = kerascls.tune(out, path, objective="f1")
    assert result.decision.without_positives == ("[red]军事[/red]", "汽车")


def test_labels_that_training_lacked_are_counted(out, multilabel_files):
    result = kerascls.tune(out, multilabel_files["valid"])
    assert result.unknown == {"教育": 2}


def test_the_result_is_plain_json(out, multilabel_files):
    result = kerascls.tune(out, multilabel_files["valid"], top_k=2)
    stored = json.loads(json.dumps(result.to_dict()))
    assert stored["decision"]["rule"] == {"kind": "top_k", "k": 2}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"objective": "f0"}, SettingsError, "objective='f0'"),
        ({"epochs": 3}, SettingsError, "epochs=3"),
        ({"top_k": 1, "mass": 0.5}, SettingsError, "exclude each other"),
        ({"top_k": 1, "objective": "f1"}, SettingsError, "go without objective"),
        ({"threshold": 0.5, "shrinkage": 3}, SettingsError, "go without objective"),
        ({"objective": "cost:none.csv"}, DataError, r"none\.csv"),
        ({"text": ("a", "b")}, (SettingsError, DataError), "a"),
    ],
)
def test_what_cannot_be_done_leaves_the_bundle(
    out, multilabel_files, options, error, message
):
    before = open_bundle(out).decision
    with pytest.raises(error, match=message):
        kerascls.tune(out, multilabel_files["valid"], **options)
    assert open_bundle(out).decision == before


def test_a_file_without_a_known_label_is_an_error(out, tmp_path, write_csv):
    path = write_csv(tmp_path / "v.csv", ("text", "labels"), [("足球", "x"), ("a", "")])
    with pytest.raises(SettingsError, match="none in 2 rows"):
        kerascls.tune(out, path)
