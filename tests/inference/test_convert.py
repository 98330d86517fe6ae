"""From a checkpoint, a run or a bundle to a folder that others load."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

sys.path.insert(0, str(Path(__file__).parents[1] / "checkpoints"))
from make_checkpoints import CASES, write_checkpoint

import kerascls
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.loading import load_encoder, read_encoder_weights
from kerascls.errors import BundleError, CheckpointError, SettingsError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("中文 目录 (1)") / "bert"
    return write_checkpoint(CASES["bert_huggingface"], folder)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_encoder_of_a_run_gives_the_hidden_states_of_its_classifier(
    multilabel_run, tmp_path
):
    from kerascls.inference.bundle import open_bundle
    from kerascls.inference.runtimes.keras_runtime import load_model

    done = kerascls.convert(multilabel_run.out, tmp_path / "out")
    loaded = load_encoder(tmp_path / "out")
    bundle = open_bundle(multilabel_run.out)
    model, tokenizer = load_model(bundle), bundle.tokenizer()
    assert loaded.tokenizer.identity() == tokenizer.identity()
    ids = np.array([tokenizer.encode("中国队以3比2战胜日本队")[0]], "int32")
    inputs = ids, np.zeros_like(ids), np.ones_like(ids)
    np.testing.assert_array_equal(loaded.encoder(*inputs), model.encoder(*inputs))
    assert done.config == loaded.config == model.encoder.config
    assert [*done.left_out] == ["classification head"]
    assert "pooling='cls'" in done.notes[0]
    head = {name for name in model.named_arrays() if name.startswith("classifier/")}
    assert set(done.left_out["classification head"]) == head


def test_a_bundle_goes_to_google_s_layout_to_the_bit(multilabel_run, tmp_path):
    kerascls.convert(str(multilabel_run.result.bundle), tmp_path / "tf", to="google")
    weights, _ = read_encoder_weights(find_checkpoint(tmp_path / "tf"))
    arrays = load_file(multilabel_run.result.bundle / "model.safetensors")
    for name, value in weights.items():
        assert value.tobytes() == arrays[name].tobytes()


def test_what_is_left_out_and_kept_is_said(source, tmp_path):
    done = kerascls.convert(source, tmp_path / "out")
    assert [*done.left_out] == ["pre-training heads"]
    assert len(done.left_out["pre-training heads"]) == 8
    lines = str(done).splitlines()
    assert lines[2] == "encoder   BERT, 3 layers of 48"
    assert lines[3] == "weights   55,200, and the pooler; float32"
    assert lines[5].endswith("heads: 8 weights, such as cls.predictions.bias")
    assert json.loads(json.dumps(done.to_dict()))["config"]["num_layers"] == 3


def test_what_sentence_transformers_reads_is_named_and_a_length_kept(source, tmp_path):
    folder = tmp_path / "sentences"
    shutil.copytree(source, folder)
    (folder / "1_Pooling").mkdir()
    for name in ("modules.json", "sentence_bert_config.json"):
        (folder / name).write_text("[]")
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 8}')
    done = kerascls.convert(folder, tmp_path / "out")
    said = "not written: 1_Pooling, modules.json, sentence_bert_config.json, where"
    assert any(note.startswith(said) for note in done.notes)
    options = json.loads((tmp_path / "out" / "tokenizer_config.json").read_text())
    assert options["model_max_length"] == 8
    plain = kerascls.convert(source, tmp_path / "plain")
    assert not any("sentence" in note for note in plain.notes)


def test_ernie_becomes_a_bert_and_that_is_said(tmp_path):
    source = write_checkpoint(CASES["ernie_huggingface"], tmp_path / "ernie")
    done = kerascls.convert(source, tmp_path / "out")
    assert "ERNIE's first task" in done.notes[-1]
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["model_type"] == "bert"


def test_weights_may_be_named_where_there_are_several(source, tmp_path):
    folder = shutil.copytree(source, tmp_path / "two")
    shutil.copy(folder / "model.safetensors", folder / "second.safetensors")
    done = kerascls.convert(folder / "second.safetensors", tmp_path / "out")
    assert done.notes[0] == "weights beside, not used: model.safetensors"


@pytest.mark.parametrize("named", ["", "model.safetensors"])
@pytest.mark.parametrize("place", [".", ".."])
def test_the_folder_of_the_source_is_never_replaced(source, named, place):
    before = names_in(source)
    with pytest.raises(SettingsError, match="another folder than that of DIR"):
        kerascls.convert(source / named, source / place, overwrite=True)
    assert names_in(source) == before


@pytest.mark.parametrize(
    ("case", "named"),
    [
        ("bert_huggingface", "model.safetensors"),
        ("bert_huggingface", "."),
        ("bert_tensorflow", "bert_model.ckpt"),
        ("bert_tensorflow", "bert_model.ckpt.index"),
        ("bert_tensorflow", "."),
    ],
)
def test_a_new_folder_may_lie_in_that_of_a_checkpoint(
    tmp_path, monkeypatch, case, named
):
    monkeypatch.chdir(write_checkpoint(CASES[case], tmp_path / "source"))
    assert kerascls.convert(named, "hf").out == Path("hf")
    assert find_checkpoint("hf").config == find_checkpoint(named).config


@pytest.mark.parametrize("place", ["hf", "bundle/hf"])
def test_no_folder_is_made_in_a_run(multilabel_run, place):
    with pytest.raises(SettingsError, match="not inside a run or bundle"):
        kerascls.convert(multilabel_run.out, multilabel_run.out / place)
    assert not (multilabel_run.out / place).exists()


@pytest.mark.parametrize("named", ["notes.txt", "missing", "pyproject.toml/x"])
def test_what_is_no_checkpoint_is_told_wherever_the_new_folder_is(
    tmp_path, monkeypatch, named
):
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("mine")
    with pytest.raises(CheckpointError, match="Expected the directory of a checkpoint"):
        kerascls.convert(named, "out")
    assert names_in(tmp_path) == ["notes.txt"]


def test_what_is_there_stays_unless_it_is_an_earlier_conversion(source, tmp_path):
    out = tmp_path / "out"
    kerascls.convert(source, out, to="google")
    with pytest.raises(SettingsError, match="OUT, or replace it with --overwrite"):
        kerascls.convert(source, out)
    assert "bert_config.json" in names_in(out)
    kerascls.convert(source, out, overwrite=True)
    assert "bert_config.json" not in names_in(out)
    (out / "notes.md").write_text("mine")
    with pytest.raises(SettingsError, match=r"'notes\.md', which is of somebody else"):
        kerascls.convert(source, out, overwrite=True)
    assert (out / "notes.md").read_text() == "mine"


@pytest.mark.parametrize("case", ["bert_huggingface", "bert_tensorflow"])
def test_a_checkpoint_that_convert_did_not_write_is_not_replaced(
    source, tmp_path, case
):
    mine = write_checkpoint(CASES[case], tmp_path / "mine")
    before = {path.name: path.read_bytes() for path in mine.iterdir()}
    with pytest.raises(SettingsError, match=r"no kerascls\.json of a conversion"):
        kerascls.convert(source, mine, overwrite=True)
    assert {path.name: path.read_bytes() for path in mine.iterdir()} == before


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_conversion_that_was_trained_further_is_not_replaced(
    source, tmp_path, overwrite
):
    out = tmp_path / "out"
    kerascls.convert(source, out)
    (out / "model.safetensors").write_bytes(b"trained further")
    with pytest.raises(SettingsError, match=r"'model\.safetensors', which was changed"):
        kerascls.convert(source, out, overwrite=overwrite)
    assert (out / "model.safetensors").read_bytes() == b"trained further"


def test_a_link_to_a_folder_stays_one(source, tmp_path):
    (tmp_path / "disk" / "out").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "disk" / "out")
    for _ in range(2):
        assert kerascls.convert(source, link, overwrite=True).out == link
        assert link.is_symlink()
        assert "model.safetensors" in names_in(tmp_path / "disk" / "out")


def test_an_empty_current_folder_is_written_to(source, tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    kerascls.convert(source, ".")
    assert "model.safetensors" in names_in(tmp_path / "new")
    assert names_in(tmp_path) == ["new"]


def test_folders_on_the_way_are_made_and_an_empty_one_is_fine(source, tmp_path):
    kerascls.convert(source, tmp_path / "深" / "输出")
    (tmp_path / "empty").mkdir()
    kerascls.convert(source, tmp_path / "empty")
    assert names_in(tmp_path / "empty") == names_in(tmp_path / "深" / "输出")
    assert names_in(tmp_path) == ["empty", "深"]


def test_a_file_in_the_way_is_told_without_an_option(source, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"a file\. Choose another name for OUT"):
        kerascls.convert(source, tmp_path / "file")


def test_a_layout_that_is_none_is_told(source, tmp_path):
    with pytest.raises(SettingsError, match="`to` to be one of huggingface, google"):
        kerascls.convert(source, tmp_path / "out", to="pytorch")


def test_a_linear_model_has_no_encoder(linear_run, tmp_path):
    with pytest.raises(SettingsError, match=r"whose model is linear\. Train another"):
        kerascls.convert(linear_run.out, tmp_path / "out")
    assert names_in(tmp_path) == []


def test_runs_without_bundle_and_broken_checkpoints_are_told(source, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"status": "interrupted"}')
    with pytest.raises(BundleError, match="status is 'interrupted'"):
        kerascls.convert(tmp_path / "run", tmp_path / "out")
    (tmp_path / "run" / "state" / "step-3").mkdir(parents=True)
    with pytest.raises(BundleError, match="first: `kerascls fit --resume --out .*/run"):
        kerascls.convert(tmp_path / "run", tmp_path / "out")
    broken = shutil.copytree(source, tmp_path / "broken")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n"
    (broken / "model.safetensors").write_text(pointer)
    with pytest.raises(CheckpointError, match="Git LFS pointer"):
        kerascls.convert(broken, tmp_path / "out")
    (broken / "vocab.txt").unlink()
    shutil.copy(source / "model.safetensors", broken)
    with pytest.raises(CheckpointError, match="Expected a WordPiece vocabulary"):
        kerascls.convert(broken, tmp_path / "out")
    (broken / "adapter_config.json").write_text("{}")
    with pytest.raises(CheckpointError, match="the folder of an adapter"):
        kerascls.convert(broken, tmp_path / "out")
    with pytest.raises(CheckpointError, match="does not exist"):
        kerascls.convert(tmp_path / "none", tmp_path / "out")
    assert "out" not in names_in(tmp_path)


def test_huggingface_s_layout_needs_no_keras(multilabel_run, tmp_path):
    code = (
        "import sys, kerascls;"
        f"kerascls.convert({str(multilabel_run.out)!r}, {str(tmp_path / 'out')!r});"
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow', 'torch')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
