"""`fit --model linear`, from labelled text to labels."""

import json
import subprocess
import sys

import numpy as np
import pytest

import kerascls
from kerascls.errors import BundleError, SettingsError
from kerascls.evaluation.scored_rows import VALID_ROWS_FILE, ScoredRows
from kerascls.evaluation.seen_texts import SeenTexts
from kerascls.inference.bundle import open_bundle
from kerascls.inference.predictor import Predictor
from kerascls.settings.run_settings import RunSettings
from kerascls.training.preparation import load_labelled_text

TEXT = "国足今晚迎战劲旅"


def test_a_run_has_report_and_bundle_but_no_history(linear_run):
    names = {item.name for item in linear_run.out.iterdir()}
    assert {"run.json", "report.html", "report.csv", "test.safetensors"} < names
    assert not names & {"history.csv", "state"}
    assert linear_run.result.report.scores.macro.f1 > 0.8
    assert linear_run.result.best_epoch is None


def test_people_and_run_json_are_told_what_was_chosen(linear_run):
    assert "C 1, class weights none: validation macro_f1" in linear_run.shown
    shown = " ".join(linear_run.shown.split())
    assert "n-grams of 1 and 2 characters, linear SVM, C " in shown
    facts = json.loads((linear_run.out / "run.json").read_text("utf-8"))
    assert facts["status"] == "done"
    assert facts["linear"]["chosen"] in facts["linear"]["tried"]


@pytest.mark.parametrize("weights", [{}, {"a": 5.0}])
def test_weights_of_labels_are_told_and_in_run_json(
    tmp_path, write_csv, capsys, weights
):
    rows = [("苹果 香蕉", "a")] * 4 + [("桌子 椅子", "b")] * 8
    path = write_csv(tmp_path / "rows.csv", ("text", "label"), rows)
    run = kerascls.fit(
        train=path,
        valid=path,
        model="linear",
        label_weights=weights,
        out=tmp_path / "run",
    )
    facts = json.loads((run.out / "run.json").read_text("utf-8"))
    if not weights:
        assert "label_effects" not in facts
        return
    effects = facts["label_effects"]
    assert effects["settings"] == {"label_weights": {"a": 5.0}, "class_weights": "none"}
    a, b = (effects["classes"][name]["effective_rows"] for name in "ab")
    assert a / b == pytest.approx(2.5, rel=1e-4)
    assert "Skewed labels: label_weights a 5, class_weights none." in (
        " ".join(capsys.readouterr().out.split())
    )


def valid_part(**files):
    """Returns the texts of the validation part."""
    settings = RunSettings.from_options(**files)
    return load_labelled_text(settings.data, settings.split_seed).parts["valid"].texts


def test_of_rows_cut_from_train_it_learns_in_the_end_and_tells_so(linear_run):
    shown = " ".join(linear_run.shown.split())
    assert ", then trained on the validation part too; " in shown
    facts = json.loads((linear_run.out / "run.json").read_text("utf-8"))
    assert facts["linear"]["trained_on_valid"]
    bundle = open_bundle(linear_run.out)
    seen = SeenTexts.beside(bundle)
    texts = valid_part()
    assert seen.trained_on(texts).all()
    assert not seen.chosen_on(texts).any()
    # What `tune` takes is what was said before.
    kept = ScoredRows.load(linear_run.out / VALID_ROWS_FILE)
    now = Predictor(bundle).text_logits(texts)
    assert np.abs(now - kept.logits).max() > 0.1


def test_of_a_validation_part_that_was_given_it_does_not_learn(
    multilabel_files, tmp_path
):
    options = {"model": "linear", "out": tmp_path / "run", "quiet": True}
    kerascls.fit(**options, **multilabel_files)
    facts = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert not facts["linear"]["trained_on_valid"]
    kept = ScoredRows.load(tmp_path / "run" / VALID_ROWS_FILE)
    texts = valid_part(**multilabel_files)
    now = Predictor.load(tmp_path / "run").text_logits(texts)
    np.testing.assert_array_equal(now, kept.logits)


