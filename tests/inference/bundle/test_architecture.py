"""What a bundle says of its model is checked, also where the hashes are right."""

import json
import shutil

import pytest
from any_json import ANYTHING, paths_in, replaced
from bundle_cases import change_file, change_manifest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerascls.errors import BundleError, KerasclsError, MissingPackageError
from kerascls.inference.bundle import open_bundle
from kerascls.inference.bundle.architecture import read_architecture
from kerascls.inference.bundle.files import describe
from kerascls.inference.inspect import inspect
from kerascls.inference.runtimes import open_runtime
from kerascls.inference.runtimes.keras_runtime import load_model
from kerascls.system import extras

JSON_FILES = (
    "manifest.json",
    "settings.json",
    "labels.json",
    "text.json",
    "decision.json",
    "encoder.json",
)


@pytest.fixture
def bundle(multilabel_run, tmp_path):
    return shutil.copytree(multilabel_run.result.bundle, tmp_path / "bundle")


def content_of(bundle, name):
    return json.loads((bundle / name).read_text("utf-8"))


def write(bundle, name, content):
    if name == "manifest.json":
        (bundle / name).write_text(json.dumps(content), "utf-8")
    else:
        change_file(bundle, name, json.dumps(content).encode())


def change_config(bundle, **changes):
    content = content_of(bundle, "encoder.json")
    content["config"] |= changes
    write(bundle, "encoder.json", content)


def test_what_was_written_is_read(bundle):
    assert read_architecture(open_bundle(bundle)) == content_of(bundle, "encoder.json")


def test_a_tokenizer_without_its_package_is_no_damage_of_the_bundle(
    bundle, monkeypatch
):
    (bundle / "vocab.txt").unlink()
    files = content_of(bundle, "manifest.json")["files"]
    del files["vocab.txt"]
    change_manifest(bundle, files=files)
    segmenter = {"package": "rjieba", "version": "0.0.1"}
    words = {"format_version": 1, "units": "jieba", "segmenter": segmenter}
    write(bundle, "words.json", words | {"words": ["a"]})
    monkeypatch.setattr(extras, "is_installed", lambda name: name != "rjieba")
    with pytest.raises(MissingPackageError, match=r'pip install "rjieba==0.0.1"'):
        read_architecture(open_bundle(bundle))


@pytest.mark.parametrize("content", [{}, {"config": {}}, {"config": 1}, {"config": []}])
def test_a_model_without_sizes_is_a_damaged_bundle(bundle, content):
    write(bundle, "encoder.json", content)
    with pytest.raises(BundleError, match="encoder.json"):
        inspect(bundle)
    with pytest.raises(BundleError, match="encoder.json"):
        load_model(open_bundle(bundle))


@pytest.mark.parametrize(
    "changes",
    [
        {"family": "nezha"},
        {"family": []},
        {"num_layers": 10**30},
        {"num_layers": 2},
        {"hidden_dim": 10**6},
        {"layer_norm_epsilon": "small"},
        {"dropout": -1},
        {"activation": {}},
        {"max_positions": 15},
    ],
)
def test_sizes_that_are_not_those_of_the_weights_are_refused(bundle, changes):
    change_config(bundle, **changes)
    with pytest.raises(BundleError, match="encoder.json"):
        inspect(bundle)


def test_a_vocabulary_of_more_tokens_than_the_model_knows_is_refused(bundle):
    more = (bundle / "vocab.txt").read_bytes() + "多\n余\n".encode()
    change_file(bundle, "vocab.txt", more)
    with pytest.raises(BundleError, match="vocab_size=.*and its texts need"):
        load_model(open_bundle(bundle))


def test_longer_texts_than_the_model_has_positions_for_are_refused(bundle):
    content = content_of(bundle, "text.json")
    write(bundle, "text.json", content | {"max_tokens": 5000})
    with pytest.raises(BundleError, match="max_positions=.*need 5000"):
        inspect(bundle)


@pytest.mark.parametrize("runtime", [{"name": "keras"}, ["keras"], None, 3])
def test_a_runtime_that_is_no_name_is_a_damage(bundle, runtime):
    change_manifest(bundle, runtime=runtime)
    with pytest.raises(BundleError, match=r"manifest.json is no name"):
        open_runtime(open_bundle(bundle))


@pytest.mark.parametrize(
    "export", [{}, {"int8": 1}, {"int8": False, "compared_on": "a", "comparison": 3}]
)
def test_an_export_of_which_too_little_is_told_is_named(bundle, export):
    files = content_of(bundle, "manifest.json")["files"]
    (bundle / "model.onnx").write_bytes(b"0")
    files["model.onnx"] = describe(bundle / "model.onnx")
    exports = {"onnx": {"file": "model.onnx", **export}}
    change_manifest(bundle, files=files, exports=exports)
    with pytest.raises(BundleError, match=r"exports\['onnx'\]="):
        str(inspect(bundle))


@pytest.mark.parametrize(
    "content", [{}, {"data": []}, {"data": {"label_separator": ["|"]}}, {"data": None}]
)
def test_settings_that_do_not_say_how_texts_were_read_are_a_damage(bundle, content):
    write(bundle, "settings.json", content)
    assert inspect(bundle).is_complete
    with pytest.raises(BundleError, match="settings.json does not say"):
        assert open_bundle(bundle).read_options


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_bundle_with_any_value_in_its_json_works_or_is_an_error_of_ours(data, bundle):
    whole = {name: (bundle / name).read_bytes() for name in JSON_FILES}
    name = data.draw(st.sampled_from(JSON_FILES))
    content = json.loads(whole[name])
    path = data.draw(st.sampled_from([*paths_in(content)]))
    write(bundle, name, replaced(content, path, data.draw(ANYTHING)))
    try:
        assert str(inspect(bundle))
        opened = open_bundle(bundle)
        assert opened.tokenizer() and opened.read_options
    except KerasclsError:
        pass
    finally:
        for name, before in whole.items():
            (bundle / name).write_bytes(before)
