"""What a manifest says of files is checked against them."""

import hashlib

import pytest

from kerascls.errors import BundleError
from kerascls.inference.bundle.files import (
    TOKENIZERS,
    check_files,
    describe,
    exports_of,
    read_json,
)
from kerascls.system.tables import named

NAMES = ("settings.json", "labels.json", "text.json", "decision.json", "vocab.txt")


@pytest.fixture
def entries(tmp_path):
    for name in NAMES:
        (tmp_path / name).write_text(name)
    return {name: describe(tmp_path / name) for name in NAMES}


def test_a_file_is_described_by_its_hash_and_size(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    assert describe(tmp_path / "a") == {"sha256": digest, "bytes": 3}


def test_files_as_the_manifest_has_them_pass(tmp_path, entries):
    (tmp_path / "something else").write_text("is nobody's business")
    check_files(tmp_path, entries, "decision.json")
    (tmp_path / "labels.json").write_text("labels.JSON")
    with pytest.raises(BundleError, match="labels.json differs"):
        check_files(tmp_path, entries, "decision.json")


def test_every_fault_is_named_with_the_path_of_the_bundle(tmp_path, entries):
    (tmp_path / "labels.json").unlink()
    (tmp_path / "text.json").write_text("longer than before")
    (tmp_path / "vocab.txt").write_text("vocab.TXT")
    del entries["settings.json"]
    with pytest.raises(BundleError) as error:
        check_files(tmp_path, entries, "other.json")
    for fault in (
        repr(str(tmp_path)),
        "labels.json is missing",
        "text.json has 18 bytes, not 9",
        "vocab.txt differs from its SHA-256",
        "other.json is not in the manifest",
        "settings.json is not in the manifest",
    ):
        assert fault in str(error.value)


@pytest.mark.parametrize("name", ["../outside", "folder/file", "/etc/hostname"])
def test_a_name_with_a_folder_is_no_file_of_the_bundle(tmp_path, entries, name):
    with pytest.raises(BundleError, match=f"{name} is missing"):
        check_files(tmp_path, entries | {name: {}}, "decision.json")


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_tokenizer_calls_its_file_as_bundles_do(name):
    assert named(TOKENIZERS[name]).file_name == name


def test_a_bundle_without_exports_has_none():
    assert exports_of({"files": {}}) == {}


def test_an_export_that_is_no_file_of_the_manifest_is_damage():
    exports = {"onnx": {"file": "model.onnx"}}
    assert exports_of({"files": {"model.onnx": {}}, "exports": exports}) == exports
    with pytest.raises(KeyError, match=r"model\.onnx of exports\['onnx'\]"):
        exports_of({"files": {}, "exports": exports})


@pytest.mark.parametrize("content", ["", "[1]", "null", '{"a": }'])
def test_what_is_no_object_is_named_with_its_path(tmp_path, content):
    path = tmp_path / "labels.json"
    path.write_text(content)
    with pytest.raises(BundleError) as error:
        read_json(path)
    assert repr(str(path)) in str(error.value)
