"""Methods for skewed labels, from labelled text to a bundle."""

import csv
import json

import numpy as np
import pytest

from kerascls.inference.predictor import Predictor
from kerascls.settings.imbalance import METHODS

TINY = {
    **{"model": "textcnn", "checkpoint": None, "max_tokens": None, "min_count": 1},
    **{"embedding_dim": 8, "hidden_dim": 8, "learning_rate": 0.01, "epochs": 2},
    "calibration": "none",
}
# Nine to one, and nothing in the text to tell them apart.
ROWS = [("天气很好", "常"), *[("天气很好", "多")] * 9] * 3


@pytest.fixture(scope="module")
def skewed_files(tmp_path_factory, write_csv):
    folder = tmp_path_factory.mktemp("skewed")
    return {
        name: write_csv(folder / f"{name}.csv", ("text", "label"), ROWS)
        for name in ("train", "valid")
    }


def last_losses(run) -> dict[str, float]:
    rows = csv.DictReader((run.out / "history.csv").read_text("utf-8-sig").splitlines())
    last = list(rows)[-1]
    return {name: float(last[name]) for name in ("loss", "val_loss")}


def rare(run) -> float:
    """Returns the probability of the rare label."""
    predictor = Predictor.load(run.out)
    return predictor.predict_proba(["天气很好"])[0, predictor.labels.index("常")]


def test_an_adjusted_model_answers_as_if_labels_were_as_likely(
    train_run, skewed_files, tmp_path
):
    files, out = skewed_files, tmp_path / "run"
    run = train_run(out, **TINY, **files, imbalance="logit_adjustment")
    assert rare(run) == pytest.approx(0.5, abs=0.1)
    losses = last_losses(run)
    expected = -np.log([0.9, 0.1]) @ [0.9, 0.1]
    assert losses["loss"] == pytest.approx(expected, abs=0.1)  # adjusted, so right
    assert losses["val_loss"] == pytest.approx(np.log(2), abs=0.15)
    facts = json.loads((run.out / "run.json").read_text("utf-8"))
    assert facts["settings"]["imbalance"]["method"] == "logit_adjustment"
    assert any("imbalance: logit_adjustment" in note for note in facts["notes"])
    # There is no test part, and so no report.
    assert not (out / "report.json").exists()
    effects = facts["label_effects"]
    assert effects["method"] == "logit_adjustment"
    assert {name: of["rows"] for name, of in effects["classes"].items()} == {
        "多": 27,
        "常": 3,
    }


def test_a_loss_of_pairs_of_labels_is_trained(train_run, multilabel_files, tmp_path):
    run = train_run(tmp_path / "run", **TINY, **multilabel_files, imbalance="zlpr")
    assert 0 < last_losses(run)["loss"] < 10
    assert Predictor.load(run.out).predict(["足球"])


@pytest.mark.slow
@pytest.mark.parametrize("name", [one for one in METHODS if not METHODS[one].sampler])
def test_every_loss_trains_with_all_knobs(name, train_run, multilabel_files, tmp_path):
    knobs = {"r_drop": 1.0, "fgm": 0.1, "label_smoothing": 0.1, "accumulate_steps": 2}
    options = TINY | knobs | {"label_weights": {"体育": 2.0}}
    run = train_run(tmp_path / "run", **options, **multilabel_files, imbalance=name)
    assert all(np.isfinite(list(last_losses(run).values())))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["class_weight", "class_balanced"])
def test_weights_make_a_rare_label_as_likely(name, train_run, skewed_files, tmp_path):
    plain = train_run(tmp_path / "plain", **TINY, **skewed_files)
    assert rare(plain) == pytest.approx(0.1, abs=0.05)
    run = train_run(tmp_path / "run", **TINY, **skewed_files, imbalance=name)
    assert rare(run) == pytest.approx(0.5, abs=0.1)
