"""A run directory is valid at any moment, and takes no file of the user's away."""

import json
import os

import pytest

from kerascls.errors import SettingsError
from kerascls.system.machine import package_versions
from kerascls.training.run_directory import RunDirectory, free_directory


def run_file(path):
    return json.loads((path / "run.json").read_text("utf-8"))


def test_a_new_run_says_that_it_is_running(tmp_path):
    RunDirectory.create(tmp_path / "a" / "b")
    assert run_file(tmp_path / "a" / "b")["status"] == "running"


def test_facts_are_added_to_what_is_known(tmp_path):
    run = RunDirectory.create(tmp_path / "run")
    run.update(seed=1, label="体育")
    run.finish("done", minutes=0.5)
    facts = run_file(tmp_path / "run")
    assert (facts["seed"], facts["label"], facts["status"]) == (1, "体育", "done")
    assert facts["minutes"] == 0.5
    assert facts["started"] <= facts["ended"]


def test_an_empty_directory_is_used(tmp_path):
    assert RunDirectory.create(tmp_path).path == tmp_path


def test_a_file_in_its_place_is_an_error(tmp_path):
    place = tmp_path / "out"
    place.touch()
    with pytest.raises(SettingsError, match=r"out='.*out', a file\. Choose"):
        RunDirectory.create(place, overwrite=True)


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_directory_of_other_files_is_an_error(tmp_path, overwrite):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(SettingsError, match="holds other files, such as .thesis"):
        RunDirectory.create(tmp_path, overwrite)
    assert (tmp_path / "thesis.txt").is_file()


def test_an_earlier_run_is_an_error_and_stays(tmp_path):
    RunDirectory.create(tmp_path).finish("done")
    with pytest.raises(SettingsError, match="--overwrite"):
        RunDirectory.create(tmp_path)
    assert run_file(tmp_path)["status"] == "done"


def test_overwrite_takes_away_what_the_earlier_run_wrote(tmp_path):
    RunDirectory.create(tmp_path).finish("done", report=1)
    (tmp_path / "bundle").mkdir()
    for name in ("bundle/manifest.json", "history.csv", "log.txt", "report.csv"):
        (tmp_path / name).touch()
    RunDirectory.create(tmp_path, overwrite=True).forget_earlier()
    assert [item.name for item in tmp_path.iterdir()] == ["run.json"]
    assert "report" not in run_file(tmp_path)


def everything(path):
    files = (one for one in path.rglob("*") if one.is_file())
    return {str(one.relative_to(path)): one.read_bytes() for one in files}


def finished_run(path):
    run = RunDirectory.create(path)
    (path / "bundle").mkdir()
    (path / "plots").mkdir()
    for name in ("bundle/a", "plots/scores.png", "history.csv", "log.txt", "mine.txt"):
        (path / name).write_text(name)
    run.finish("done", mark=1)
    return everything(path)


def test_a_run_that_was_refused_leaves_the_one_that_it_was_to_replace(tmp_path):
    before = finished_run(tmp_path)
    for _ in range(2):
        run = RunDirectory.create(tmp_path, overwrite=True)
        (tmp_path / "log.txt").write_text("of the new one")
        run.discard()
        assert everything(tmp_path) == before
        assert not (tmp_path / ".earlier").exists()


def test_a_run_that_was_killed_before_it_trained_leaves_it_for_the_next(tmp_path):
    before = finished_run(tmp_path)
    killed = RunDirectory.create(tmp_path, overwrite=True)
    os.close(killed._lock)
    RunDirectory.create(tmp_path, overwrite=True).discard()
    assert everything(tmp_path) == before


def test_an_earlier_run_of_which_only_a_part_was_set_aside_is_brought_back(tmp_path):
    before = finished_run(tmp_path)
    (tmp_path / ".earlier").mkdir()
    (tmp_path / "bundle").rename(tmp_path / ".earlier" / "bundle")
    RunDirectory.create(tmp_path, overwrite=True).discard()
    assert everything(tmp_path) == before


def test_a_run_that_was_killed_after_it_trained_is_the_earlier_one(tmp_path):
    finished_run(tmp_path)
    killed = RunDirectory.create(tmp_path, overwrite=True)
    (tmp_path / "history.csv").write_text("newer")
    os.close(killed._lock)
    RunDirectory.create(tmp_path, overwrite=True).discard()
    assert (tmp_path / "history.csv").read_text() == "newer"
    assert not (tmp_path / "bundle").exists()


def test_overwrite_leaves_what_the_run_did_not_write(tmp_path):
    RunDirectory.create(tmp_path).finish("done")
    (tmp_path / "train.csv").write_text("mine")
    (tmp_path / ".git").mkdir()
    RunDirectory.create(tmp_path, overwrite=True)
    assert (tmp_path / "train.csv").read_text() == "mine"
    assert (tmp_path / ".git").is_dir()


