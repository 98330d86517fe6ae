"""The directory of what was made of runs: whole, or as it was before."""

import json

import pytest

from kerascls.errors import DataError, SettingsError
from kerascls.experiments.combining.shipping import (
    Combined,
    directory_of,
)
from kerascls.experiments.combining.weighing import Weighed
from kerascls.system.console import Screen


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def write(out, error=None, with_bundle=False, overwrite=False):
    with directory_of(out, overwrite, Screen(quiet=True), kind="soup") as run:
        if with_bundle:
            (run.path / "bundle").mkdir()
        if error:
            raise error


def status(out) -> str:
    return json.loads((out / "run.json").read_text("utf-8"))["status"]


def test_it_is_done_at_the_end(out):
    write(out)
    assert status(out) == "done"
    with pytest.raises(SettingsError, match="There is a run already"):
        write(out)


@pytest.mark.parametrize("error", [DataError("no"), KeyboardInterrupt()])
def test_of_what_failed_early_nothing_stays(out, error):
    with pytest.raises(type(error)):
        write(out, error)
    assert not out.exists()


def test_an_earlier_run_comes_back_where_nothing_came_of_the_new_one(out):
    write(out)
    before = (out / "run.json").read_bytes()
    with pytest.raises(DataError):
        write(out, DataError("no"), overwrite=True)
    assert (out / "run.json").read_bytes() == before


@pytest.mark.parametrize(
    ("error", "expected"),
    [(DataError("no"), "failed"), (KeyboardInterrupt(), "interrupted")],
)
def test_a_bundle_that_is_there_stays_with_how_it_ended(out, error, expected):
    with pytest.raises(type(error)):
        write(out, error, with_bundle=True)
    assert status(out) == expected


def test_an_interrupt_says_what_is_there(out):
    with pytest.raises(KeyboardInterrupt, match="Nothing was written"):
        write(out, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt, match="the whole bundle"):
        write(out, KeyboardInterrupt(), with_bundle=True)


def test_a_result_is_plain_json_and_shown_in_notebooks(sample_ensemble):
    as_json = json.loads(json.dumps(sample_ensemble.to_dict()))
    assert as_json["report"]["best_member"]["name"]
    assert [one["weight"] for one in as_json["members"]] == [0.5, 0.5]
    shown = sample_ensemble._repr_html_()
    assert "0.500" in shown and "macro" in shown
    weighed = (Weighed("<a>", 1.0, 0.1, 0.2),)
    empty = Combined(sample_ensemble.out, sample_ensemble.bundle, weighed, None)
    assert "&lt;a&gt;" in empty._repr_html_()
