import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from kerascls.checkpoints import inspection
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.inspection import inspect_checkpoint
from kerascls.errors import CheckpointError
from kerascls.models.encoder_config import weight_shapes
from kerascls.models.presets import PRESETS


def write_preset(directory: Path, preset: str) -> Path:
    """Writes a Hugging Face checkpoint of a preset's size, all zeros (few bytes)."""
    from make_checkpoints import HUGGINGFACE_NAMES, _rename

    config = PRESETS[preset].config
    directory.mkdir(parents=True)
    raw = {
        "model_type": config.family,
        "vocab_size": config.vocab_size,
        "embedding_size": config.embedding_dim,
        "hidden_size": config.hidden_dim,
        "intermediate_size": config.intermediate_dim,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
    }
    (directory / "config.json").write_text(json.dumps(raw), "utf-8")
    shapes = weight_shapes(config).items()
    tensors = {
        _rename(name, HUGGINGFACE_NAMES[config.family]): np.zeros(
            shape[::-1] if name.endswith("/kernel") else shape, "float16"
        )
        for name, shape in shapes
    }
    save_file(tensors, directory / "model.safetensors")
    (directory / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n", "utf-8")
    return directory


def test_everything_a_user_asks_first_is_there(written):
    inspection = inspect_checkpoint(written("albert_tensorflow"))
    assert inspection.config.family == "albert"
    assert inspection.layout == "google"
    assert inspection.config.activation == "gelu_tanh"
    assert inspection.vocab_size == inspection.config.vocab_size
    assert inspection.has_pooler
    assert inspection.do_lower_case
    assert inspection.is_complete
    assert list(inspection.left_out) == ["pooler", "pre-training heads"]


def test_parameters_are_counted_as_in_the_loaded_encoder(written):
    from kerascls.checkpoints.loading import load_encoder

    directory = written("electra_huggingface")
    encoder = load_encoder(directory).encoder
    assert inspect_checkpoint(directory).parameters == encoder.count_params()


def test_the_text_is_a_line_for_each_fact(written):
    text = str(inspect_checkpoint(written("electra_tensorflow")))
    for line in [
        "family           electra",
        "weight files     electra_180g_small.ckpt",
        "sizes            2 layers, hidden 32, embedding 16, feed-forward 64, 4 heads",
        "parameters       20,176 without pooler",
        "left out         generator: 11 weights, such as generator/embeddings_project",
        "weights          complete",
    ]:
        assert line in text


def test_missing_and_extra_weights_are_reported_not_raised(copy_of):
    directory = copy_of("bert_huggingface")
    tensors = load_file(directory / "model.safetensors")
    tensors["bert.strange.weight"] = np.zeros(2, "float32")
    del tensors["bert.embeddings.LayerNorm.beta"]
    save_file(tensors, directory / "model.safetensors")
    inspection = inspect_checkpoint(directory)
    assert not inspection.is_complete
    assert inspection.missing == ("bert.embeddings.LayerNorm.bias",)
    assert inspection.unexpected == ("bert.strange.weight",)
    text = str(inspection)
    assert "NOT usable: 1 missing, 1 unexpected, 0 wrong shape" in text
    assert "missing          bert.embeddings.LayerNorm.bias" in text


def test_an_unusual_size_is_used_by_its_path(written):
    directory = written("bert_huggingface")
    inspection = inspect_checkpoint(directory)
    assert inspection.model is None
    assert inspection.usage == f"--checkpoint {directory}"


def test_one_checkpoint_of_several_is_used_by_the_path_that_was_given(copy_of):
    directory = copy_of("bert_tensorflow")
    for path in list(directory.glob("bert_model.ckpt.*")):
        shutil.copy(path, directory / path.name.replace("ckpt", "ckpt-2000"))
    inspection = inspect_checkpoint(directory / "bert_model.ckpt-2000")
    assert inspection.usage == f"--checkpoint {directory / 'bert_model.ckpt-2000'}"


def test_a_recognised_folder_is_used_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASCLS_PRETRAINED", str(tmp_path))
    directory = write_preset(tmp_path / "albert_tiny_zh_google", "albert_tiny")
    inspection = inspect_checkpoint(directory)
    assert (inspection.model, inspection.usage) == (
        "albert_tiny",
        "--model albert_tiny",
    )
    file = directory / "model.safetensors"
    usage = inspect_checkpoint(file).usage
    assert usage == f"--model albert_tiny --checkpoint {file}"
    elsewhere = shutil.move(directory, tmp_path / "elsewhere")
    usage = inspect_checkpoint(elsewhere).usage
    assert usage == f"--model albert_tiny --checkpoint {elsewhere}"


def test_a_folder_of_a_presets_name_may_have_another_vocabulary(written, tmp_path):
    e5 = PRESETS["multilingual_e5_small"]
    checkpoint = find_checkpoint(written("bert_huggingface"))
    larger = replace(e5.config, vocab_size=e5.config.vocab_size + 35)
    for folder, config, expected in (
        ("multilingual-e5-small", larger, e5),
        ("multilingual-e5-small", replace(larger, num_layers=3), None),
        ("other", larger, None),
        ("other", e5.config, e5),
    ):
        found = replace(checkpoint, directory=tmp_path / folder, config=config)
        assert inspection._preset(found) is expected


def test_it_can_be_written_as_json(written):
    content = json.loads(
        json.dumps(inspect_checkpoint(written("bert_huggingface")).to_dict())
    )
    assert content["is_complete"] is True
    assert content["config"]["hidden_dim"] == 48


def test_an_unknown_directory_says_what_was_looked_for(tmp_path):
    (tmp_path / "notes.txt").write_text("no checkpoint", "utf-8")
    with pytest.raises(CheckpointError, match="which holds notes.txt"):
        inspect_checkpoint(tmp_path)


def test_safetensors_are_inspected_without_keras_and_tensorflow(written):
    code = (
        "import sys; from kerascls.checkpoints.inspection import inspect_checkpoint;"
        f"print(inspect_checkpoint({str(written('bert_huggingface'))!r}));"
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow', 'torch')))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
