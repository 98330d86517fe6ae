"""A text longer than a sequence is read in windows, from the file to every export."""

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

import kerascls
from kerascls.errors import BundleError, SettingsError
from kerascls.inference.bundle import open_bundle
from kerascls.inference.bundle.architecture import read_architecture
from kerascls.inference.bundle.description import bundle_lines, describe_bundle
from kerascls.inference.predictor import Predictor
from kerascls.models.backend.forward import length_buckets
from kerascls.settings.run_settings import RunSettings

WINDOWS = {
    "max_tokens": 12,
    "max_windows": 4,
    "window_overlap": 3,
    "window_pooling": "attention",
    "pooling": "mean",
}
MOST = 10 + 3 * 7  # tokens that these windows hold
UNSEEN = "天气"


@pytest.fixture(scope="module")
def long_files(tmp_path_factory, write_csv):
    """Texts of 3 to 60 tokens whose labels stand at their ends."""
    folder = tmp_path_factory.mktemp("long")
    rows = [
        (UNSEEN * length + word, label)
        for word, label in (("足球", "体育"), ("新车足球", "体育|汽车"))
        for length in (1, 2, 5, 7, 11, 14, 29)
    ]
    return {
        part: write_csv(folder / f"{part}.csv", ("text", "labels"), rows)
        for part in ("train", "valid", "test")
    }


@pytest.fixture(scope="module")
def windows_run(train_run, long_files, tmp_path_factory):
    """A finished run with windows; do not change its directory."""
    out = tmp_path_factory.mktemp("windows") / "run"
    return train_run(out, **long_files, **WINDOWS)


@pytest.fixture(scope="module")
def predictor(windows_run):
    return Predictor.load(windows_run.out, runtime="keras")


