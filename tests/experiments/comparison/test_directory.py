"""A comparison remembers what was asked for."""

import pytest

from kerascls.errors import SettingsError
from kerascls.experiments.comparison.directory import (
    Comparison,
    check_free,
    earlier_comparison,
    require_same_data,
)
from kerascls.settings.run_settings import RunSettings

SETTINGS = {
    name: RunSettings.from_options(model=name, train="news.csv", seed=5)
    for name in ("linear", "albert_tiny")
}
DATA = {"train": {"file": "news.csv", "sha256": "1", "rows": 3}}
WEIGHTS = {"linear": None, "albert_tiny": "weights/tiny"}


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """A comparison that was begun in the working directory."""
    monkeypatch.chdir(tmp_path)
    comparison = Comparison(tmp_path / "out", SETTINGS, 2)
    comparison.write(DATA, WEIGHTS)
    return comparison


def test_every_model_is_there_once_before_any_is_there_twice(tmp_path):
    comparison = Comparison(tmp_path, SETTINGS, 2)
    assert [
        (name, path.name, own.train.seed, own.data.split_seed)
        for name, path, own in comparison.runs()
    ] == [
        ("linear", "linear-5", 5, 5),
        ("albert_tiny", "albert_tiny-5", 5, 5),
        ("linear", "linear-6", 6, 5),
        ("albert_tiny", "albert_tiny-6", 6, 5),
    ]


def test_it_goes_on_with_its_settings_also_elsewhere(begun, tmp_path, monkeypatch):
    again = earlier_comparison(begun.out, None, RunSettings(), None)
    assert (again.settings, again.seeds) == (SETTINGS, 2)
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    moved = earlier_comparison(begun.out, None, RunSettings(), 4)
    assert moved.settings["linear"].data.train == (tmp_path / "news.csv",)
    assert moved.seeds == 4


def test_the_same_settings_and_limits_may_be_stated_again(begun):
    common = RunSettings.from_options(train="news.csv", max_minutes=5)
    again = earlier_comparison(begun.out, None, common, None)
    assert again.settings["linear"].train.max_minutes == 5
    again = earlier_comparison(begun.out, SETTINGS, RunSettings(), None)
    assert again.settings == SETTINGS


def test_other_settings_are_refused(begun):
    common = RunSettings.from_options(epochs=3)
    with pytest.raises(SettingsError, match=r"linear in .*train.epochs=3, not None"):
        earlier_comparison(begun.out, None, common, None)


def test_other_models_are_refused(begun):
    given = {"linear": SETTINGS["linear"]}
    with pytest.raises(SettingsError, match="goes on with linear, albert_tiny"):
        earlier_comparison(begun.out, given, RunSettings(), None)


@pytest.mark.parametrize(
    ("data", "weights"),
    [
        ({"train": DATA["train"] | {"sha256": "2"}}, WEIGHTS),
        (DATA, WEIGHTS | {"albert_tiny": "others"}),
    ],
)
def test_other_data_or_weights_are_refused(begun, data, weights):
    require_same_data(begun.out, DATA, WEIGHTS)
    require_same_data(begun.out, DATA, {"linear": None})  # the other is done
    with pytest.raises(SettingsError, match="data and weights"):
        require_same_data(begun.out, data, weights)


@pytest.mark.parametrize("out", [None, "nowhere"])
def test_there_must_be_a_comparison_to_go_on_with(tmp_path, out):
    folder = out and tmp_path / out
    with pytest.raises(SettingsError, match="directory of a comparison"):
        earlier_comparison(folder, None, RunSettings(), None)


def test_a_comparison_is_not_replaced_unasked(begun, tmp_path):
    with pytest.raises(SettingsError, match="kerascls compare --resume --out"):
        check_free(begun.out, False)
    check_free(begun.out, True)
    check_free(tmp_path / "new", False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.txt").write_text("x")
    with pytest.raises(SettingsError, match="earlier comparison"):
        check_free(tmp_path / "mine", True)
