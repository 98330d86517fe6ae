"""An export is kept if it does what the Keras model does; else nothing changes."""

import errno
import json
import shutil

import numpy as np
import pytest

import kerascls
from kerascls.errors import BundleError, DiskFullError, ExportError, SettingsError
from kerascls.inference.bundle import MANIFEST, open_bundle
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes.onnx_runtime import OnnxRuntime
from kerascls.serving.exporters import FORMATS, work_folder
from kerascls.serving.exporters import export as export_module


def content(folder) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in folder.iterdir()}


@pytest.fixture
def lines(tmp_path):
    """A few texts, so that a comparison is short."""
    path = tmp_path / "texts.txt"
    path.write_text("国足今晚迎战\n新车\n军事演习在上海\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def twin(written, tmp_path_factory) -> OnnxRuntime:
    """Gives what the Keras model gives, and is there at once."""
    place = tmp_path_factory.mktemp("twin") / "model.onnx"
    FORMATS["onnx"].write(written, place, int8=False)
    return FORMATS["onnx"].open(place, int8=False)


@pytest.fixture
def quick(monkeypatch, twin):
    """Compares with the twin of the Keras model."""
    monkeypatch.setattr(export_module, "open_runtime", lambda *_: twin)


def test_the_bundle_keeps_the_file_and_what_was_found(bundle, lines):
    result = kerascls.export(bundle.path, input=lines)
    facts = open_bundle(bundle.path).exports["onnx"]
    assert result.place == bundle.path / facts["file"]
    assert result.num_bytes == result.place.stat().st_size
    assert (facts["int8"], facts["compared_on"]) == (False, "texts.txt")
    assert facts["comparison"] == result.comparison.to_dict()
    assert result.comparison.rows == 3
    assert result.comparison.largest_difference <= 1e-5
    assert "onnxruntime" in facts["versions"]


def test_the_predictor_prefers_it_and_gives_the_same(bundle, lines, texts):
    before = Predictor.load(bundle.path).predict_proba(texts)
    kerascls.export(bundle.path, input=lines)
    after = Predictor.load(bundle.path)
    assert isinstance(after._runtime, OnnxRuntime)
    np.testing.assert_allclose(after.predict_proba(texts), before, atol=1e-5)


def test_a_new_export_takes_the_place_of_the_old_one(bundle, quick, lines):
    first = kerascls.export(bundle.path, input=lines).place
    second = kerascls.export(bundle.path, int8=True, input=lines, max_changed=1).place
    assert first != second
    names = {item.name for item in bundle.path.iterdir()}
    manifest = json.loads((bundle.path / MANIFEST).read_bytes())
    assert names == {MANIFEST, *manifest["files"]}
    assert second.name in names
    assert first.name not in names
    assert open_bundle(bundle.path).exports["onnx"]["int8"] is True


def test_the_same_export_again_changes_no_file_but_the_manifest(bundle, quick, lines):
    first = kerascls.export(bundle.path, input=lines).place
    assert kerascls.export(bundle.path, input=lines).place == first
    assert first.is_file()


def test_labelled_texts_give_f1(bundle, quick, tmp_path, write_csv):
    rows = [("国足", "体育"), ("新车", "汽车")]
    path = write_csv(tmp_path / "a.csv", ("text", "labels"), rows)
    found = kerascls.export(bundle.path, input=path).comparison
    assert found.f1_drop == 0


def test_a_copy_goes_outside(bundle, quick, lines, tmp_path):
    out = tmp_path / "copy.onnx"
    result = kerascls.export(bundle.path, input=lines, out=out)
    assert out.read_bytes() == result.place.read_bytes()
    assert result.out == out


def test_a_copy_into_the_bundle_is_refused(bundle, quick, lines):
    before = content(bundle.path)
    with pytest.raises(SettingsError, match="outside the bundle"):
        kerascls.export(bundle.path, input=lines, out=bundle.path / "model.onnx")
    assert content(bundle.path) == before


class Wrong:
    def __init__(self, place, int8):
        pass

    def logits(self, inputs):
        return np.full((len(inputs["token_ids"]), 3), 3.0, np.float32)


class Interrupted(Wrong):
    def logits(self, inputs):
        raise KeyboardInterrupt


class FullDisk(Wrong):
    def logits(self, inputs):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("runtime", "error"),
    [(Wrong, ExportError), (Interrupted, KeyboardInterrupt), (FullDisk, OSError)],
)
def test_what_fails_changes_nothing(
    bundle, quick, lines, tmp_path, monkeypatch, runtime, error
):
    kerascls.export(bundle.path, input=lines)
    before = content(bundle.path)
    out = tmp_path / "copy.onnx"
    out.write_text("old")
    monkeypatch.setattr("kerascls.inference.runtimes.onnx_runtime.OnnxRuntime", runtime)
    with pytest.raises(error):
        kerascls.export(bundle.path, input=lines, out=out)
    assert content(bundle.path) == before
    assert out.read_text() == "old"
    assert {item.name for item in tmp_path.iterdir()} == {
        *("bundle", "texts.txt", "copy.onnx")
    }


