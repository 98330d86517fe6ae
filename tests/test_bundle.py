"""A bundle appears whole or not at all, and every damage to it is named."""

import hashlib
import json
import os
import pickle
import shutil

import pytest

from kerascls import bundle as bundle_module
from kerascls.bundle import (
    BUNDLE_FOLDER,
    MANIFEST,
    add_export,
    open_bundle,
    rewrite_decision,
    write_bundle,
)
from kerascls.calibration import Calibration
from kerascls.decision import Decision, Rule
from kerascls.errors import BundleError, SettingsError
from kerascls.labels import LabelSet, Task
from kerascls.run_directory import RunDirectory, write_json

TEXT = {"text_columns": ["text"], "max_tokens": 16}
SUPPORT = {"体育": 3, "[red]x[/red]": 1}


def write_model(folder):
    (folder / "vocab.txt").write_text("[PAD]\n")
    (folder / "model.safetensors").write_bytes(bytes(range(100)))


def write(path, write_model=write_model, **changes):
    facts = {
        "runtime": "keras",
        "task": Task.MULTILABEL,
        "label_set": LabelSet(tuple(SUPPORT)),
        "decision": Decision(Rule("threshold", 0.25)),
        "text": TEXT,
        "train_support": SUPPORT,
        "settings": {"data": {"label_separator": "|"}},
    }
    return write_bundle(path, write_model=write_model, **facts | changes)


@pytest.fixture
def bundle(tmp_path):
    return write(tmp_path / "bundle").path


def manifest_of(bundle):
    return json.loads((bundle / MANIFEST).read_text("utf-8"))


def change_manifest(bundle, **changes):
    (bundle / MANIFEST).write_text(json.dumps(manifest_of(bundle) | changes))


def test_what_is_written_is_what_is_opened(bundle):
    opened = open_bundle(bundle)
    assert opened.path == bundle
    assert (opened.runtime, opened.task) == ("keras", Task.MULTILABEL)
    assert opened.label_set == LabelSet(tuple(SUPPORT))
    assert opened.decision == Decision(Rule("threshold", 0.25))
    assert (opened.text, opened.train_support) == (TEXT, SUPPORT)
    assert opened.read("settings.json") == {"data": {"label_separator": "|"}}


def test_the_manifest_describes_every_other_file(bundle):
    files = manifest_of(bundle)["files"]
    assert {MANIFEST, *files} == {item.name for item in bundle.iterdir()}
    assert files["model.safetensors"]["bytes"] == 100
    assert all(len(file["sha256"]) == 64 for file in files.values())


def test_a_run_directory_is_as_good_as_its_bundle(tmp_path):
    run = RunDirectory.create(tmp_path / "run")
    write(run.path / BUNDLE_FOLDER)
    assert open_bundle(run.path).path == run.path / BUNDLE_FOLDER
    assert open_bundle(str(run.path)).path == run.path / BUNDLE_FOLDER


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_in_the_middle_leaves_nothing(tmp_path, error):
    def fail(folder):
        write_model(folder)
        raise error

    with pytest.raises(type(error)):
        write(tmp_path / "bundle", fail)
    assert os.listdir(tmp_path) == []


def test_a_failure_of_the_last_step_leaves_nothing(tmp_path, monkeypatch):
    def fail(*paths):
        raise OSError("no rename")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(OSError, match="no rename"):
        write(tmp_path / "bundle")
    assert os.listdir(tmp_path) == []


def test_what_is_there_is_not_replaced(bundle):
    with pytest.raises(BundleError, match=r"which exists\. Move it away"):
        write(bundle)
    assert open_bundle(bundle).rule.threshold == 0.25


def test_files_can_be_read_by_others(bundle):
    assert bundle.stat().st_mode & 0o777 == 0o755


# Damage.


@pytest.mark.parametrize(
    "file", ["model.safetensors", "vocab.txt", "labels.json", "settings.json"]
)
def test_a_missing_file_is_named(bundle, file):
    (bundle / file).unlink()
    with pytest.raises(BundleError, match=f"{file} is missing"):
        open_bundle(bundle)


@pytest.mark.parametrize("file", ["model.safetensors", "vocab.txt", "decision.json"])
def test_a_changed_byte_is_named(bundle, file):
    content = bytearray((bundle / file).read_bytes())
    content[2] ^= 1
    (bundle / file).write_bytes(content)
    with pytest.raises(BundleError, match=f"{file} differs from its SHA-256"):
        open_bundle(bundle)


def test_a_truncated_file_is_named_with_its_sizes(bundle):
    (bundle / "model.safetensors").write_bytes(bytes(range(40)))
    with pytest.raises(BundleError, match=r"model\.safetensors has 40 bytes, not 100"):
        open_bundle(bundle)


