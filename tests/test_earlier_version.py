"""What an earlier version wrote is read as if it had been written today."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import kerascls

FILES = Path(__file__).parent / "earlier_version"
EXPECTED = json.loads((FILES / "expected.json").read_text("utf-8"))


@pytest.fixture
def earlier(tmp_path) -> Path:
    """A copy whose run.json names the place where it lies."""
    folder = tmp_path / "früher 早"
    shutil.copytree(FILES, folder)
    for place in folder.glob("*/run.json"):
        text = place.read_text("utf-8").replace("FOLDER", str(folder))
        place.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("runtime", ["keras", "onnx"])
def test_a_bundle_gives_the_labels_and_probabilities_of_then(earlier, runtime):
    predictor = kerascls.Predictor.load(earlier / "finished", runtime=runtime)
    texts = EXPECTED["texts"]
    found = predictor.predict_proba(texts)
    np.testing.assert_allclose(found, EXPECTED["probabilities"], atol=1e-5)
    labels = [list(one.labels) for one in predictor.predict(texts)]
    assert labels == EXPECTED["labels"]


def test_a_bundle_is_scored_and_tuned(earlier):
    report = kerascls.evaluate(earlier / "finished", earlier / "test.csv")
    then = json.loads((earlier / "finished" / "report.json").read_text("utf-8"))
    assert report.to_dict()["scores"] == then["scores"]
    tuned = kerascls.tune(earlier / "finished", earlier / "valid.csv", objective="f1")
    assert tuned.bundle == earlier / "finished" / "bundle"


def test_two_finished_runs_are_compared(earlier):
    shutil.copytree(earlier / "finished", earlier / "twin")
    found = kerascls.diff(earlier / "finished", earlier / "twin", resamples=10)
    rows = json.loads((earlier / "finished" / "report.json").read_text("utf-8"))
    assert found.rows == rows["scores"]["rows"]
    assert (found.only_a, found.only_b) == (0, 0)


def test_a_finished_run_is_read_on_resume(earlier):
    result = kerascls.fit(out=earlier / "finished", resume=True, quiet=True)
    assert result.report.scores.macro.f1 > 0
    assert result.bundle == earlier / "finished" / "bundle"


def history(out: Path) -> list[list[float]]:
    with open(out / "history.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ("epoch", "loss", "val_loss", "f1")
    return [[float(row[column] or 0) for column in columns] for row in rows]


def test_an_interrupted_run_goes_on_to_the_end_it_would_have_had(earlier):
    before = history(earlier / "interrupted")
    kerascls.fit(out=earlier / "interrupted", resume=True, quiet=True, cache=False)
    after = history(earlier / "interrupted")
    assert 0 < len(before) < len(after)
    np.testing.assert_allclose(after, history(earlier / "finished"), atol=1e-4)
    weights = {
        name: load_file(earlier / name / "bundle" / "model.safetensors")
        for name in ("interrupted", "finished")
    }
    for name, array in weights["finished"].items():
        np.testing.assert_allclose(weights["interrupted"][name], array, atol=1e-4)