def test_a_logistic_regression_is_trained_shipped_and_tuned(tmp_path):
    out = tmp_path / "run"
    result = kerascls.fit(model="linear", linear_loss="log_loss", out=out, quiet=True)
    assert result.report.scores.macro.f1 > 0.8
    settings = json.loads((out / "bundle" / "settings.json").read_text("utf-8"))
    assert settings["train"]["linear_loss"] == "log_loss"
    assert kerascls.tune(out, objective="f2").decision.objective == "f2"


def test_probabilities_are_calibrated_and_labels_thresholded(linear_run):
    bundle = open_bundle(linear_run.out)
    assert bundle.decision.calibration.kind == "platt"
    assert bundle.rule.kind == "threshold"
    prediction = Predictor(bundle).predict(TEXT)
    assert "体育" in prediction.labels
    assert Predictor(bundle).predict([]) == []


def test_the_report_is_what_evaluate_and_the_predictor_say(linear_run, tmp_path):
    """The bundle gives in another process what training gave."""
    from kerascls.data.labelled_text import sample_path

    report = kerascls.evaluate(linear_run.out, sample_path(), out=tmp_path / "all")
    assert report.scores.rows == 410
    assert report.scores.macro.f1 > linear_run.result.report.scores.macro.f1
    kerascls.diff(tmp_path / "all", tmp_path / "all")


def test_a_decision_is_fitted_anew(linear_run, tmp_path):
    import shutil

    from kerascls.data.labelled_text import sample_path

    copy = shutil.copytree(linear_run.out, tmp_path / "copy")
    result = kerascls.tune(copy, sample_path(), objective="f2")
    assert result.decision.objective == "f2"
    assert open_bundle(copy).decision == result.decision


def test_labels_are_audited_by_it(linear_run, tmp_path, write_csv):
    pytest.importorskip("cleanlab")
    rows = [("球队赢得比赛", "体育"), ("新车上市", "汽车")] * 5
    path = write_csv(tmp_path / "more.csv", ("text", "labels"), rows)
    found = kerascls.audit(path, linear_run.out)
    assert "counted in characters" in found.section("length").lines
    assert found.section("label_error").counts["judged_rows"] == 10


def test_a_file_is_predicted_without_any_package_of_training(linear_run, tmp_path):
    output = tmp_path / "out.jsonl"
    code = (
        "import sys\n"
        "names = 'keras', 'tensorflow', 'jax', 'sklearn', 'scipy', 'matplotlib'\n"
        "sys.modules.update(dict.fromkeys(names))\n"
        "import kerascls\n"
        "kerascls.predict(*sys.argv[1:])\n"
    )
    (tmp_path / "in.txt").write_text(f"{TEXT}\n", "utf-8")
    files = [str(linear_run.out), str(tmp_path / "in.txt"), str(output)]
    subprocess.run([sys.executable, "-c", code, *files], check=True)
    (line,) = output.read_text("utf-8").splitlines()
    wanted = Predictor.load(linear_run.out).predict_proba(TEXT)[0]
    scores = list(json.loads(line)["scores"].values())
    np.testing.assert_allclose(scores, wanted, atol=1e-6)


def test_training_needs_neither_keras_nor_tensorflow(tmp_path):
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('keras', 'tensorflow', 'jax')))\n"
        "import kerascls\n"
        "kerascls.fit(model='linear', out=sys.argv[1], quiet=True)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=True)
    assert open_bundle(tmp_path / "run").runtime == "linear"


