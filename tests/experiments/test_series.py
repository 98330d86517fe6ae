"""Trainings one after another."""

import sys

import pytest

from kerascls.errors import SettingsError
from kerascls.experiments import series
from kerascls.experiments.series import fit_next, forget_models, require_test_part
from kerascls.settings.run_settings import RunSettings


@pytest.mark.parametrize("exists", [True, False])
def test_what_was_begun_goes_on_and_the_rest_begins(monkeypatch, tmp_path, exists):
    calls = []
    monkeypatch.setattr(
        series.training, "fit", lambda settings, **options: calls.append(options)
    )
    monkeypatch.setattr(series, "forget_models", lambda: None)
    out = tmp_path if exists else tmp_path / "new"
    fit_next(RunSettings(), out, resume=True)
    assert (calls[0]["resume"], calls[0]["out"]) == (exists, out)


def test_without_keras_there_is_nothing_to_forget(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    forget_models()
    assert "keras" not in sys.modules


def test_validation_rows_without_test_rows_are_refused():
    given = RunSettings.from_options(train="t.csv", valid="v.csv")
    with pytest.raises(SettingsError, match=r"all runs are scored.*valid=v.csv"):
        require_test_part(given)
    require_test_part(RunSettings.from_options(train="t.csv"))