def test_all_damages_are_named_at_once(bundle):
    (bundle / "vocab.txt").unlink()
    (bundle / "decision.json").write_text("{}")
    with pytest.raises(
        BundleError, match=r"decision\.json has .*; vocab\.txt is missing"
    ):
        open_bundle(bundle)


@pytest.mark.parametrize("version", [3, "1", None])
def test_another_version_is_named(bundle, version):
    change_manifest(bundle, format_version=version)
    with pytest.raises(BundleError, match=f"format 1 or 2.*format_version={version!r}"):
        open_bundle(bundle)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b"null"])
def test_a_manifest_that_is_no_json_object_is_named(bundle, content):
    (bundle / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError, match=r"manifest\.json"):
        open_bundle(bundle)


@pytest.mark.parametrize("files", [None, [], {}, {"a": 1}, {"../x": {}}])
def test_a_manifest_with_other_files_is_an_error(bundle, files):
    change_manifest(bundle, files=files)
    with pytest.raises(BundleError, match="Received"):
        open_bundle(bundle)


def test_a_file_outside_the_bundle_is_not_read(bundle):
    outside = bundle.parent / "secret"
    outside.write_text("x")
    files = manifest_of(bundle)["files"]
    change_manifest(bundle, files=files | {"../secret": {"sha256": "", "bytes": 1}})
    with pytest.raises(BundleError, match=r"\.\./secret is missing"):
        open_bundle(bundle)


def test_an_unlisted_file_that_is_needed_is_named(bundle):
    files = manifest_of(bundle)["files"]
    del files["vocab.txt"]
    change_manifest(bundle, files=files)
    with pytest.raises(BundleError, match=r"vocab\.txt is not in the manifest"):
        open_bundle(bundle)


def test_a_directory_without_bundle_says_what_was_looked_for(tmp_path):
    with pytest.raises(BundleError, match=r"(?s)manifest\.json.*Received: '.*nowhere'"):
        open_bundle(tmp_path / "nowhere")


def test_a_run_without_bundle_says_how_it_ended(tmp_path):
    RunDirectory.create(tmp_path / "run").finish("failed")
    with pytest.raises(BundleError, match="a run whose status is 'failed'"):
        open_bundle(tmp_path / "run")


def to_first_format(bundle):
    """Makes of a bundle what version 1 wrote: a rule, nothing about calibration."""
    manifest = manifest_of(bundle)
    (bundle / "decision.json").unlink()
    (bundle / "rule.json").write_text('{"kind": "threshold", "threshold": 0.25}')
    content = (bundle / "rule.json").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    del manifest["files"]["decision.json"], manifest["decision"]
    manifest["files"]["rule.json"] = {"sha256": digest, "bytes": len(content)}
    manifest["format_version"] = 1
    (bundle / MANIFEST).write_text(json.dumps(manifest))


def test_a_bundle_of_the_first_format_is_read(bundle):
    to_first_format(bundle)
    assert open_bundle(bundle).decision == Decision(Rule("threshold", 0.25))


# Another decision for the same model.

PLATT = Calibration("platt", slopes=(1.0, 2.0), intercepts=(0.0, -1.0))
OTHER = Decision(
    Rule("threshold", thresholds=(0.25, 0.75), min_labels=1),
    PLATT,
    objective="f1",
    rows=7,
    without_positives=("体育",),
)


@pytest.mark.parametrize("prepare", [lambda bundle: None, to_first_format])
def test_another_decision_takes_the_place_of_the_old_one(bundle, prepare):
    prepare(bundle)
    before = open_bundle(bundle)
    assert rewrite_decision(before, OTHER).decision == OTHER
    files = manifest_of(bundle)["files"]
    assert {MANIFEST, *files} == {item.name for item in bundle.iterdir()}
    assert open_bundle(bundle).label_set == before.label_set


def test_a_decision_for_other_labels_is_refused(bundle):
    before = open_bundle(bundle)
    for wrong in (
        Decision(Rule("threshold", thresholds=(0.5,))),
        Decision(Rule("argmax"), Calibration("platt", slopes=(1,), intercepts=(0,))),
    ):
        with pytest.raises(SettingsError, match="1"):
            rewrite_decision(before, wrong)
        with pytest.raises(BundleError, match="damaged"):
            write(bundle.parent / "other", decision=wrong)
        shutil.rmtree(bundle.parent / "other")
    assert open_bundle(bundle).decision == before.decision


