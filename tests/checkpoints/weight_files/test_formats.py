import re
from pathlib import Path

import pytest

from kerascls.checkpoints.weight_files.formats import (
    FORMATS,
    format_of,
    open_weights,
)
from kerascls.checkpoints.weight_files.safetensors_files import SafetensorsFiles
from kerascls.system.tables import named


def test_every_form_has_a_reader():
    assert all(callable(named(form.reader)) for form in FORMATS.values())


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("model.safetensors", "safetensors"),
        ("model.safetensors.index.json", "safetensors"),
        ("pytorch_model.bin", "torch"),
        ("pytorch_model.bin.index.json", "torch"),
        ("best.pt", "torch"),
        ("tf_model.h5", "hdf5"),
        ("bert_model.ckpt.index", "tensorflow"),
        ("bert_model.ckpt", "tensorflow"),
    ],
)
def test_the_ending_says_which_form_it_is(name, form):
    assert format_of(Path("中文.bin", name)) is FORMATS[form]


@pytest.mark.parametrize("name", ["config.json", "x.index.json", "vocab.txt", "bin"])
def test_other_files_are_of_no_form(name):
    assert not any(form.fits(name) for form in FORMATS.values())


def test_a_form_can_be_added(tmp_path, copy_of, monkeypatch):
    ours = FORMATS["safetensors"]
    row = type(ours)(**vars(ours) | {"endings": (".tensors",), "main": ""})
    monkeypatch.setitem(FORMATS, "mine", row)
    directory = copy_of("bert_huggingface")
    path = directory / "model.safetensors"
    path = path.rename(path.with_suffix(".tensors"))
    assert isinstance(open_weights(path), SafetensorsFiles)


def test_the_forms_of_one_turn_are_told_apart():
    endings = [ending for form in FORMATS.values() for ending in form.endings]
    assert len(set(endings)) == len(endings)
    assert all(re.fullmatch(r"\.\w+", ending) for ending in endings)
