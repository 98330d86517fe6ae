import random
import re
from pathlib import Path

import pytest
from damaged_weights import damage_of, outcome, sound_files
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """One small file of each form, and a folder to damage copies in."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "damaged").mkdir()
    return sound_files(folder)


def test_the_files_to_be_damaged_are_sound(sound):
    assert {outcome(path) for path in sound.values()} == {"read"}


@pytest.mark.parametrize("form", ["safetensors", "zip", "pickle in zip", "old", "hdf5"])
@given(seed=st.integers(0, 2**32))
def test_a_damaged_file_is_read_or_refused_and_nothing_else_happens(sound, form, seed):
    if form not in sound:
        pytest.skip("h5py is not installed")
    content = damage_of(form)(sound[form].read_bytes(), random.Random(seed))
    folder = sound[form].parent / "damaged"
    path = folder / sound[form].name
    path.write_bytes(content)
    assert outcome(path) in ("read", "refused")
    assert path.read_bytes() == content
    path.unlink()
    assert [*folder.iterdir()] == []
