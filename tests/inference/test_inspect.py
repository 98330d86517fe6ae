"""One function tells what a directory is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import kerascls
from kerascls.errors import BundleError, CheckpointError


def test_a_run_and_its_bundle_are_described_alike(multilabel_run):
    of_run = kerascls.inspect(multilabel_run.out)
    assert of_run == kerascls.inspect(str(multilabel_run.result.bundle))
    assert of_run.is_complete
    assert json.loads(json.dumps(of_run.to_dict()))["task"] == "multilabel"
    assert str(of_run).splitlines()[1] == "task     multilabel"


def test_a_run_without_a_bundle_says_how_it_ended(tmp_path):
    (tmp_path / "run.json").write_text('{"status": "interrupted"}')
    with pytest.raises(BundleError, match="status is 'interrupted'"):
        kerascls.inspect(tmp_path)


def test_anything_else_is_looked_at_as_a_checkpoint(tmp_path):
    with pytest.raises(CheckpointError, match="which holds nothing"):
        kerascls.inspect(tmp_path)


def test_it_answers_without_keras(multilabel_run):
    code = (
        "import sys, kerascls;"
        f"kerascls.inspect({str(multilabel_run.out)!r});"
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow', 'torch')))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
