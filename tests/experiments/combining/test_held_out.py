"""The rows of runs, read once more: the same ones, or a clear word."""

import json
import shutil

import pytest

from kerascls.data.readers.read_options import DEFAULTS
from kerascls.errors import BundleError, SettingsError
from kerascls.evaluation.scored_rows import TEST_ROWS_FILE, ScoredRows
from kerascls.experiments.combining.candidates import open_candidates
from kerascls.experiments.combining.held_out import (
    data_of_run,
    part_of_run,
    rows_to_score,
)
from kerascls.inference.bundle.files import RUN_FILE


@pytest.fixture
def runs(linear_run, logistic_run):
    return open_candidates([linear_run.out, logistic_run.out], [])


@pytest.fixture
def copied(multilabel_linear_run, tmp_path):
    """A run whose files may be changed."""
    run = shutil.copytree(multilabel_linear_run.out, tmp_path / "run")
    facts = json.loads((run / RUN_FILE).read_text("utf-8"))
    data = facts["settings"]["data"]
    for part in ("train", "valid", "test"):
        data[part] = [shutil.copy(data[part][0], tmp_path)]
    (run / RUN_FILE).write_text(json.dumps(facts))
    return open_candidates([multilabel_linear_run.out, run], [])[1]


def test_the_test_part_of_the_runs_is_read_again(runs):
    notes: list[str] = []
    held = rows_to_score(runs, None, DEFAULTS, notes)
    scored = ScoredRows.load(runs[0].run / TEST_ROWS_FILE)
    assert (len(held.texts), held.source) == (len(scored), "news.csv, test part")
    assert notes == []


def test_of_a_moved_run_files_are_found_from_where_it_was_trained(
    runs, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert "valid" in data_of_run(runs[0]).parts


def test_a_file_is_read_as_in_training(runs, tmp_path, write_csv):
    rows = [("国足今晚迎战劲旅", "体育"), ("新车", "汽车|火箭")]
    file = write_csv(tmp_path / "test.csv", ("text", "labels"), rows)
    held = rows_to_score(runs, file, DEFAULTS, [])
    assert (len(held.texts), held.source) == (2, "test.csv")


def test_changed_files_are_refused(copied, tmp_path):
    assert len(part_of_run(copied, "test").rows)
    with open(tmp_path / "test.csv", "a", encoding="utf-8") as file:
        file.write("新车,汽车\n")
    with pytest.raises(SettingsError, match="other rows by now, in test.csv"):
        part_of_run(copied, "test")
    notes: list[str] = []
    assert rows_to_score([copied], None, DEFAULTS, notes) is None
    assert notes[0].startswith("not scored") and "--test FILE" in notes[0]


def test_a_run_without_a_test_part_is_refused(copied):
    (copied.run / TEST_ROWS_FILE).unlink()
    with pytest.raises(SettingsError, match="without one"):
        part_of_run(copied, "test")


def test_a_bundle_does_not_know_its_files(linear_run, multilabel_linear_run, tmp_path):
    bundle = shutil.copytree(multilabel_linear_run.out / "bundle", tmp_path / "alone")
    alone = open_candidates([multilabel_linear_run.out, bundle], [])[1]
    with pytest.raises(BundleError, match="a bundle without a run"):
        data_of_run(alone)