def test_a_reader_that_saw_the_old_manifest_finds_the_new_decision(bundle, monkeypatch):
    rewrite_decision(open_bundle(bundle), OTHER)
    current, old = manifest_of(bundle), manifest_of(bundle)
    old["files"] |= {"decision.json": {"sha256": "", "bytes": 1}}
    old["decision"] = "decision.json"
    answers = [old, current]
    read = bundle_module._read_json

    def read_json(path):
        return answers.pop(0) if path.name == MANIFEST else read(path)

    monkeypatch.setattr(bundle_module, "_read_json", read_json)
    assert open_bundle(bundle).decision == OTHER


def test_decisions_can_be_changed_again_and_again(bundle):
    for decision in (OTHER, Decision(Rule("argmax")), OTHER, OTHER):
        assert rewrite_decision(open_bundle(bundle), decision).decision == decision


@pytest.mark.parametrize("stop", ["write_json", "write_atomically"])
def test_a_crash_in_the_middle_leaves_the_old_decision(bundle, monkeypatch, stop):
    def fail(*arguments):
        raise OSError("disk full")

    before = open_bundle(bundle)
    monkeypatch.setattr(f"kerascls.bundle.{stop}", fail)
    with pytest.raises(OSError, match="disk full"):
        rewrite_decision(before, OTHER)
    assert open_bundle(bundle).decision == before.decision


def test_a_decision_that_somebody_else_changed_is_not_overwritten(bundle):
    mine = open_bundle(bundle)
    rewrite_decision(open_bundle(bundle), OTHER)
    with pytest.raises(BundleError, match="has changed since"):
        rewrite_decision(mine, Decision(Rule("argmax")))
    assert open_bundle(bundle).decision == OTHER


# An exported file.


def export_of(bundle, content, folder):
    (folder / "work.onnx").write_bytes(content)
    return add_export(open_bundle(bundle), "onnx", folder / "work.onnx", {"n": 1})


def test_an_export_is_hashed_and_takes_the_place_of_the_one_before(bundle, tmp_path):
    first = export_of(bundle, b"first", tmp_path).exports["onnx"]
    second = export_of(bundle, b"second", tmp_path).exports["onnx"]
    assert (second["n"], (bundle / second["file"]).read_bytes()) == (1, b"second")
    files = manifest_of(bundle)["files"]
    assert {MANIFEST, *files} == {item.name for item in bundle.iterdir()}
    assert files[second["file"]]["bytes"] == 6
    assert not (bundle / first["file"]).exists()


def test_an_export_compared_with_an_older_decision_is_not_taken(bundle, tmp_path):
    (tmp_path / "work.onnx").write_bytes(b"first")
    mine = open_bundle(bundle)
    rewrite_decision(open_bundle(bundle), OTHER)
    with pytest.raises(BundleError, match="has changed since"):
        add_export(mine, "onnx", tmp_path / "work.onnx", {})
    assert open_bundle(bundle).exports == {}


def test_an_interrupt_behind_the_manifest_keeps_what_it_names(bundle, monkeypatch):
    def interrupted(*arguments):
        write_json(*arguments)
        raise KeyboardInterrupt

    before = open_bundle(bundle)
    monkeypatch.setattr("kerascls.bundle.write_json", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rewrite_decision(before, OTHER)
    assert open_bundle(bundle).decision == OTHER


def test_an_export_that_is_in_no_list_of_files_is_damage(bundle, tmp_path):
    name = export_of(bundle, b"first", tmp_path).exports["onnx"]["file"]
    files = manifest_of(bundle)["files"]
    change_manifest(bundle, files={n: f for n, f in files.items() if n != name})
    with pytest.raises(BundleError, match=f"damaged: .*{name}"):
        open_bundle(bundle)


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_crash_in_the_middle_leaves_the_old_export(
    bundle, tmp_path, monkeypatch, error
):
    def fail(*arguments):
        raise error

    before = export_of(bundle, b"first", tmp_path)
    monkeypatch.setattr("kerascls.bundle.write_json", fail)
    with pytest.raises(type(error)):
        export_of(bundle, b"second", tmp_path)
    assert open_bundle(bundle).exports == before.exports
    files = manifest_of(bundle)["files"]
    assert {MANIFEST, *files} == {item.name for item in bundle.iterdir()}


# A real one.


def test_a_moved_bundle_works_and_holds_no_pickle_and_no_code(multilabel_run, tmp_path):
    moved = shutil.copytree(multilabel_run.result.bundle, tmp_path / "moved 目录")
    names = {item.name for item in moved.iterdir()}
    assert names == {
        *(
            "manifest.json",
            "settings.json",
            "labels.json",
            "text.json",
            "decision.json",
        ),
        *("encoder.json", "vocab.txt", "model.safetensors"),
    }
    for item in moved.iterdir():
        with pytest.raises(Exception, match="."), item.open("rb") as file:
            pickle.load(file)
    assert open_bundle(moved).task is Task.MULTILABEL
