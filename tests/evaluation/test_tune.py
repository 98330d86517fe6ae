"""Another decision for a trained bundle, without training."""

import json
import shutil

import numpy as np
import pytest

import kerascls
from kerascls.errors import BundleError, DataError, SettingsError
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
    with pytest.raises(SettingsError, match="none in 2 rows of .*csv"):
        kerascls.tune(out, path)


def test_without_a_file_the_validation_part_of_the_run_is_used(out, multilabel_files):
    own = kerascls.tune(out, objective="f1")
    kerascls.tune(out, undo=True)
    read = kerascls.tune(out, multilabel_files["valid"], objective="f1")
    assert own.source == "the run's validation part"
    assert read.source == "valid.csv"
    assert own.unknown == read.unknown == {"教育": 2}
    assert own.decision.rule == read.decision.rule
    assert own.after.to_dict() == read.after.to_dict()


def test_of_an_export_of_8_bits_it_is_said_what_is_fitted_to(out, monkeypatch):
    monkeypatch.setattr(
        "kerascls.inference.bundle.bundle.exports_of",
        lambda manifest: {"onnx": {"file": "model.onnx", "int8": True}},
    )
    (note,) = kerascls.tune(out, objective="f1").notes
    assert "8-bit onnx export" in note


def test_a_bundle_without_its_run_needs_a_file(out, tmp_path):
    shutil.copytree(out / "bundle", tmp_path / "shipped")
    with pytest.raises(BundleError, match="kerascls tune RUN valid.csv"):
        kerascls.tune(tmp_path / "shipped", objective="f1")


@pytest.mark.parametrize("options", [{"runtime": "keras"}, {"label": "labels"}])
def test_without_a_file_nothing_is_said_of_how_it_is_read(out, options):
    with pytest.raises(SettingsError, match="Name the file"):
        kerascls.tune(out, **options)


def test_undo_goes_back_step_by_step(out):
    first = open_bundle(out).decision
    second = kerascls.tune(out, objective="f1").decision
    third = kerascls.tune(out, top_k=2).decision
    assert first != second != third
    undone = kerascls.tune(out, undo=True)
    assert (undone.decision_before, undone.decision) == (third, second)
    assert undone.after.to_dict() != undone.before.to_dict()
    assert kerascls.tune(out, undo=True).decision == first
    with pytest.raises(SettingsError, match="the one decision"):
        kerascls.tune(out, undo=True)
    assert open_bundle(out).decision == first


def test_undo_needs_no_rows(out, tmp_path):
    shipped = shutil.copytree(out / "bundle", tmp_path / "shipped")
    kerascls.tune(out, top_k=2)
    shutil.copytree(out / "bundle", shipped, dirs_exist_ok=True)
    undone = kerascls.tune(shipped, undo=True)
    assert (undone.before, undone.after) == (None, None)
    assert json.loads(json.dumps(undone.to_dict()))["before"] is None


@pytest.mark.parametrize("options", [{"valid": "v.csv"}, {"objective": "f1"}])
def test_undo_goes_with_nothing_else(out, options):
    with pytest.raises(SettingsError, match="undo alone"):
        kerascls.tune(out, undo=True, **options)


def test_rows_that_were_trained_on_are_told(out, multilabel_files):
    result = kerascls.tune(out, multilabel_files["train"])
    assert "29 of 30 rows of train.csv were trained on" in " ".join(result.notes)
    again = kerascls.tune(out, multilabel_files["valid"])
    assert "3 of 6 rows of valid.csv were trained on" in " ".join(again.notes)


def test_rows_of_something_else_are_refused(out):
    shutil.copy(out / "test.safetensors", out / "valid.safetensors")
    with pytest.raises(BundleError, match="valid.safetensors' of another one"):
        kerascls.tune(out, objective="f1")
