"""What is asked for is checked before anything is written."""

import pytest

import kerascls
from kerascls.errors import DataError, SettingsError
from kerascls.experiments.combining.asking import Files, ask, language_of, stated
from kerascls.experiments.combining.candidates import open_candidates
from kerascls.system.console import Screen


def files(**changes) -> Files:
    nothing = dict.fromkeys(("out", "valid", "test", "language"))
    return Files(**nothing | {"overwrite": False} | changes)


def how(options, best_by="macro_f1", **changes):
    return stated(kerascls.ensemble, options, files(**changes), best_by)


def test_how_a_file_is_read_needs_a_file():
    with pytest.raises(SettingsError, match="it is read. Received: label, format, va"):
        how({"label": "x", "format": "csv"})
    for part in ("valid", "test"):
        reading, decision = how({"label": "x", "objective": "f1"}, **{part: "x.csv"})
        assert (reading.label, decision) == ("x", {"objective": "f1"})


def test_decisions_need_none():
    assert how({"objective": "f1"})[1] == {"objective": "f1"}
    with pytest.raises(SettingsError, match="language='fr'"):
        how({}, language="fr")
    told = "Expected a validation score: macro_f1, .*best_by='f3'"
    with pytest.raises(SettingsError, match=told):
        how({}, best_by="f3")


def test_candidates_rows_and_place_are_found(linear_run, logistic_run, tmp_path):
    runs, screen = [linear_run.out, logistic_run.out], Screen(quiet=True)
    asked = ask("x", runs, files(out=tmp_path / "out"), how({}), "macro_f1", screen)
    assert (asked.out, asked.language) == (tmp_path / "out", "en")
    assert len(asked.judge.rows.probabilities) == len(asked.candidates) == 2
    assert asked.held.source == "news.csv, test part"
    with pytest.raises(DataError, match="label='火箭'"):
        ask("x", runs, files(out=tmp_path / "out"), how({}), "f1:火箭", screen)

    def refuse(candidates):
        raise SettingsError(f"{len(candidates)} are too many")

    with pytest.raises(SettingsError, match="2 are too many"):
        ask("x", runs, files(out=tmp_path / "out"), how({}), "loss", screen, refuse)


def test_the_language_is_that_of_the_first_run(linear_run, logistic_run):
    runs = open_candidates([linear_run.out, logistic_run.out], [])
    assert language_of(runs) == "en"
