import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from hub_server import Hub, serving

from kerascls.checkpoints.downloading import _check, download
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.presets import find_pretrained, get_preset

WEIGHTS = os.urandom(5000)
SMALL = {"config.json": b"{}", "vocab.txt": "[PAD]\n\u4e2d\n".encode()}
FILES = SMALL | {"model.safetensors": WEIGHTS}
BESIDE = {
    "README.md": b"words",
    "pytorch_model.bin": WEIGHTS,
    "tf_model.h5": WEIGHTS,
    "onnx/model.onnx": WEIGHTS,
    "onnx/config.json": b"{}",
}
NAME = "hfl/rbt3"


@pytest.fixture(autouse=True)
def empty_current_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for variable in ("KERASCLS_PRETRAINED", "HF_ENDPOINT"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def hub():
    return Hub({NAME: FILES | BESIDE})


@pytest.fixture
def mirror(hub):
    with serving(hub) as address:
        yield address


def content_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_preset_is_fetched_to_where_it_is_found(mirror, tmp_path):
    told = []
    folder = download("rbt3", mirror=mirror, on_file=lambda *file: told.append(file))
    assert folder == tmp_path / "pretrained" / "rbt3"
    assert find_pretrained(get_preset("rbt3")) == folder
    assert content_of(folder) == FILES
    assert told == [(name, len(content)) for name, content in FILES.items()]
    assert [path.name for path in folder.parent.iterdir()] == ["rbt3"]


def test_the_endpoint_of_the_environment_is_the_mirror(mirror, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", mirror + "/")
    assert content_of(download(NAME, to="\u6743\u91cd")) == FILES


def test_what_is_there_is_not_fetched_again(mirror, hub):
    folder = download("rbt3", mirror=mirror)
    hub.requests.clear()
    assert download("rbt3", mirror=mirror) == folder
    assert download(NAME, to=folder, mirror=mirror) == folder
    assert hub.requests == []


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (("pytorch_model.bin", "tf_model.h5"), "pytorch_model.bin"),
        (("tf_model.h5",), "tf_model.h5"),
    ],
)
def test_other_weights_are_taken_where_there_is_no_safetensors(
    hub, mirror, there, taken
):
    hub.files[NAME] = SMALL | dict.fromkeys(there, WEIGHTS)
    assert content_of(download("rbt3", mirror=mirror)) == SMALL | {taken: WEIGHTS}


def test_all_shards_are_taken(hub, mirror):
    shards = {
        "model-00001-of-00002.safetensors": WEIGHTS,
        "model-00002-of-00002.safetensors": WEIGHTS[::-1],
        "model.safetensors.index.json": b"{}",
    }
    hub.files[NAME] = SMALL | shards
    assert content_of(download("rbt3", mirror=mirror)) == SMALL | shards


def test_a_connection_that_breaks_off_changes_nothing(hub, mirror):
    hub.breaks_off_at = 1000
    assert content_of(download("rbt3", mirror=mirror)) == FILES


@pytest.mark.parametrize("wrong", [WEIGHTS[:-1] + b"\0\0", WEIGHTS[::-1]])
def test_another_file_than_the_hub_describes_is_refused(hub, mirror, wrong, tmp_path):
    hub.lies["model.safetensors"] = wrong
    with pytest.raises(CheckpointError, match="another --mirror"):
        download("rbt3", mirror=mirror)
    assert find_pretrained(get_preset("rbt3")) is None
    del hub.lies["model.safetensors"]
    assert content_of(download("rbt3", mirror=mirror)) == FILES
    assert [path.name for path in (tmp_path / "pretrained").iterdir()] == ["rbt3"]


def test_a_small_file_is_checked_too(hub, mirror):
    hub.lies["vocab.txt"] = FILES["vocab.txt"][::-1]
    with pytest.raises(CheckpointError, match=r"vocab\.txt of git blob"):
        download("rbt3", mirror=mirror)


def test_a_repository_that_is_not_there_is_told(mirror):
    with pytest.raises(CheckpointError, match="hfl/nothing, which is not at http"):
        download("hfl/nothing", mirror=mirror)


def test_a_repository_without_weights_is_told(hub, mirror):
    hub.files[NAME] = SMALL
    with pytest.raises(CheckpointError, match=r"with config\.json, vocab\.txt"):
        download("rbt3", mirror=mirror)


def test_a_hub_that_cannot_be_reached_is_told_with_the_ways_out():
    with pytest.raises(CheckpointError, match=r"--mirror \(\$HF_ENDPOINT\).*put them"):
        download("rbt3", mirror="http://127.0.0.1:9")


def test_a_model_without_weights_needs_no_download():
    with pytest.raises(SettingsError, match="needs none.*kerascls fit --model linear"):
        download("linear")


@pytest.mark.parametrize("name", ["rbt", "a/b/c"])
def test_a_name_that_is_no_model_with_weights_lists_those(name):
    with pytest.raises(SettingsError, match="one of bert, roberta_wwm_ext"):
        download(name)


def test_a_file_in_the_way_is_told(tmp_path):
    (tmp_path / "rbt3").touch()
    with pytest.raises(SettingsError, match="which is a file"):
        download("rbt3", to="rbt3")


def test_a_folder_of_other_files_is_not_taken_for_a_checkpoint(tmp_path):
    (tmp_path / "rbt3").mkdir()
    (tmp_path / "rbt3" / "notes.txt").touch()
    with pytest.raises(SettingsError, match="holds other files"):
        download("rbt3", to="rbt3")


@pytest.mark.parametrize("name", ["a/..", "../a", "./a"])
def test_a_name_that_leads_to_another_folder_is_no_repository(name):
    with pytest.raises(SettingsError, match="Received: name="):
        download(name)


def test_a_mirror_need_not_state_sizes_and_digests(tmp_path):
    path = tmp_path / "config.json"
    path.write_text("{}")
    _check(path, SimpleNamespace(size=None, lfs=None, blob_id=None))
    assert path.is_file()
