"""A bundle appears whole or not at all, and every damage to it is named."""

import json
import os
import pickle
import shutil

import pytest
from bundle_cases import (
    INPUT_SPEC,
    SUPPORT,
    change_file,
    change_manifest,
    manifest_of,
    to_first_format,
    write,
    write_model,
)
from tiny_tokenizers import unigram

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError
from kerascls.inference.bundle import MANIFEST, is_bundle, open_bundle
from kerascls.inference.bundle.files import BUNDLE_FOLDER
from kerascls.inference.predictor import Predictor
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.preprocessing.tokenizers.words import WordTokenizer
from kerascls.training.run_directory import RunDirectory


def test_what_is_written_is_what_is_opened(bundle):
    opened = open_bundle(bundle)
    assert opened.path == bundle
    assert (opened.runtime, opened.task) == ("keras", Task.MULTILABEL)
    assert opened.label_set == LabelSet(tuple(SUPPORT))
    assert opened.decision == Decision(Rule("threshold", 0.25))
    assert (opened.input_spec, opened.train_support) == (INPUT_SPEC, SUPPORT)
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
    def fail(made, place, replace=os.replace):
        if place == tmp_path / "bundle":
            raise OSError("no rename")
        replace(made, place)

    monkeypatch.setattr(os, "replace", fail)
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


@pytest.mark.parametrize("version", [4, "1", None])
def test_another_version_is_named(bundle, version):
    change_manifest(bundle, format_version=version)
    with pytest.raises(
        BundleError, match=f"format 1 or 2 or 3.*format_version={version!r}"
    ):
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


def test_text_json_that_describes_no_input_is_named(bundle):
    values = INPUT_SPEC.to_dict() | {"max_tokens": "16"}
    change_file(bundle, "text.json", json.dumps(values).encode())
    with pytest.raises(BundleError) as error:
        open_bundle(bundle)
    assert str(error.value) == (
        f"Expected a complete bundle. Received: {str(bundle)!r}, damaged: Expected "
        f"max_tokens to be a whole number. Received: max_tokens='16'. Give such a "
        f"value. Copy it again from where it was made."
    )


@pytest.mark.parametrize(
    "content", ['{"kind": "argmax"}', '{"rule": {}, "calibration": {}}', "{}"]
)
def test_a_decision_that_cannot_be_read_is_named_with_the_bundle(bundle, content):
    change_file(bundle, "decision.json", content.encode())
    with pytest.raises(BundleError) as error:
        open_bundle(bundle)
    assert repr(str(bundle / "decision.json")) in str(error.value)


def test_a_rule_of_the_first_format_that_cannot_be_read_is_named(bundle):
    to_first_format(bundle)
    change_file(bundle, "rule.json", b'{"kind": "dice"}')
    with pytest.raises(BundleError) as error:
        open_bundle(bundle)
    assert repr(str(bundle / "rule.json")) in str(error.value)
    assert "kind='dice'" in str(error.value)


def test_the_tokenizer_is_that_of_the_training(multilabel_run):
    opened = open_bundle(multilabel_run.result.bundle)
    tokenizer = opened.tokenizer()
    assert tokenizer.do_lower_case == opened.input_spec.do_lower_case
    vocabulary = (opened.path / "vocab.txt").read_text("utf-8").splitlines()
    assert tokenizer.pad_id == vocabulary.index("[PAD]")


@pytest.mark.parametrize(
    "tokenizer",
    [
        Tokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b"], do_lower_case=True),
        RustTokenizer(unigram()),
        WordTokenizer(["a", "b"], "words"),
    ],
)
def test_every_kind_of_tokenizer_is_opened_by_its_file(tokenizer, tmp_path):
    def save(folder):
        tokenizer.save(folder / tokenizer.file_name)

    opened = write(tmp_path / "bundle", save).tokenizer()
    assert type(opened) is type(tokenizer)
    assert opened.encode("B a c", "a") == tokenizer.encode("B a c", "a")
    assert opened.do_lower_case == tokenizer.do_lower_case


@pytest.fixture(scope="module")
def xlm_r_run(train_run, tiny_checkpoint, pair_files, tmp_path_factory):
    """A run on pairs from a checkpoint with a tokenizer like that of XLM-R."""
    folder = tmp_path_factory.mktemp("xlm_r")
    checkpoint = shutil.copytree(tiny_checkpoint, folder / "checkpoint")
    (checkpoint / "vocab.txt").unlink()
    for path in checkpoint.glob("tokenizer*.json"):
        path.unlink()
    (checkpoint / "tokenizer.json").write_text(json.dumps(unigram()), "utf-8")
    options = {"text": ("question",), "text_pair": "answer", "pooling": "mean"}
    return train_run(folder / "run", **pair_files, **options, checkpoint=checkpoint)


def test_a_tokenizer_json_goes_into_the_bundle(xlm_r_run):
    bundle = open_bundle(xlm_r_run.out)
    assert (bundle.path / "tokenizer.json").is_file()
    assert not (bundle.path / "vocab.txt").exists()
    assert (bundle.input_spec.separators, bundle.input_spec.pair) == (2, False)
    tokenizer, trained = bundle.tokenizer(), RustTokenizer(unigram())
    for text in ("中国足球 今天", "a</s><s>b", "１２３\u3000<pad>"):
        ids = tokenizer.encode_ids([text])[0].tolist()
        assert ids == trained.encode_ids([text])[0].tolist()
        assert not {0, 1, 2} & {*ids}
    assert "tokenizer: Unigram, <s> text </s>" in xlm_r_run.shown
    predictor = Predictor(bundle)
    found = predictor.predict([("中国足球", "a</s>b"), ("", "")])
    assert [one.labels for one in found] == [
        predictor.predict([row])[0].labels for row in [("中国足球", "a</s>b"), ("", "")]
    ]


def test_a_bundle_without_its_tokenizer_is_damaged(xlm_r_run, tmp_path):
    copied = shutil.copytree(xlm_r_run.out / "bundle", tmp_path / "bundle")
    (copied / "tokenizer.json").unlink()
    with pytest.raises(BundleError, match="tokenizer.json is missing"):
        open_bundle(copied)


def test_a_directory_without_bundle_says_what_was_looked_for(tmp_path):
    with pytest.raises(BundleError, match=r"(?s)manifest\.json.*Received: '.*nowhere'"):
        open_bundle(tmp_path / "nowhere")


def test_a_run_without_bundle_says_how_it_ended(tmp_path):
    RunDirectory.create(tmp_path / "run").finish("failed")
    with pytest.raises(BundleError, match="a run whose status is 'failed'"):
        open_bundle(tmp_path / "run")


def test_a_bundle_of_the_first_format_is_read(bundle):
    to_first_format(bundle)
    assert open_bundle(bundle).decision == Decision(Rule("threshold", 0.25))


@pytest.mark.parametrize("content", ["{}", "[]", '{"name": "web page"}', "\xff"])
def test_a_folder_with_somebody_elses_manifest_is_no_bundle(tmp_path, content):
    (tmp_path / MANIFEST).write_text(content, "latin-1")
    assert not is_bundle(tmp_path)


def test_a_damaged_bundle_is_still_one(bundle):
    for content in ("", "{}"):
        (bundle / MANIFEST).write_text(content)
        assert is_bundle(bundle) and is_bundle(bundle.parent)
    (bundle / "labels.json").unlink()
    assert not is_bundle(bundle)


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
