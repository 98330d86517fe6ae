"""Means of weights, and the runs of which there is none."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from kerascls.errors import SettingsError
from kerascls.experiments.combining.averaging import (
    average,
    check_alike,
)
from kerascls.experiments.combining.candidates import Candidate, open_candidates
from kerascls.inference.bundle import ENCODER, WEIGHTS, open_bundle
from kerascls.inference.bundle.files import MANIFEST, describe


@pytest.fixture
def copied(second_run, tmp_path):
    return Path(shutil.copytree(second_run.out, tmp_path / "copy"))


def check(first, second) -> None:
    check_alike(open_candidates([first, second], []))


def change_facts(run, **changes) -> None:
    facts = json.loads((run / "run.json").read_text("utf-8"))
    (run / "run.json").write_text(json.dumps(facts | changes))


def rewrite(run, name, content: bytes) -> None:
    """Writes another file, and its hash into the manifest."""
    bundle = run / "bundle"
    (bundle / name).write_bytes(content)
    manifest = json.loads((bundle / MANIFEST).read_text("utf-8"))
    manifest["files"][name] = describe(bundle / name)
    (bundle / MANIFEST).write_text(json.dumps(manifest))


def test_the_mean_is_that_of_every_number(multilabel_run, second_run):
    bundles = [open_bundle(run.out) for run in (multilabel_run, second_run)]
    mean = average(bundles)
    first, second = (load_file(one.path / WEIGHTS) for one in bundles)
    assert mean.keys() == first.keys()
    for name, array in mean.items():
        assert array.dtype == np.float32
        np.testing.assert_allclose(array, (first[name] + second[name]) / 2, atol=1e-6)
    assert any((first[name] != second[name]).any() for name in first)


def test_the_mean_of_one_is_the_same_to_the_bit(multilabel_run):
    bundle = open_bundle(multilabel_run.out)
    stored = load_file(bundle.path / WEIGHTS)
    for name, array in average([bundle]).items():
        np.testing.assert_array_equal(array, stored[name])


def test_seeds_of_one_start_have_a_mean(multilabel_run, second_run):
    check(multilabel_run.out, second_run.out)


def other_layers(run):
    content = json.loads((run / "bundle" / ENCODER).read_text("utf-8"))
    rewrite(run, ENCODER, json.dumps(content | {"pooling": "max"}).encode())


def other_vocabulary(run):
    name = open_bundle(run).tokenizer_file.name
    words = (run / "bundle" / name).read_text("utf-8").splitlines()
    words[-2:] = words[:-3:-1]
    rewrite(run, name, "\n".join(words).encode())


def other_cut(run):
    content = json.loads((run / "bundle" / "text.json").read_text("utf-8"))
    rewrite(run, "text.json", json.dumps(content | {"truncate": "tail"}).encode())


def other_order(run):
    content = json.loads((run / "bundle" / "labels.json").read_text("utf-8"))
    content["train_rows"] = dict(reversed(content["train_rows"].items()))
    rewrite(run, "labels.json", json.dumps(content).encode())


def other_weights(run):
    change_facts(run, weights="/elsewhere/bert")


def random_weights(run):
    change_facts(run, weights=None, seed=7)


def other_vectors(run):
    facts = json.loads((run / "run.json").read_text("utf-8"))
    facts["settings"]["model"]["word_vectors"] = "zh.vec"
    change_facts(run, weights=None, seed=7, settings=facts["settings"])


def file_of_many(run):
    facts = json.loads((run / "run.json").read_text("utf-8"))
    facts["settings"]["model"]["checkpoint"] = "model.ckpt-2000"
    change_facts(run, settings=facts["settings"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (other_layers, "another architecture than"),
        (other_vocabulary, "another vocabulary than"),
        (other_cut, "cut or joined in another way"),
        (other_order, "labels in another order"),
        (other_weights, "started from /elsewhere/bert"),
        (random_weights, "started from random weights of seed 7"),
        (other_vectors, "seed 7 and the word vectors zh.vec"),
        (file_of_many, "started from model.ckpt-2000 in "),
    ],
)
def test_other_runs_are_refused_with_why(multilabel_run, copied, change, told):
    change(copied)
    with pytest.raises(SettingsError, match=told) as error:
        check(multilabel_run.out, copied)
    assert "kerascls ensemble" in str(error.value)


def test_random_weights_of_one_seed_are_one_start(multilabel_run, copied, tmp_path):
    first = Path(shutil.copytree(multilabel_run.out, tmp_path / "first"))
    for run, seed in ((first, 7), (copied, 7)):
        change_facts(run, weights=None, seed=seed)
    check(first, copied)
    change_facts(copied, seed=8)
    with pytest.raises(SettingsError, match="random weights of seed 8"):
        check(first, copied)


def test_what_is_no_transformer_of_a_run_is_refused(
    multilabel_run, multilabel_linear_run, tmp_path
):
    with pytest.raises(SettingsError, match="a linear model"):
        check(multilabel_run.out, multilabel_linear_run.out)
    alone = shutil.copytree(multilabel_run.out / "bundle", tmp_path / "alone")
    bundle = open_bundle(alone)
    one = Candidate("alone", bundle, bundle.label_set.names)
    with pytest.raises(SettingsError, match="without the run.json"):
        check_alike([one, one])
