import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.classic.config import CLASSICS
from kerascls.models.presets import (
    PRESETS,
    find_pretrained,
    get_preset,
    list_models,
    nearest_preset,
    preset_folders,
    pretrained_folders,
    require_pretrained,
)


@pytest.fixture(autouse=True)
def empty_current_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERASCLS_PRETRAINED", raising=False)


def put_checkpoint(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").touch()
    return folder


def test_the_presets_are_known():
    assert list(PRESETS) == [
        "bert",
        "roberta_wwm_ext",
        "albert_small",
        "albert_tiny",
        "electra_small",
        "electra_base",
        "macbert",
        "rbt3",
        "bge_small_zh",
        "xlm_roberta",
        "multilingual_e5_small",
        "modernbert",
        "linear",
        *CLASSICS,
    ]


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("bert", 101.7),
        ("albert_small", 4.6),
        ("electra_small", 12.2),
        ("xlm_roberta", 277.5),
        ("multilingual_e5_small", 117.5),
        ("modernbert", 149.0),
    ],
)
def test_parameter_counts_are_those_of_the_published_models(name, millions):
    assert PRESETS[name].parameters / 1e6 == pytest.approx(millions, abs=0.1)


def test_an_unknown_preset_names_all_and_the_nearest():
    with pytest.raises(SettingsError) as error:
        get_preset("albert_smal")
    assert str(error.value) == (
        "Expected `model` to be one of bert, roberta_wwm_ext, albert_small, "
        "albert_tiny, electra_small, electra_base, macbert, rbt3, bge_small_zh, "
        "xlm_roberta, multilingual_e5_small, modernbert, linear, "
        f"{', '.join(CLASSICS)}. Received: "
        "model='albert_smal'. Did you mean 'albert_small'?"
    )


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_every_recognised_folder_is_found(preset, tmp_path):
    for folder in preset.folders:
        path = put_checkpoint(tmp_path / "pretrained" / folder)
        assert find_pretrained(preset) == path
        (path / "model.safetensors").unlink()


def test_what_the_hub_calls_a_model_is_a_folder_that_is_found():
    for preset in PRESETS.values():
        if preset.hub:
            assert preset.hub.rpartition("/")[2] in preset.folders


def test_no_folder_name_belongs_to_two_presets():
    names = [name for preset in PRESETS.values() for name in preset.folders]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "name",
    [
        "albert_model.ckpt.index",
        "albert_model.ckpt.data-00000-of-00001",
        "model-00001-of-00002.safetensors",
        "pytorch_model.bin",
        "tf_model.h5",
    ],
)
def test_a_file_of_weights_makes_a_folder_a_checkpoint(tmp_path, name):
    folder = tmp_path / "pretrained" / "albert_small_zh_google"
    folder.mkdir(parents=True)
    (folder / name).touch()
    assert find_pretrained(get_preset("albert_small")) == folder


@pytest.mark.parametrize(
    "name", [".DS_Store", "._model.safetensors", "vocab.txt", "config.json", "x/y.bin"]
)
def test_files_that_are_no_weights_make_no_checkpoint(tmp_path, name):
    path = tmp_path / "pretrained" / "albert_small_zh_google" / name
    path.parent.mkdir(parents=True)
    path.touch()
    assert find_pretrained(get_preset("albert_small")) is None


def test_an_empty_folder_is_not_a_checkpoint(tmp_path):
    (tmp_path / "pretrained" / "albert_small_zh_google").mkdir(parents=True)
    assert find_pretrained(get_preset("albert_small")) is None


def test_the_environment_variable_is_looked_at_first(tmp_path, monkeypatch):
    put_checkpoint(tmp_path / "pretrained" / "albert_tiny_zh_google")
    path = put_checkpoint(tmp_path / "模型" / "albert_tiny_zh_google")
    monkeypatch.setenv("KERASCLS_PRETRAINED", str(tmp_path / "模型"))
    assert pretrained_folders()[0] == tmp_path / "模型"
    assert find_pretrained(get_preset("albert_tiny")) == path


def test_a_missing_checkpoint_lists_every_place_and_the_ways_out(monkeypatch):
    monkeypatch.setenv("KERASCLS_PRETRAINED", "/no/such/place")
    preset = get_preset("electra_small")
    with pytest.raises(CheckpointError) as error:
        require_pretrained(preset)
    message = str(error.value)
    assert all(str(place) in message for place in preset_folders(preset))
    assert "/no/such/place/electra_180g_small" in message
    assert "`kerascls download electra_small`" in message
    assert "--checkpoint DIR" in message
    assert "--from-scratch" in message


def test_models_are_listed_with_the_folder_found(tmp_path):
    path = put_checkpoint(tmp_path / "pretrained" / "bert-base-chinese")
    rows = {row.name: row for row in list_models()}
    assert list(rows) == list(PRESETS)
    assert rows["bert"].found == path
    assert rows["bert"].num_layers == 12
    assert rows["albert_small"].hidden_dim == 384


def test_presets_need_neither_keras_nor_tensorflow():
    code = (
        "import sys, kerascls.models.presets as p; p.list_models();"
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow', 'numpy')))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    assert result.returncode == 0


def test_the_readme_names_every_preset_and_folder():
    readme = Path(__file__).parents[2] / "pretrained" / "README.md"
    text = readme.read_text("utf-8")
    pretrained = [preset for preset in PRESETS.values() if preset.folders]
    names = [name for p in pretrained for name in (p.name, *p.folders)]
    assert all(f"`{name}`" in text for name in names)


def test_the_nearest_preset_has_the_width_and_then_the_family():
    config = replace(PRESETS["electra_base"].config, num_layers=6)
    assert nearest_preset(config).name == "electra_base"
    assert nearest_preset(replace(config, hidden_dim=300)).name == "albert_tiny"
