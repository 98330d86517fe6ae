"""A run or bundle given where a checkpoint is expected."""

import json
import re

import pytest

import kerascls
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.own_runs import refuse_run
from kerascls.errors import CheckpointError


@pytest.mark.parametrize(
    ("name", "what", "folder"),
    [
        ("", "is a run of", ""),
        ("valid.safetensors", "is in a run of", ""),
        ("run.json", "is in a run of", ""),
        ("bundle", "is a bundle of", "bundle"),
        ("bundle/model.safetensors", "is in a bundle of", "bundle"),
    ],
)
def test_a_run_is_answered_with_the_command_that_makes_a_checkpoint_of_it(
    multilabel_run, tmp_path, name, what, folder
):
    path = multilabel_run.out / name
    with pytest.raises(CheckpointError) as error:
        find_checkpoint(path)
    source = multilabel_run.out / folder
    assert f"Received: {path}, which {what} kerascls. " in str(error.value)
    assert f"`kerascls convert {source} OUT`, and give OUT" in str(error.value)
    kerascls.convert(source, tmp_path / "out")
    assert find_checkpoint(tmp_path / "out").family == "bert"


def test_every_way_in_says_so(multilabel_run, multilabel_files, tmp_path):
    run = multilabel_run.out
    weights, config = run / "bundle" / "model.safetensors", run / "bundle/encoder.json"
    calls = [
        lambda: kerascls.load_encoder(run),
        lambda: kerascls.inspect(run / "valid.safetensors"),
        lambda: kerascls.convert(run / "valid.safetensors", tmp_path / "out"),
        lambda: kerascls.build_transformer_model(config, weights),
        lambda: kerascls.build_transformer_model(config),
        lambda: kerascls.fit(
            train=multilabel_files["train"], checkpoint=run, out=tmp_path / "run"
        ),
    ]
    for call in calls:
        with pytest.raises(CheckpointError, match="of kerascls. .*`kerascls convert"):
            call()


def test_a_run_that_did_not_end_is_gone_on_with_first(tmp_path):
    facts = {"status": "interrupted", "started": "2026"}
    (tmp_path / "run.json").write_text(json.dumps(facts))
    with pytest.raises(CheckpointError, match="no model yet: choose the directory"):
        refuse_run(tmp_path)
    (tmp_path / "state" / "step-3").mkdir(parents=True)
    line = re.escape(f"(`kerascls fit --resume --out {tmp_path}`), or choose")
    for name in ("", "state", "state/step-3"):
        with pytest.raises(CheckpointError, match=line):
            refuse_run(tmp_path / name)


def test_a_linear_model_has_no_encoder_to_convert(linear_run):
    with pytest.raises(CheckpointError, match="model is linear, without encoder"):
        refuse_run(linear_run.out)


@pytest.mark.parametrize("content", ["{}", "[]", "?", '{"status": "ok"}'])
def test_a_file_of_others_of_that_name_is_no_sign(tmp_path, content):
    for name in ("run.json", "manifest.json"):
        (tmp_path / name).write_text(content)
    assert refuse_run(tmp_path) is None
    assert refuse_run(tmp_path / "missing") is None
