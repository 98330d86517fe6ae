"""What is varied, around which values."""

import pytest

from kerascls.errors import SettingsError
from kerascls.experiments.search.space import (
    Choice,
    LogRange,
    search_space,
    with_values,
)
from kerascls.settings.run_settings import FIELDS, RunSettings


def start(**options):
    values = {"learning_rate": 1e-4, "batch_size": 32, "pooling": "cls", "dropout": 0.1}
    return RunSettings.from_options(**values | options)


def space(settings=None, stated=None, **facts):
    return search_space(settings or start(), stated or RunSettings(), **facts)


def test_only_settings_are_varied():
    assert set(space()) <= set(FIELDS)


def test_the_learning_rate_is_around_that_of_the_preset():
    assert space()["train.learning_rate"] == LogRange(3.33e-5, 3e-4)


def test_the_batch_size_is_around_that_of_the_preset():
    assert space()["train.batch_size"] == Choice((16, 32, 64))
    assert space(start(batch_size=1))["train.batch_size"] == Choice((1, 2))


@pytest.mark.parametrize("from_scratch", [False, True])
def test_the_values_of_the_preset_are_among_those_tried(from_scratch):
    settings = start(pooling="label_attention", warmup_share=0.06)
    found = space(settings, from_scratch=from_scratch)
    assert "label_attention" in found["model.pooling"].values
    assert 0.06 in found["train.warmup_share"].values
    assert settings.train.batch_size in found["train.batch_size"].values


@pytest.mark.parametrize(
    ("facts", "varied"),
    [
        ({}, True),
        ({"from_scratch": True}, False),
        ({"shared_layers": True}, False),
        ({"stated": RunSettings.from_options(freeze_encoder=True)}, False),
    ],
)
def test_layers_learn_at_different_rates_where_they_can(facts, varied):
    assert ("train.layer_decay" in space(**facts)) == varied


def test_random_weights_have_no_trained_first_token():
    assert (
        "cls"
        not in space(start(pooling="mean"), from_scratch=True)["model.pooling"].values
    )


def test_what_was_stated_is_left_out():
    stated = RunSettings.from_options(learning_rate=1e-3, pooling="max")
    assert set(space()) - set(space(stated=stated)) == {
        "train.learning_rate",
        "model.pooling",
    }


def test_stating_the_default_states_nothing():
    assert set(space(stated=RunSettings.from_options(epochs=3, dropout=None))) == set(
        space()
    )


def test_nothing_to_vary_is_an_error():
    varied = {key.partition(".")[2]: FIELDS[key].default for key in space()}
    stated = {"learning_rate": 1, "batch_size": 1, "dropout": 0.1, "pooling": "cls"}
    with pytest.raises(SettingsError, match="Leave out --learning-rate"):
        space(stated=RunSettings.from_options(**varied | stated))


def test_a_rate_has_few_digits_and_stays_in_its_range():
    rates = space()["train.learning_rate"]
    assert rates.value_of(0.000123456) == 0.000123
    assert rates.value_of(rates.low) == rates.low


def test_values_become_settings():
    settings = with_values(start(), {"train.batch_size": 7, "model.pooling": "max"})
    assert (settings.train.batch_size, settings.model.pooling) == (7, "max")
    assert settings.train.learning_rate == 1e-4