def test_overwrite_follows_a_link_to_the_directory_but_none_inside(tmp_path):
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "target"
    elsewhere.mkdir()
    (elsewhere / "manifest.json").touch()
    RunDirectory.create(target).finish("done")
    (target / "bundle").symlink_to(elsewhere)
    (tmp_path / "link").symlink_to(target)
    RunDirectory.create(tmp_path / "link", overwrite=True)
    assert not (target / "bundle").exists()
    assert (elsewhere / "manifest.json").is_file()


def test_a_run_is_written_by_one_process_at_a_time(tmp_path):
    run = RunDirectory.create(tmp_path)
    with pytest.raises(SettingsError, match="no other process"):
        RunDirectory.create(tmp_path, overwrite=True)
    with pytest.raises(SettingsError, match="no other process"):
        RunDirectory.open(tmp_path).go_on()
    run.finish("interrupted", error="E")
    again = RunDirectory.open(tmp_path)
    again.go_on()
    assert run_file(tmp_path)["status"] == "running"
    assert not {"ended", "error"} & set(run_file(tmp_path))


def test_a_check_changes_nothing(tmp_path):
    RunDirectory.check(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    RunDirectory.create(tmp_path / "run").finish("done")
    RunDirectory.check(tmp_path / "run", overwrite=True)
    assert run_file(tmp_path / "run")["status"] == "done"


def test_the_first_free_name_is_taken(tmp_path):
    assert free_directory(tmp_path, "albert") == tmp_path / "albert"
    (tmp_path / "albert").mkdir()
    (tmp_path / "albert-2").touch()
    assert free_directory(tmp_path, "albert") == tmp_path / "albert-3"


def test_versions_of_what_computes_are_known():
    assert {"kerascls", "keras", "numpy", "tokenizers"} <= set(package_versions())


def test_pictures_that_a_run_did_not_write_stay(tmp_path):
    run = RunDirectory.create(tmp_path / "run")
    run.finish("done")
    plots = run.path / "plots"
    plots.mkdir()
    for name in ("scores.png", "mine.png"):
        (plots / name).touch()
    RunDirectory.create(tmp_path / "run", overwrite=True).finish("done")
    assert [item.name for item in plots.iterdir()] == ["mine.png"]


def run_with_state(path, status):
    run = RunDirectory.create(path)
    (path / "state" / "step-000000001").mkdir(parents=True)
    run.finish(status)


@pytest.mark.parametrize("status", ["running", "interrupted", "failed"])
def test_a_run_that_can_go_on_says_so_first(tmp_path, status):
    run_with_state(tmp_path / "my run", status)
    with pytest.raises(SettingsError, match="already") as caught:
        RunDirectory.check(tmp_path / "my run")
    message = str(caught.value)
    line = f"kerascls fit --resume --out '{tmp_path / 'my run'}'"
    assert f"It is {status} and can go on: {line}" in message
    assert message.index("--resume") < message.index("--overwrite")


@pytest.mark.parametrize("content", ["[]", "no json", '{"status": "done"}'])
def test_a_run_that_cannot_go_on_says_nothing_of_it(tmp_path, content):
    run_with_state(tmp_path, "done")
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(SettingsError, match="Choose another --out, or") as caught:
        RunDirectory.check(tmp_path)
    assert "--resume" not in str(caught.value)


@pytest.mark.parametrize("name", ["bundle/notes.txt", "state/backup", "bundle/mine"])
def test_what_a_user_put_into_a_run_s_folders_is_not_deleted(tmp_path, name):
    run_with_state(tmp_path, "done")
    (tmp_path / "bundle").mkdir()
    manifest = {"files": {"vocab.txt": {}}}
    (tmp_path / "bundle" / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "bundle" / "vocab.txt").touch()
    RunDirectory.check(tmp_path, overwrite=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(SettingsError, match=f"with {name} of"):
        RunDirectory.create(tmp_path, overwrite=True)
    assert (tmp_path / name).read_text() == "mine"
    assert run_file(tmp_path)["status"] == "done"


def test_a_run_that_was_refused_leaves_nothing(tmp_path):
    run = RunDirectory.create(tmp_path / "out")
    run.discard()
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    run = RunDirectory.create(tmp_path / "out")
    (tmp_path / "out" / "mine.txt").touch()
    run.discard()
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("path", "why"), [("nowhere", "which does not exist"), (".", "without run.json")]
)
def test_what_is_no_run_is_told_without_numbers_of_errors(tmp_path, path, why):
    with pytest.raises(SettingsError, match=why) as caught:
        RunDirectory.open(tmp_path / path)
    assert "Errno" not in str(caught.value)
