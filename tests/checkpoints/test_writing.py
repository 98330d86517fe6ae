"""What is written in a layout is read again to the bit, by us and by its project."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from checkpoint_cases import CASES, Case
from read_with_transformers import TEXTS
from test_parity_live import reference_python, run_reference
from tiny_tokenizers import unigram

from kerascls.checkpoints import writing
from kerascls.checkpoints.accounting import has_pooler
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.loading import load_encoder, read_encoder_weights
from kerascls.checkpoints.writing import WholeEncoder, require_place, write_checkpoint
from kerascls.errors import CheckpointError, DiskFullError, SettingsError
from kerascls.models.families import FAMILIES
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

GOOGLES = [
    n for n, c in CASES.items() if c.model.family in ("bert", "albert", "electra")
]
OTHERS = {"roberta_huggingface", "distilbert_huggingface", "modernbert_huggingface"}
FILES = ["config.json", "kerascls.json", "model.safetensors", "tokenizer.json"]
FILES += ["tokenizer_config.json", "vocab.txt"]


def encoder_in(folder) -> WholeEncoder:
    found = find_checkpoint(folder)
    weights, _ = read_encoder_weights(found, with_pool=has_pooler(found))
    return WholeEncoder(config=found.config, weights=weights, tokenizer=found.tokenizer)


def check_same(one: WholeEncoder, other: WholeEncoder):
    assert one.config == other.config
    assert one.tokenizer.identity() == other.tokenizer.identity()
    assert one.tokenizer.do_lower_case == other.tokenizer.do_lower_case
    assert one.weights.keys() == other.weights.keys()
    for name, value in one.weights.items():
        assert value.tobytes() == other.weights[name].tobytes(), name


@pytest.mark.parametrize("name", CASES)
def test_huggingface_s_layout_holds_every_family(written, tmp_path, name):
    encoder = encoder_in(written(name))
    files, notes = write_checkpoint(encoder, "huggingface", tmp_path / "输出")
    assert (files, notes) == (FILES, [])
    assert encoder.has_pooler == FAMILIES[encoder.config.family].has_pooler
    check_same(encoder, encoder_in(tmp_path / "输出"))


@pytest.mark.parametrize("name", GOOGLES)
def test_what_goes_to_google_and_back_is_the_same(written, tmp_path, name):
    encoder = encoder_in(written(name))
    write_checkpoint(encoder, "google", tmp_path / "there (1)")
    there = encoder_in(tmp_path / "there (1)")
    check_same(encoder, there)
    write_checkpoint(there, "huggingface", tmp_path / "back")
    check_same(encoder, encoder_in(tmp_path / "back"))


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_what_google_has_no_code_for_is_refused(written, tmp_path, name):
    with pytest.raises(SettingsError, match=r"BERT, ALBERT, ELECTRA\..*--to hugg"):
        write_checkpoint(encoder_in(written(name)), "google", tmp_path / "out")
    assert not any(tmp_path.iterdir())


def test_another_tokenizer_than_wordpiece_does_not_fit_google(tmp_path, written):
    tokenizer = RustTokenizer(unigram())
    encoder = replace(encoder_in(written("bert_huggingface")), tokenizer=tokenizer)
    with pytest.raises(SettingsError, match=r"a Unigram model that cuts.*--to hugg"):
        write_checkpoint(encoder, "google", tmp_path / "out")
    write_checkpoint(encoder, "huggingface", tmp_path / "out")
    assert not (tmp_path / "out" / "vocab.txt").exists()
    check_same(encoder, encoder_in(tmp_path / "out"))


def test_a_token_of_white_space_does_not_fit_google(tmp_path, written):
    encoder = encoder_in(written("bert_huggingface"))
    tokens = sorted(encoder.tokenizer.vocab, key=encoder.tokenizer.vocab.__getitem__)
    tokenizer = Tokenizer([*tokens[:-1], "\u3000"], do_lower_case=True)
    encoder = replace(encoder, tokenizer=tokenizer)
    with pytest.raises(SettingsError, match="tokens of white space"):
        write_checkpoint(encoder, "google", tmp_path / "out")
    write_checkpoint(encoder, "huggingface", tmp_path / "out")
    check_same(encoder, encoder_in(tmp_path / "out"))


def test_an_encoder_without_pooler_is_said_to_have_none(written, tmp_path):
    encoder = encoder_in(written("bert_huggingface"))
    weights = {n: v for n, v in encoder.weights.items() if not n.startswith("pooler")}
    encoder = replace(encoder, weights=weights)
    _, notes = write_checkpoint(encoder, "huggingface", tmp_path / "out")
    assert "add_pooling_layer=False" in notes[0]
    check_same(encoder, encoder_in(tmp_path / "out"))


def test_what_is_read_otherwise_is_not_kept(written, tmp_path, monkeypatch):
    encoder = encoder_in(written("bert_huggingface"))
    other = replace(encoder.config, num_heads=2)
    content = writing.huggingface_config(other, encoder.tokenizer)
    monkeypatch.setattr(writing, "huggingface_config", lambda *_: content)
    with pytest.raises(CheckpointError, match="Received: another configuration"):
        write_checkpoint(encoder, "huggingface", tmp_path / "out")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("layout", ["huggingface", "google"])
def test_a_full_disk_leaves_what_was_there(written, tmp_path, monkeypatch, layout):
    encoder = encoder_in(written("bert_huggingface"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "vocab.txt").touch()

    def full(path, weights):
        path.with_name("model.safetensors").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_safetensors", full)
    monkeypatch.setattr(writing, "write_tensorflow", full)
    with pytest.raises(DiskFullError, match=r"out': No space.*MB are free"):
        write_checkpoint(encoder, layout, tmp_path / "out")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "vocab.txt"]


def test_what_tensorflow_would_take_for_a_pattern_is_refused_early(tmp_path):
    require_place("huggingface", tmp_path / "a[1]")
    with pytest.raises(CheckpointError, match=r"signs \[ \* \?"):
        require_place("google", tmp_path / "a[1]")


@pytest.mark.skipif(os.name == "nt", reason="permissions of Unix")
def test_others_may_read_what_is_written(written, tmp_path):
    write_checkpoint(
        encoder_in(written("bert_huggingface")), "huggingface", tmp_path / "o"
    )
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "o").iterdir()}
    assert modes == {0o644}


@pytest.mark.slow
def test_transformers_reads_every_family_alike(written, tmp_path):
    python = reference_python("transformers")
    folders = {name: tmp_path / name for name in CASES}
    for name, folder in folders.items():
        write_checkpoint(encoder_in(written(name)), "huggingface", folder)
    script = Path(__file__).with_name("read_with_transformers.py")
    command = list(map(str, [python, script, *folders.values()]))
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stderr[-3000:]
    for folder in folders.values():
        check_as_read(folder)


def check_as_read(folder: Path):
    with np.load(folder / "read.npz") as file:
        read = dict(file)
    loaded = load_encoder(folder, with_pool="pooled" in read)
    for index, text in enumerate(TEXTS):
        assert read[f"ids/{index}"].tolist() == loaded.tokenizer.encode(text)[0]
    ids, mask = (read[name].astype("int32") for name in ("input_ids", "attention_mask"))
    segments = read.get("token_type_ids", np.zeros_like(ids)).astype("int32")
    for row, first, second in zip(ids, TEXTS[:2], TEXTS[2:4], strict=True):
        pair = loaded.tokenizer.encode(first, second)[0]
        assert row[: len(pair)].tolist() == pair
    outputs = loaded.encoder(ids, segments, mask)
    hidden, pooled = outputs if "pooled" in read else (outputs, None)
    difference = np.abs(np.asarray(hidden) - read["hidden"])[mask == 1]
    assert difference.max() < 1e-5, folder.name
    if pooled is not None:
        np.testing.assert_allclose(np.asarray(pooled), read["pooled"], atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["bert_huggingface", "albert_huggingface", "electra_huggingface"]
)
def test_bert4keras_reads_what_goes_to_google(written, tmp_path, name):
    python = reference_python("bert4keras")
    case: Case = CASES[name]
    write_checkpoint(encoder_in(written(name)), "google", tmp_path)
    random = np.random.RandomState(5)
    token_ids = random.randint(1, case.model.vocab_size, (2, 12)).astype("int32")
    inputs = {"token_ids": token_ids, "segment_ids": np.eye(2, 12, dtype="int32")}
    expected = run_reference(python, "bert4keras", case, tmp_path, inputs)
    encoder = load_encoder(tmp_path).encoder
    hidden = encoder(token_ids, inputs["segment_ids"], np.ones_like(token_ids))
    np.testing.assert_allclose(np.asarray(hidden), expected["hidden"], atol=1e-5)
