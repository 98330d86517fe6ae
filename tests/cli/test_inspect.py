"""`kerascls inspect`."""

import json
import shutil

from kerascls.errors import CheckpointError
from kerascls.inference.bundle.files import describe


class Inspection:
    def __init__(self, is_complete=True):
        self.is_complete = is_complete

    def __str__(self):
        return "BERT, 12 layers"

    def to_dict(self):
        return {"family": "bert"}


def test_findings_are_shown(run, replace):
    replace(inspect=lambda directory: Inspection())
    assert run("inspect", "x").out == "BERT, 12 layers\n"


def test_findings_are_written_as_json(run, replace):
    replace(inspect=lambda directory: Inspection())
    assert json.loads(run("inspect", "x", "--json").out) == {"family": "bert"}


def test_an_unknown_directory_exits_with_2(run, replace):
    def refuse(directory):
        raise CheckpointError(f"Expected a checkpoint. Received: {directory}.")

    replace(inspect=refuse)
    outcome = run("inspect", "x")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Received: x" in outcome.err


def test_an_incomplete_checkpoint_is_shown_and_exits_with_2(run, replace):
    replace(inspect=lambda directory: Inspection(False))
    outcome = run("inspect", "x")
    assert (outcome.code, outcome.out) == (2, "BERT, 12 layers\n")


def test_a_bundle_is_described(run, multilabel_run):
    outcome = run("inspect", multilabel_run.out)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("bundle   ")
    as_json = json.loads(run("inspect", multilabel_run.out, "--json").out)
    assert (as_json["task"], as_json["exports"]) == ("multilabel", {})


def test_a_bundle_that_does_not_say_what_it_reads_exits_with_2(
    run, multilabel_run, tmp_path
):
    bundle = shutil.copytree(multilabel_run.result.bundle, tmp_path / "bundle")
    (bundle / "text.json").write_text('{"max_tokens": 16}')
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["files"]["text.json"] = describe(bundle / "text.json")
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    outcome = run("inspect", bundle)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Received: keys=['max_tokens']" in " ".join(outcome.err.split())
