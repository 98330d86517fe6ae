"""The directory of a search: free, of the same search, or refused."""

import json

import pytest

from kerascls.errors import SettingsError
from kerascls.experiments.search.directory import CONTENT, is_search, open_directory

METADATA = {"train": {"epochs": 4, "track": ("tensorboard",)}, "files": {"train": "aa"}}


@pytest.fixture
def out(tmp_path):
    """A directory that a search of `METADATA` has begun."""
    open_directory(tmp_path / "out", METADATA)
    return tmp_path / "out"


def test_a_free_name_becomes_the_directory_of_a_search(tmp_path):
    assert not is_search(tmp_path / "a" / "b")
    open_directory(tmp_path / "a" / "b", METADATA)
    assert is_search(tmp_path / "a" / "b")


def test_the_same_search_goes_on_with_what_is_there(out):
    (out / "trials.csv").write_text("trial\n")
    open_directory(out, METADATA)
    assert (out / "trials.csv").read_text() == "trial\n"


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (METADATA | {"train": {"epochs": 5}}, r"train\.epochs was 4, not 5"),
        (METADATA | {"files": {"train": "bb"}}, r"files\.train was 'aa', not 'bb'"),
        (METADATA | {"space": {"rate": "1"}}, r"space\.rate was None, not '1'"),
        ({"train": METADATA["train"]}, r"files\.train was 'aa', not None"),
    ],
)
def test_what_differs_of_another_search_is_named(out, metadata, message):
    with pytest.raises(SettingsError, match=f"{message}.*--overwrite"):
        open_directory(out, metadata)
    assert json.loads((out / "search.json").read_text())["train"]["epochs"] == 4


def test_a_setting_that_an_earlier_version_lacked_had_its_default(out):
    train = METADATA["train"] | {"r_drop": 0.0}
    open_directory(out, METADATA | {"train": train})
    with pytest.raises(SettingsError, match=r"r_drop was 0.0, not 1.0"):
        open_directory(out, METADATA | {"train": train | {"r_drop": 1.0}})


def test_the_one_loss_that_an_earlier_version_wrote_down_is_no_difference(tmp_path):
    train = METADATA["train"] | {"loss": "cross_entropy"}
    open_directory(tmp_path / "old", METADATA | {"train": train})
    open_directory(tmp_path / "old", METADATA)


def test_overwrite_takes_away_what_a_search_wrote_and_no_more(out, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "001").touch()
    (out / "trials").symlink_to(tmp_path / "elsewhere")
    for name in set(CONTENT) - {"trials", "data"} | {"notes.txt"}:
        (out / name).touch()
    (out / "data").mkdir()
    open_directory(out, {"train": {}}, overwrite=True)
    left = sorted(path.name for path in out.iterdir())
    assert left == ["notes.txt", "search.json"]
    assert json.loads((out / "search.json").read_text()) == {"train": {}}
    assert (tmp_path / "elsewhere" / "001").exists()


@pytest.mark.parametrize("overwrite", [False, True])
def test_something_else_stays_as_it_is(tmp_path, overwrite):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(SettingsError, match="earlier search.*holds other files"):
        open_directory(tmp_path, METADATA, overwrite)
    with pytest.raises(SettingsError, match="a file"):
        open_directory(tmp_path / "thesis.txt", METADATA, overwrite)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
