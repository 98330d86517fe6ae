"""What changes in a bundle changes whole, or not at all."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from bundle_cases import change_manifest, manifest_of, to_first_format, write

from kerascls.decision.calibration import Calibration
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError, SettingsError
from kerascls.inference.bundle import (
    MANIFEST,
    add_export,
    open_bundle,
    rewrite_decision,
    undo_decision,
)
from kerascls.inference.bundle import bundle as bundle_module
from kerascls.system.files import locked, write_json

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
    read = bundle_module.read_json

    def read_json(path):
        return answers.pop(0) if path.name == MANIFEST else read(path)

    monkeypatch.setattr(bundle_module, "read_json", read_json)
    assert open_bundle(bundle).decision == OTHER


def test_decisions_can_be_changed_again_and_again(bundle):
    for decision in (OTHER, Decision(Rule("argmax")), OTHER, OTHER):
        assert rewrite_decision(open_bundle(bundle), decision).decision == decision


@pytest.mark.parametrize("stop", ["decision-", MANIFEST])
def test_a_crash_in_the_middle_leaves_the_old_decision(bundle, monkeypatch, stop):
    def fail(path, value):
        if path.name.startswith(stop):
            raise OSError("disk full")
        write_json(path, value)

    before = open_bundle(bundle)
    monkeypatch.setattr("kerascls.inference.bundle.changes.write_json", fail)
    with pytest.raises(OSError, match="disk full"):
        rewrite_decision(before, OTHER)
    assert open_bundle(bundle).decision == before.decision


def test_a_decision_that_somebody_else_changed_is_not_overwritten(bundle):
    mine = open_bundle(bundle)
    rewrite_decision(open_bundle(bundle), OTHER)
    with pytest.raises(BundleError, match="has changed since"):
        rewrite_decision(mine, Decision(Rule("argmax")))
    assert open_bundle(bundle).decision == OTHER


def test_a_bundle_that_has_gone_is_named(bundle):
    opened = open_bundle(bundle)
    shutil.move(bundle, bundle.parent / "elsewhere")
    with pytest.raises(BundleError, match="manifest"):
        rewrite_decision(opened, OTHER)


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
    def interrupted(path, value):
        write_json(path, value)
        if path.name == MANIFEST:
            raise KeyboardInterrupt

    before = open_bundle(bundle)
    monkeypatch.setattr("kerascls.inference.bundle.changes.write_json", interrupted)
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
    monkeypatch.setattr("kerascls.inference.bundle.changes.write_json", fail)
    with pytest.raises(type(error)):
        export_of(bundle, b"second", tmp_path)
    assert open_bundle(bundle).exports == before.exports
    files = manifest_of(bundle)["files"]
    assert {MANIFEST, *files} == {item.name for item in bundle.iterdir()}


# Two at a time.


def test_a_decision_and_an_export_at_the_same_time_both_stay(bundle, tmp_path):
    """A decision that changes nothing of what was compared does not stop an export."""
    (tmp_path / "work.onnx").write_bytes(b"first")
    opened = open_bundle(bundle)
    barrier = Barrier(2)
    same = opened.decision

    def decide():
        barrier.wait()
        rewrite_decision(opened, same)

    def export():
        barrier.wait()
        add_export(opened, "onnx", tmp_path / "work.onnx", {})

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(decide), pool.submit(export)]:
            done.result()
    after = open_bundle(bundle)
    assert after.decision == same
    assert (bundle / after.exports["onnx"]["file"]).read_bytes() == b"first"


def test_who_changes_a_bundle_waits_for_whoever_does_so_already(bundle):
    opened = open_bundle(bundle)
    with ThreadPoolExecutor(1) as pool:
        with locked(bundle):
            waiting = pool.submit(rewrite_decision, opened, OTHER)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
            assert open_bundle(bundle).decision == opened.decision
        assert waiting.result(timeout=10).decision == OTHER


@pytest.mark.parametrize("prepare", [lambda bundle: None, to_first_format])
def test_each_decision_of_before_comes_back(bundle, prepare):
    prepare(bundle)
    first = open_bundle(bundle).decision
    names = {item.name for item in bundle.iterdir()}
    decisions = (OTHER, Decision(Rule("argmax")), OTHER)
    for decision in decisions:
        rewrite_decision(open_bundle(bundle), decision)
    for decision in (decisions[1], OTHER, first):
        assert undo_decision(open_bundle(bundle)).decision == decision
        files = manifest_of(bundle)["files"]
        assert {MANIFEST, *files} == {item.name for item in bundle.iterdir()}
    assert {item.name for item in bundle.iterdir()} == names
    with pytest.raises(SettingsError, match="the one decision"):
        undo_decision(open_bundle(bundle))


def test_the_same_decision_again_is_no_step(bundle):
    first = open_bundle(bundle).decision
    for _ in range(2):
        rewrite_decision(open_bundle(bundle), OTHER)
    assert undo_decision(open_bundle(bundle)).decision == first


def test_a_former_decision_that_was_changed_is_noticed(bundle):
    rewrite_decision(open_bundle(bundle), OTHER)
    (bundle / "decision.json").write_text("{}")
    with pytest.raises(BundleError, match="decision.json has 2 bytes"):
        open_bundle(bundle)
