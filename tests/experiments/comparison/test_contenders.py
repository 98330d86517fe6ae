"""Which models are compared, with which settings, and what is told at the start."""

import pytest

from kerascls.errors import CheckpointError, SettingsError
from kerascls.experiments.comparison.contenders import (
    check_contenders,
    contenders,
    model_options_from,
    named_models,
)
from kerascls.settings.run_settings import RunSettings
from kerascls.training.preparation import load_labelled_text

PAIR = {"linear": "linear", "tiny": "albert_tiny"}


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ("linear,albert_tiny", {"linear": "linear", "albert_tiny": "albert_tiny"}),
        (["linear", "小=albert_tiny"], {"linear": "linear", "小": "albert_tiny"}),
        (" a=linear, b=linear ,", {"a": "linear", "b": "linear"}),
    ],
)
def test_models_are_presets_with_a_name_of_their_own_perhaps(models, expected):
    assert named_models(models) == expected


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ("linear", "two models or more.*models='linear'"),
        ("", "two models or more"),
        ("linear,linear", "names of their own.*'linear'"),
        ("a/b=linear,linear", "names of their own.*'a/b=linear'"),
        ("..=linear,linear", "names of their own"),
        ("linear,albert_tinny", "Did you mean 'albert_tiny'"),
    ],
)
def test_other_models_are_refused(models, said):
    with pytest.raises(SettingsError, match=said):
        named_models(models)


def test_what_is_stated_for_one_wins_over_what_is_for_all():
    common = RunSettings.from_options(best_by="micro_f1")
    found = contenders(PAIR, common, {"tiny": {"best_by": "loss", "epochs": 3}})
    assert [one.model.name for one in found.values()] == ["linear", "albert_tiny"]
    assert [one.train.best_by for one in found.values()] == ["micro_f1", "loss"]
    assert [one.train.epochs for one in found.values()] == [None, 3]


def test_what_only_some_follow_is_refused_with_the_lines_to_paste():
    common = RunSettings.from_options(epochs=3, from_scratch=True)
    presets = PAIR | {"bert": "bert"}
    with pytest.raises(SettingsError) as refused:
        contenders(presets, common, {})
    message = str(refused.value)
    assert "train.epochs='3', which linear cannot follow" in message
    assert "--set linear:" not in message
    pasted = message.partition("apply: --set ")[2].rstrip(".").split(" --set ")
    found = contenders(presets, RunSettings(), model_options_from(pasted))
    for name in ("tiny", "bert"):
        assert found[name].train.epochs == 3 and found[name].model.from_scratch


def test_what_none_follows_is_to_be_left_out():
    common = RunSettings.from_options(epochs=3)
    with pytest.raises(SettingsError, match="a, b cannot follow. Leave them out."):
        contenders({"a": "linear", "b": "linear"}, common, {})


def test_what_one_cannot_follow_is_refused_for_it_alone(multilabel_files):
    given = contenders(PAIR, RunSettings(), {"linear": {"epochs": 3}})
    data = load_labelled_text(RunSettings.from_options(**multilabel_files).data, 42)
    with pytest.raises(SettingsError, match="linear cannot be trained.*train.epochs=3"):
        check_contenders({"linear": given["linear"]}, data, cache=False)


@pytest.mark.parametrize("option", ["text", "train", "seed", "split_seed"])
def test_data_and_seeds_are_those_of_all(option):
    with pytest.raises(SettingsError, match="same data, test rows and seeds.*of tiny"):
        contenders(PAIR, RunSettings(), {"tiny": {option: 1}})


@pytest.mark.parametrize("options", [{"model": "bert"}, {"checkpoint": "x"}])
def test_what_tells_models_apart_is_not_of_all(options):
    with pytest.raises(SettingsError, match=r"for each model.*linear:model.checkpoint"):
        contenders(PAIR, RunSettings.from_options(**options), {})


def test_settings_of_a_model_that_is_not_there_are_refused():
    with pytest.raises(SettingsError, match="one of linear, tiny.*tinny:epochs"):
        contenders(PAIR, RunSettings(), {"tinny": {"epochs": 3}})


def test_texts_of_the_command_line_become_options_of_models():
    texts = ["tiny:train.epochs=3", "linear:train.best_by=loss"]
    texts += ["tiny:decision.objective=precision:0.9"]
    assert model_options_from(texts) == {
        "tiny": {"epochs": 3, "objective": "precision:0.9"},
        "linear": {"best_by": "loss"},
    }
    with pytest.raises(SettingsError, match="epoch"):
        model_options_from(["tiny:train.epoch=3"])


def test_every_model_that_cannot_be_trained_is_told_of_at_once(multilabel_files):
    settings = RunSettings.from_options(**multilabel_files)
    data = load_labelled_text(settings.data, 42)
    given = contenders(
        PAIR | {"other": "bert"}, settings, {"linear": {"best_by": "loss"}}
    )
    with pytest.raises((CheckpointError, SettingsError)) as failed:
        check_contenders(given, data, cache=False)
    message = str(failed.value)
    assert "linear cannot be trained. Expected a score of labels" in message
    assert "tiny cannot be trained. Expected pretrained weights" in message
    assert "other cannot be trained." in message
    assert "--set linear:GROUP.FIELD=VALUE" in message


@pytest.mark.slow
def test_a_model_is_built_before_any_is_trained(multilabel_files, tiny_checkpoint):
    """Layers to freeze are counted only when there are some."""
    settings = RunSettings.from_options(**multilabel_files)
    data = load_labelled_text(settings.data, 42)
    presets = {"linear": "linear", "tiny": "bert"}
    own = {"checkpoint": tiny_checkpoint}
    frozen = contenders(presets, settings, {"tiny": own | {"freeze_layers": 2}})
    with pytest.raises(SettingsError, match="tiny cannot be trained.*freeze_layers=2"):
        check_contenders(frozen, data, cache=False)
    weights = check_contenders(
        contenders(presets, settings, {"tiny": own}), data, False
    )
    assert weights == {"linear": None, "tiny": str(tiny_checkpoint.resolve())}