def test_several_text_columns_and_unseen_labels_go_through(pair_files, tmp_path):
    result = kerascls.fit(
        model="linear",
        text=("question", "answer"),
        out=tmp_path / "run",
        quiet=True,
        **pair_files,
    )
    assert list(result.report.unseen) == ["健康", "教育"]
    prediction = Predictor.load(result.out).predict([("我们今天去看足球", "")])[0]
    assert prediction.labels == ("体育",)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"epochs": 3, "learning_rate": 0.1}, "epochs=3, train.learning_rate=0.1"),
        ({"checkpoint": "x", "max_tokens": 9}, "checkpoint=.*model.max_tokens=9"),
        ({"from_scratch": True}, "from_scratch=True"),
        ({"track": "tensorboard"}, "train.track="),
        ({"best_by": "loss"}, "best_by='loss'"),
        ({"callbacks": [object()]}, "for callbacks"),
    ],
)
def test_what_it_does_not_follow_is_refused(options, named, tmp_path):
    with pytest.raises(SettingsError, match=named):
        kerascls.fit(model="linear", out=tmp_path / "run", quiet=True, **options)
    assert not (tmp_path / "run").exists()


def test_a_pair_of_texts_is_refused_and_the_advice_works(pair_files, tmp_path):
    options = {"model": "linear", "out": tmp_path / "run", "quiet": True, **pair_files}
    with pytest.raises(SettingsError, match="--text FIRST --text answer"):
        kerascls.fit(text="question", text_pair="answer", **options)
    kerascls.fit(text=("question", "answer"), **options)


@pytest.mark.parametrize(
    "command", [kerascls.search, kerascls.find_rate, kerascls.fit_seeds]
)
def test_commands_for_training_in_steps_are_refused(command):
    with pytest.raises(SettingsError, match="Use `kerascls fit --model linear`"):
        command(model="linear", quiet=True)


@pytest.mark.parametrize("format", ["onnx", "savedmodel", "tflite"])
def test_an_export_is_refused_for_it_needs_none(linear_run, format, tmp_path):
    with pytest.raises(BundleError, match="numpy alone runs it"):
        kerascls.export(linear_run.out, format=format, out=tmp_path / "model")


@pytest.mark.parametrize("runtime", ["keras", "onnx"])
def test_the_runtime_of_other_models_is_refused(linear_run, runtime):
    with pytest.raises(SettingsError, match=f"'linear'.*runtime='{runtime}'"):
        Predictor.load(linear_run.out, runtime)


def test_a_finished_run_is_only_read_and_one_that_was_killed_starts_again(
    linear_run, tmp_path
):
    import shutil

    copy = shutil.copytree(linear_run.out, tmp_path / "copy")
    assert kerascls.fit(out=copy, resume=True, quiet=True).best_epoch is None
    facts = json.loads((copy / "run.json").read_text("utf-8"))
    (copy / "run.json").write_text(json.dumps(facts | {"status": "running"}))
    again = kerascls.fit(out=copy, resume=True, quiet=True)
    assert again.report.to_dict() == linear_run.result.report.to_dict()


def test_going_on_with_a_finished_run_says_so(linear_run, capsys):
    kerascls.fit(out=linear_run.out, resume=True)
    told = capsys.readouterr().out
    assert "is done, there is nothing to go on with" in told
    assert "epochs" not in told


def test_the_report_says_what_speaks_for_each_label(linear_run):
    report = json.loads((linear_run.out / "report.json").read_text("utf-8"))
    ngrams = report["features"]
    assert list(ngrams) == list(linear_run.result.report.train_support)
    for weights in map(dict.values, ngrams.values()):
        assert 0 < len(weights) <= 10
        assert sorted(weights, reverse=True) == list(weights) and min(weights) > 0
    text = (linear_run.out / "report.md").read_text("utf-8")
    below = text.partition("## What speaks for each label")[2]
    assert below.count("\n- ") == len(ngrams)


def test_two_classes_have_features_each(tmp_path):
    texts = [f"{word} {n % 3}" for n in range(40) for word in ("good", "bad")]
    labels = ["yes", "no"] * 40
    train = {"text": texts, "label": labels}
    report = kerascls.fit(
        train=train, model="linear", out=tmp_path / "two", quiet=True
    ).report
    first = {label: next(iter(one)) for label, one in report.features.of_label.items()}
    assert first == {"yes": "good", "no": "bad"}
