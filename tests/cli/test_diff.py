"""`kerascls diff` compares, shows, and refuses what cannot be compared."""

import json

import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.evaluation.scored_rows import TEST_ROWS_FILE, ScoredRows

TRUTH = np.eye(2, dtype=bool)[[0, 1, 0, 1]]


@pytest.fixture
def runs(tmp_path):
    """Two runs on the same rows, and one on others."""
    for name, chosen, sha256 in (
        ("a", TRUTH[[0, 0, 2, 3]], "1" * 64),
        ("b", TRUTH, "1" * 64),
        ("other", TRUTH, "2" * 64),
    ):
        (tmp_path / name).mkdir()
        ScoredRows(
            task=Task.MULTICLASS,
            labels=("x", "y"),
            targets=TRUTH,
            probabilities=chosen.astype(np.float32),
            chosen=chosen,
            known=2,
            rows_sha256=sha256,
            lines=np.arange(4),
        ).save(tmp_path / name / TEST_ROWS_FILE)
    return tmp_path


def test_the_difference_is_shown(run, runs):
    outcome = run("diff", runs / "a", runs / "b")
    assert outcome.code == 0
    assert "Rows that only A got right: 0; only B: 1." in outcome.out


def test_the_difference_is_written_as_json(run, runs):
    outcome = run("diff", runs / "a", runs / "b", "--json", "--resamples", 20)
    values = json.loads(outcome.out)
    assert values["scores"]["accuracy"]["difference"] == 0.25
    assert values["resamples"] == 20


def test_runs_on_other_rows_are_bad_input(run, runs):
    outcome = run("diff", runs / "a", runs / "other")
    assert outcome.code == 2
    assert "error: Expected runs scored on the same test rows." in outcome.err


def test_a_directory_that_is_not_there_is_bad_input(run, runs):
    assert run("diff", runs / "a", runs / "nowhere").code == 2