def texts_of(path) -> list[str]:
    with open(path, encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def test_the_run_says_what_it_reads_and_what_is_lost(windows_run):
    shown = " ".join(windows_run.shown.split())
    assert "max_windows 4, window_overlap 3, window_pooling attention" in shown
    assert "texts longer than 4 windows of 12 tokens are cut (head is kept)" in shown
    lost = (2 * 29 + 2 - MOST) + (2 * 29 + 4 - MOST)
    lost += 1  # the last but one of the longer ones has 32 tokens
    tokens = sum(4 * length + 6 for length in (1, 2, 5, 7, 11, 14, 29))
    assert f"test 3 of 14 ({lost / tokens:.1%} of tokens)" in shown
    notes = json.loads((windows_run.out / "run.json").read_text("utf-8"))["notes"]
    assert any("4 windows of 12 tokens" in note for note in notes)


def test_a_text_has_one_answer_whatever_texts_are_predicted_with_it(
    predictor, long_files
):
    texts = texts_of(long_files["test"])
    together = predictor.predict_proba([*texts, "", "足球"])
    for row, text in enumerate([*texts, "", "足球"]):
        alone = predictor.predict_proba(text)[0]
        np.testing.assert_allclose(alone, together[row], atol=1e-6)


def test_windows_are_read_and_what_is_beyond_them_is_not(predictor):
    filler = MOST // 2 * UNSEEN
    last, beyond = filler[:-1] + "球", filler + "足球"
    plain = predictor.predict_proba(filler)
    assert np.abs(predictor.predict_proba(last) - plain).max() > 1e-6
    longer = predictor.predict_proba(filler + UNSEEN)
    beyond = predictor.predict_proba(beyond[: MOST - 1] + UNSEEN[0] + "足球")
    assert np.abs(longer - beyond).max() < 1e-6


def test_many_windows_are_predicted_in_smaller_batches(predictor, monkeypatch):
    shapes = []
    logits = predictor._runtime.logits

    def watched(inputs):
        shapes.append(inputs["token_ids"].shape)
        return logits(inputs)

    monkeypatch.setattr(predictor._runtime, "logits", watched)
    predictor.predict_proba([UNSEEN * 30] * 20 + ["足球"] * 40)
    assert shapes == [(8, 4, 12), (8, 4, 12), (8, 4, 12), (32, 1, 4), (4, 1, 4)]


def test_a_backend_that_compiles_sees_few_shapes_and_answers_the_same(
    predictor, long_files, monkeypatch
):
    texts = texts_of(long_files["test"])
    expected = predictor.predict_proba(texts)
    shapes = set()
    runtime = predictor._runtime
    logits = runtime._forward

    def watched(inputs):
        shapes.add(inputs["token_ids"].shape[1:])
        return logits(inputs)

    monkeypatch.setattr(runtime, "_buckets", length_buckets(12, 4))
    monkeypatch.setattr(runtime, "_forward", watched)
    for text, scores in zip(texts, expected, strict=True):
        np.testing.assert_allclose(predictor.predict_proba(text)[0], scores, atol=1e-5)
    assert shapes == {(1, 12), (2, 12), (4, 12)}


def test_evaluation_and_prediction_of_files_give_what_training_reported(
    windows_run, long_files, predictor, tmp_path
):
    report = kerascls.evaluate(windows_run.out, long_files["test"])
    then = json.loads((windows_run.out / "report.json").read_text("utf-8"))
    assert report.to_dict()["scores"] == then["scores"]
    output = tmp_path / "labelled.csv"
    kerascls.predict(windows_run.out, long_files["test"], output)
    with open(output, encoding="utf-8-sig", newline="") as file:
        found = [row["predicted"] for row in csv.DictReader(file)]
    expected = predictor.predict(texts_of(long_files["test"]))
    assert [set(cell.split("|")) - {""} for cell in found] == [
        set(one.labels) for one in expected
    ]


def test_bundles_with_windows_are_tuned_and_compared(windows_run, long_files, tmp_path):
    other = shutil.copytree(windows_run.out, tmp_path / "other")
    tuned = kerascls.tune(other, long_files["valid"], objective="f1")
    assert tuned.bundle == other / "bundle"
    found = kerascls.diff(windows_run.out, other, resamples=10)
    assert found.rows == 14


def test_the_onnx_file_answers_as_keras_does(windows_run, long_files, tmp_path):
    bundle = shutil.copytree(windows_run.out / "bundle", tmp_path / "bundle")
    before = Predictor.load(bundle).predict_proba(texts_of(long_files["test"]))
    result = kerascls.export(bundle, input=long_files["test"])
    assert result.comparison.largest_difference < 1e-5
    assert result.comparison.changed == 0
    after = Predictor.load(bundle, "onnx").predict_proba(texts_of(long_files["test"]))
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_a_bundle_says_how_its_texts_are_read(windows_run):
    bundle = open_bundle(windows_run.out)
    told = {title: text for title, text, *_ in bundle_lines(describe_bundle(bundle))}
    assert told["text"] == "text; up to 4 windows of 12 tokens, overlapping by 3"
    assert told["encoder"].endswith("pooling=mean, window_pooling=attention")


def test_a_bundle_whose_model_reads_no_windows_is_refused(windows_run):
    bundle = open_bundle(windows_run.out)
    spec = replace(bundle.input_spec, max_windows=1)
    with pytest.raises(BundleError, match="window_pooling='attention'.*1 window"):
        read_architecture(replace(bundle, input_spec=spec))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"window_overlap": 4}, "window_overlap=4 with max_windows=1"),
        ({"window_pooling": "max"}, "window_pooling='max' with max_windows=1"),
        ({"max_windows": 0}, "max_windows=0"),
        ({"max_windows": 2, "window_overlap": -1}, "window_overlap=-1"),
        ({"max_windows": 2, "window_pooling": "cls"}, "one of mean, max, attention"),
    ],
)
def test_windows_without_a_meaning_are_refused(options, told):
    with pytest.raises(SettingsError, match=told):
        RunSettings.from_options(**options)


def test_an_overlap_that_leaves_nothing_new_is_refused(stopped, long_files):
    with pytest.raises(SettingsError, match="0 to 9 with max_tokens=12.*overlap=10"):
        kerascls.fit(
            **long_files,
            from_scratch=True,
            **WINDOWS | {"window_overlap": 10},
            quiet=True,
        )


def test_windows_over_several_columns_are_refused(stopped, pair_files):
    for columns in ({"text_pair": "answer"}, {"text": ("question", "answer")}):
        with pytest.raises(SettingsError, match="max_windows=2 for 2 text columns"):
            kerascls.fit(
                **pair_files,
                **{"text": ("question",)} | columns,
                from_scratch=True,
                max_windows=2,
                quiet=True,
            )


def test_a_model_of_whole_texts_has_no_windows(stopped, long_files):
    with pytest.raises(SettingsError, match="model.max_windows=2"):
        kerascls.fit(**long_files, model="linear", max_windows=2, quiet=True)


def test_an_eighth_overlaps_and_the_mean_is_taken_where_nothing_is_stated(
    stopped, long_files
):
    job = stopped(**long_files, from_scratch=True, max_tokens=40, max_windows=2)
    model = job.settings.model
    assert (model.window_overlap, model.window_pooling) == (5, "mean")
    assert job.input_spec.window_overlap == 5
