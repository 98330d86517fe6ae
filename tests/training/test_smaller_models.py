"""Runs with fewer layers and tokens: resumed to the same end, shipped as they are."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from kerascls.errors import SettingsError
from kerascls.inference.bundle import open_bundle
from kerascls.inference.predictor import Predictor
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.training.job import prepare
from kerascls.training.resume import earlier_run

pytestmark = pytest.mark.slow


class CtrlC(keras.callbacks.Callback):
    """Interrupts the second epoch in its second step."""

    epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (1, 1):
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A BERT of three layers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "checkpoints"))
        from make_checkpoints import CASES, write_checkpoint
    return write_checkpoint(
        CASES["bert_huggingface"], tmp_path_factory.mktemp("checkpoint") / "bert"
    )


@pytest.fixture(scope="module")
def options(multilabel_files, checkpoint):
    smaller = {"num_layers": 2, "prune_vocab": 2}
    return {**multilabel_files, "checkpoint": checkpoint, **smaller}


@pytest.fixture(scope="module")
def smaller(train_run, options, tmp_path_factory):
    """A finished run; do not change its directory."""
    return train_run(tmp_path_factory.mktemp("runs") / "smaller", **options)


def vocab_of(place):
    return (place / "vocab.txt").read_text("utf-8").split()


def test_the_bundle_holds_only_what_was_kept(smaller, checkpoint):
    bundle = open_bundle(smaller.out)
    config = bundle.read("encoder.json")["config"]
    kept, all_tokens = vocab_of(bundle.path), vocab_of(checkpoint)
    assert config["num_layers"] == 2
    assert config["vocab_size"] == len(kept) < len(all_tokens)
    assert kept == [token for token in all_tokens if token in kept]
    assert "体" not in kept
    sizes = [
        (place / "model.safetensors").stat().st_size
        for place in (bundle.path, checkpoint)
    ]
    assert sizes[0] < 0.8 * sizes[1]


def test_the_bundle_predicts_what_was_validated(smaller):
    report = json.loads((smaller.out / "report.json").read_text("utf-8"))
    assert report["scores"]["macro"]["f1"] >= 0
    predictor = Predictor.load(smaller.out)
    probs = predictor.predict_proba(["足球", "新车 不大", "xyz 体"])
    assert probs.shape == (3, 3)
    assert np.isfinite(probs).all()
    assert np.abs(probs[0] - probs[1]).max() > 1e-4


def test_people_are_told_what_was_kept(smaller):
    assert "layers: the first 2 of 3" in smaller.shown
    assert "at least 2 times" in smaller.shown


def test_the_settings_of_a_run_lead_to_the_tokens_and_layers_of_its_bundle(smaller):
    _, settings = earlier_run(smaller.out, RunSettings())
    start = prepare(settings, Screen(quiet=True)).start
    assert list(start.tokenizer.vocab) == vocab_of(open_bundle(smaller.out).path)
    assert start.config.num_layers == 2


@pytest.mark.slow
def test_an_interrupted_run_goes_on_with_the_same_layers_and_tokens(
    train_run, options, smaller, tmp_path
):
    out = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        train_run(out, **options, callbacks=[CtrlC()])
    train_run(out, **options, resume=True)
    for name in ("history.csv", "bundle/model.safetensors", "bundle/vocab.txt"):
        assert (out / name).read_bytes() == (smaller.out / name).read_bytes(), name


@pytest.mark.parametrize("option", ["num_layers", "prune_vocab"])
def test_a_run_does_not_go_on_with_other_layers_or_tokens(smaller, option):
    other = RunSettings.from_options(**{option: 1})
    with pytest.raises(SettingsError, match=f"model.{option}=1, not 2"):
        earlier_run(smaller.out, other)