def test_a_manifest_that_cannot_be_written_leaves_the_old_export(
    bundle, quick, lines, monkeypatch
):
    kerascls.export(bundle.path, input=lines)
    before = content(bundle.path)

    def fail(path, value):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kerascls.inference.bundle.changes.write_json", fail)
    with pytest.raises(OSError, match="No space"):
        kerascls.export(bundle.path, int8=True, input=lines, max_changed=1)
    assert content(bundle.path) == before


def test_another_decision_keeps_the_export(bundle, quick, lines, tmp_path, write_csv):
    place = kerascls.export(bundle.path, input=lines).place
    rows = [("国足", "体育"), ("新车", "汽车")]
    path = write_csv(tmp_path / "v.csv", ("text", "labels"), rows)
    kerascls.tune(bundle.path, path, threshold=0.25)
    opened = open_bundle(bundle.path)
    assert opened.rule.threshold == 0.25
    assert opened.path / opened.exports["onnx"]["file"] == place


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "pickle"}, "format='pickle'"),
        ({"max_changed": 2}, "max_changed=2"),
        ({"out": "/nowhere/at/all/model.onnx"}, "existing folder"),
        ({"format": "savedmodel"}, "format='savedmodel', out=None"),
        ({"format": "savedmodel", "int8": True}, "int8 with a format that has it"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(bundle, monkeypatch, options, message):
    monkeypatch.setattr(export_module, "compare", None)
    with pytest.raises(SettingsError, match=message):
        kerascls.export(bundle.path, **options)


def test_a_missing_package_is_named(bundle, monkeypatch):
    monkeypatch.setattr(
        "kerascls.system.extras.is_installed", lambda name: name != "onnx"
    )
    with pytest.raises(SettingsError, match=r'no onnx\. .*"kerascls\[onnx\]"'):
        kerascls.export(bundle.path)


def test_no_bundle_is_an_error(tmp_path):
    with pytest.raises(BundleError):
        kerascls.export(tmp_path)


def test_every_format_says_how_it_is_written_and_opened():
    for name, one in FORMATS.items():
        assert ":" in one.writer, name
        assert ":" in one.opener, name
        assert one.in_bundle is False or one.suffix, name


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_changed": 0.1}, "int8 beside its limits"),
        ({"text": "a"}, "an input beside how it is read"),
        ({"input_format": "csv"}, "an input beside how it is read"),
    ],
)
def test_what_would_have_no_effect_is_refused(multilabel_run, options, message):
    with pytest.raises(SettingsError, match=message):
        kerascls.export(multilabel_run.out, **options)


def test_a_full_disk_names_the_place_that_is_full(
    multilabel_run, tmp_path, monkeypatch
):
    def full_disk(made, path):
        raise OSError(errno.ENOSPC, "No space left on device")

    out = shutil.copytree(multilabel_run.out, tmp_path / "run")
    monkeypatch.setattr(work_folder.shutil, "copyfile", full_disk)
    with pytest.raises(DiskFullError, match=r"copy\.onnx': "):
        kerascls.export(out, out=tmp_path / "copy.onnx")
    assert {one.name for one in tmp_path.iterdir()} == {"run"}
    assert open_bundle(out).exports == {}
