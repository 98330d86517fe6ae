"""Settings of the model: which one, from where, with what on top."""

import pytest

from kerascls.errors import SettingsError
from kerascls.settings.model import DEFAULT_MODEL
from kerascls.settings.run_settings import RunSettings


def test_random_weights_and_a_checkpoint_exclude_each_other():
    with pytest.raises(SettingsError, match="exclude each other"):
        RunSettings.from_options(from_scratch=True, checkpoint="x")


def test_with_a_checkpoint_no_preset_is_assumed():
    assert RunSettings.from_options(checkpoint="x").model.name is None
    named = RunSettings.from_options(checkpoint="x", model="bert")
    assert named.model.name == "bert"


def test_a_model_of_none_without_checkpoint_is_the_default():
    assert RunSettings.from_options(model=None).model.name == DEFAULT_MODEL


def test_the_order_of_merging_does_not_fix_the_default_model():
    settings = RunSettings.from_options(epochs=1).with_options(checkpoint="x")
    assert settings.model.name is None


def test_an_unknown_model_is_refused_with_the_nearest_name():
    with pytest.raises(SettingsError, match="Did you mean 'albert_small'"):
        RunSettings.from_options(model="alberta_small")


@pytest.mark.parametrize(
    "option", [{"max_tokens": 3}, {"mix_layers": 0}, {"dropout": 1.0}, {"mlp_dim": 0}]
)
def test_sizes_that_no_model_can_have_are_refused(option):
    (name,) = option
    with pytest.raises(SettingsError, match=f"`model.{name}` cannot be used"):
        RunSettings.from_options(**option)
