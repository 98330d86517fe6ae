"""Validation rows: the same for all runs, and none that a run has learned."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.readers.read_options import DEFAULTS
from kerascls.errors import SettingsError
from kerascls.evaluation.scored_rows import VALID_ROWS_FILE, ScoredRows
from kerascls.evaluation.seen_texts import SEEN_TEXTS_FILE, SeenTexts
from kerascls.experiments.combining.candidates import open_candidates
from kerascls.experiments.combining.valid_rows import (
    joined_seen_texts,
    kept_rows,
    read_rows,
)
from kerascls.inference.predictor import Predictor

NEW = [("国足今晚迎战劲旅", "体育"), ("新车上海发布", "汽车"), ("军演在海上", "军事")]


@pytest.fixture
def copied(logistic_run, tmp_path):
    return shutil.copytree(logistic_run.out, tmp_path / "copy")


@pytest.fixture
def runs(linear_run, copied):
    return open_candidates([linear_run.out, copied], [])


def change_rows(run, **changes):
    rows = ScoredRows.load(run / VALID_ROWS_FILE)
    replace(rows, **changes).save(run / VALID_ROWS_FILE)


def test_what_the_runs_kept_is_what_their_bundles_made_of_it(runs):
    rows = kept_rows(runs)
    kept = ScoredRows.load(runs[1].run / VALID_ROWS_FILE)
    width = kept.known
    np.testing.assert_allclose(rows.probabilities[1], kept.probabilities[:, :width])
    assert rows.known_targets.shape == rows.probabilities[0].shape


def test_runs_validated_on_other_rows_are_refused_with_both(runs, copied):
    change_rows(copied, rows_sha256="f" * 64)
    with pytest.raises(SettingsError, match="validated on the same rows") as error:
        kept_rows(runs)
    assert "hash ffffffffffff" in str(error.value)
    assert "`--valid FILE`" in str(error.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda run: (run / VALID_ROWS_FILE).unlink(), "keeps no validation part"),
        (lambda run: change_rows(run, logits=None), "of another classifier"),
        (
            lambda run: change_rows(run, labels=("x", "y", "z", "v", "w")),
            "of another classifier",
        ),
    ],
)
def test_a_run_that_kept_nothing_of_its_own_is_refused(runs, copied, change, told):
    change(copied)
    with pytest.raises(SettingsError, match=f"{told}.*`--valid FILE`"):
        kept_rows(runs)


def test_a_file_is_scored_by_all_without_what_one_was_trained_on(
    runs, tmp_path, write_csv
):
    learned = ("体育新闻独有的一句话", "体育")
    file = write_csv(tmp_path / "new.csv", ("text", "labels"), [learned, *NEW])
    seen = SeenTexts.beside(runs[1].bundle)
    more = SeenTexts.of([learned[:1]], ())
    SeenTexts(np.union1d(seen.train, more.train), seen.valid).save(runs[1].run)
    notes: list[str] = []
    rows = read_rows(runs, file, DEFAULTS, notes)
    assert [text for (text,) in rows.texts] == [text for text, _ in NEW]
    assert notes == [
        f"1 of 4 rows of new.csv were trained on by {runs[1].name}: left out"
    ]
    for one, said in zip(runs, rows.probabilities, strict=True):
        own = Predictor(one.bundle).predict_proba([text for text, _ in NEW])
        np.testing.assert_allclose(said, own, atol=1e-6)


def test_a_run_that_does_not_know_its_texts_is_told(runs, tmp_path, write_csv):
    (runs[1].run / SEEN_TEXTS_FILE).unlink()
    file = write_csv(tmp_path / "new.csv", ("text", "labels"), NEW)
    notes: list[str] = []
    read_rows(runs, file, DEFAULTS, notes)
    (line,) = notes
    assert line.startswith(f"{runs[1].name}: Whether the classifier was trained on")


def test_a_file_of_learned_rows_is_refused(runs, tmp_path, write_csv):
    seen = SeenTexts.of([(text,) for text, _ in NEW], ())
    SeenTexts(seen.train, seen.valid).save(runs[1].run)
    file = write_csv(tmp_path / "new.csv", ("text", "labels"), NEW)
    with pytest.raises(SettingsError, match="0 of 3 rows are such"):
        read_rows(runs, file, DEFAULTS, [])


def test_the_files_of_the_training_are_refused_where_only_these_are_known(
    runs, sample_file
):
    for one in runs:
        if one.run.name == "copy":
            (one.run / SEEN_TEXTS_FILE).unlink()
    with pytest.raises(SettingsError, match="no run was trained on"):
        read_rows(runs, sample_file, DEFAULTS, [])


@pytest.fixture
def sample_file():
    from kerascls.data.labelled_text import sample_path

    return sample_path()


def test_seen_texts_are_those_of_all_or_unknown(runs, tmp_path):
    joined_seen_texts(runs, [("新的一句",)], tmp_path)
    every = [SeenTexts.beside(one.bundle) for one in runs]
    joined = SeenTexts.beside(replace(runs[0].bundle, path=tmp_path / "bundle"))
    assert set(joined.train) == {*every[0].train, *every[1].train}
    assert joined.chosen_on([("新的一句",)]).all()
    (runs[1].run / SEEN_TEXTS_FILE).unlink()
    (tmp_path / SEEN_TEXTS_FILE).unlink()
    joined_seen_texts(runs, [], tmp_path)
    assert not (tmp_path / SEEN_TEXTS_FILE).exists()
