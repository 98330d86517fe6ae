"""Checkpoints as people have them: prefixes, heads, half downloads, other names."""

import csv
import runpy
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import kerascls
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.loading import read_encoder_weights

COMPLETE = "weights complete"
# The case, and what must be said of a checkpoint that can be used.
USABLE = {
    "ckpt-adam-slots-rbt3": ("optimiser slots: 110", "pre-training heads: 2"),
    "ckpt-electra-generator": ("generator; the discriminator is the one meant",),
    "ckpt-embeddings-under-decoder-name": ("from cls.predictions.decoder.weight",),
    "ckpt-ernie-1-hub": ("activation relu", "65 positions"),
    "ckpt-ernie-vocab-with-ids": ("vocabulary 82 tokens",),
    "ckpt-module-prefix": ("prefix 'module.bert.'", "task heads: 2 weights"),
    "ckpt-own-head-fc": ("beside the encoder 'bert.': 2 weights, such as fc.bias",),
    "ckpt-roberta-type-bert-weights": ("read as BERT", "roberta"),
    "ckpt-tf-config-without-intermediate": ("read off the weights: intermediate_size",),
    "ckpt-tf-scope-prefix": ("prefix 'model/bert/'",),
    "ckpt-tinybert-config": ("keys not used: cell, emb_size, pre_trained",),
    "ckpt-two-configs-same-model": ("configuration bert_config.json",),
}
# The case, and what must be said of one that cannot.
REFUSED = {
    "ckpt-git-lfs-pointer": ("Git LFS pointer", "git lfs pull"),
    "ckpt-keras-object-checkpoint": (
        "Keras object checkpoint",
        "save_weights_as_checkpoint",
    ),
    "ckpt-tf-fine-tuned-steps": ("such as ckpt/model.ckpt-343, which",),
    "ckpt-tf-truncated": ("damaged or incomplete",),
}


@pytest.mark.parametrize("name", USABLE)
def test_a_usable_checkpoint_is_complete_and_what_is_odd_is_said(case, name):
    inspected = case(name).done[-1]
    assert inspected.works(COMPLETE, *USABLE[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_with_the_cure(case, name):
    assert case(name).done[-1].refuses(*REFUSED[name])


def weights_of(folder):
    return read_encoder_weights(find_checkpoint(folder))[0]


def test_names_behind_a_scope_of_tensorflow_give_the_weights_without_it(
    case, tmp_path, monkeypatch
):
    folder = case("ckpt-tf-scope-prefix", ["python make.py"]).folder
    make = (folder / "make.py").read_text("utf-8").replace('"model/" + k', "k")
    (tmp_path / "make.py").write_text(make, "utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path("make.py")
    assert_equal(weights_of(folder / "ckpt"), weights_of(tmp_path / "ckpt"))


@pytest.mark.parametrize(
    "name",
    [
        "ckpt-module-prefix",
        "ckpt-own-head-fc",
        "ckpt-ernie-1-hub",
        "ckpt-embeddings-under-decoder-name",
    ],
)
def test_the_weights_are_those_of_the_same_file_with_usual_names(case, name, tmp_path):
    folder = case(name, ["python make.py"]).folder / "ckpt"
    usual = shutil.copytree(folder, tmp_path / "usual")
    renames = {
        "cls.predictions.decoder": "bert.embeddings.word_embeddings",
        "module.": "",
        "ernie.": "bert.",
    }
    tensors = {}
    for key, value in load_file(folder / "model.safetensors").items():
        for theirs, ours in renames.items():
            key = key.replace(theirs, ours)
        tensors[key] = value
    encoder = {key: tensors[key] for key in tensors if key.startswith("bert.")}
    save_file(encoder, usual / "model.safetensors")
    config = (usual / "config.json").read_text("utf-8")
    config = config.replace('"ernie"', '"bert"').replace("Ernie", "Bert")
    (usual / "config.json").write_text(config, "utf-8")
    assert_equal(weights_of(folder), weights_of(usual))


def assert_equal(found, expected):
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[key], expected[key]) for key in expected)


@pytest.mark.parametrize("second", ["--text-pair second", "--text second"])
@pytest.mark.slow
def test_pairs_on_an_encoder_of_one_segment_are_refused_and_the_cure_works(
    case, second
):
    line = "kerascls fit --train train.csv --checkpoint ckpt --text text"
    line += f" {second} --label label --epochs 1 --out run --quiet"
    done = case("ckpt-type-vocab-1-pair", ["python make.py", line]).done[-1]
    if "pair" in second:
        assert done.refuses("two segments", "type_vocab_size=1", "--text as well")
    else:
        assert done.works()


@pytest.mark.slow
def test_texts_of_more_than_512_tokens_are_read_to_the_end(case):
    run = case("ckpt-positions-1024")
    assert [done.code for done in run.done[1:]] == [0, 0]
    assert run.json("run/bundle/text.json")["max_tokens"] == 1024
    with open(run.folder / "out.csv", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert all(row["predicted"] for row in rows)

    text = "国足今晚迎战劲旅" * 90
    predictor = kerascls.Predictor.load(run.folder / "run")
    whole, cut = predictor.predict_proba([text + "军事" * 40, text])
    assert not np.array_equal(whole, cut)
