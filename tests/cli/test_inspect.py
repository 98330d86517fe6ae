"""`kerascls inspect`."""

import json

from kerascls.errors import CheckpointError


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
