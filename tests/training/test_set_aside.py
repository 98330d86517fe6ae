"""What an earlier run wrote waits whole, and comes back whole."""

import pytest

from kerascls.training.set_aside import SetAside, remove_content, remove_run

FILES = ("bundle/a", "plots/scores.png", "tensorboard/events", "log.txt", "run.json")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def everything(path):
    files = (one for one in path.rglob("*") if one.is_file())
    return {one.relative_to(path).as_posix(): one.read_text() for one in files}


@pytest.fixture
def run(tmp_path):
    """A finished run's directory, with a file of the user's in it."""
    for name in FILES:
        write(tmp_path / name, f"earlier {name}")
    write(tmp_path / "mine.txt", "mine")
    return tmp_path


def test_only_what_marks_the_run_and_is_the_users_stays_in_place(run):
    SetAside(run).take()
    kept = {name for name in everything(run) if not name.startswith(".earlier/")}
    assert kept == {"run.json", "mine.txt"}
    assert set(everything(run / ".earlier")) == set(FILES)
    assert not (run / "plots").exists()


def test_what_comes_back_takes_the_place_of_what_was_written_since(run):
    before = everything(run)
    aside = SetAside(run)
    aside.take()
    assert aside.is_there and aside.is_whole
    for name in ("run.json", "log.txt", "bundle/b", "history.csv"):
        write(run / name, "new")
    aside.bring_back()
    assert everything(run) == before
    assert not aside.is_there


def test_a_part_that_was_set_aside_joins_what_was_not(run):
    before = everything(run)
    (run / ".earlier").mkdir()
    (run / "log.txt").rename(run / ".earlier" / "log.txt")
    aside = SetAside(run)
    assert aside.is_there and not aside.is_whole
    aside.bring_back()
    assert everything(run) == before


def test_what_was_replaced_is_removed_with_nothing_else(run):
    aside = SetAside(run)
    aside.take()
    aside.remove()
    assert set(everything(run)) == {"run.json", "mine.txt"}


def test_a_run_is_removed_without_the_users_files(run):
    write(run / "plots" / "mine.png", "mine")
    remove_run(run)
    assert set(everything(run)) == {"mine.txt", "plots/mine.png"}


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path):
    write(tmp_path / "elsewhere" / "a", "a")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    remove_content(tmp_path, ("link",))
    assert everything(tmp_path) == {"elsewhere/a": "a"}
