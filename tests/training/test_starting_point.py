"""A starting point gives the weights it promises, and defaults that fit them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from starts import start

from kerascls.errors import SettingsError
from kerascls.models.presets import PRESETS
from kerascls.settings.run_settings import RunSettings


def test_the_encoder_has_the_weights_of_the_checkpoint(own_data, tiny_checkpoint):
    from safetensors.numpy import load_file

    encoder, notes = start(own_data, checkpoint=tiny_checkpoint).encoder(1, "float32")
    name = "bert.embeddings.word_embeddings.weight"
    expected = load_file(tiny_checkpoint / "model.safetensors")[name]
    table = encoder.weights_by_name()["embeddings/word_embeddings"]
    np.testing.assert_array_equal(np.asarray(table), expected)
    assert any("left out" in note for note in notes)


@pytest.mark.parametrize("case", ["bert_huggingface", "albert_huggingface"])
def test_the_pooler_has_the_weights_of_the_checkpoint(own_data, checkpoint_of, case):
    directory, weights = checkpoint_of(case)
    chosen = start(own_data, checkpoint=directory)
    encoder, notes = chosen.encoder(1, "float32", with_pool=True)
    assert chosen.has_pooler
    variables = encoder.weights_by_name()
    for name in ("pooler/dense/kernel", "pooler/dense/bias"):
        np.testing.assert_array_equal(np.asarray(variables[name]), weights[name])
    assert not any("pooler" in note for note in notes)


def test_a_pooler_that_the_checkpoint_lacks_is_random_and_said_to_be(
    own_data, checkpoint_of
):
    directory, _ = checkpoint_of("electra_huggingface")
    chosen = start(own_data, checkpoint=directory)
    encoder, notes = chosen.encoder(1, "float32", with_pool=True)
    plain, _ = chosen.encoder(1, "float32")
    assert not chosen.has_pooler
    assert "pooler: random weights" in notes[-1]
    arrays = encoder.weights_by_name()
    assert np.asarray(arrays["pooler/dense/kernel"]).std() > 0
    for name, array in plain.weights_by_name().items():
        np.testing.assert_array_equal(np.asarray(arrays[name]), np.asarray(array))


def test_random_weights_have_a_random_pooler(own_data):
    chosen = start(own_data, model="albert_tiny", from_scratch=True)
    encoder, notes = chosen.encoder(1, "float32", with_pool=True, num_outputs=2)
    assert (encoder.with_pool, encoder.num_outputs) == (True, 2)
    assert notes == ["pooler: random weights, as albert_tiny comes without one"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"mix_layers": 5}, "at most 4 .*mix_layers=5.*model.mix_layers=4"),
        ({"mix_layers": 2, "pooling": "pooler"}, "at most 1 .*mix_layers=2.*'pooler'"),
        ({"freeze_encoder": True, "pooling": "pooler"}, "stay random.*model.pooling"),
    ],
)
def test_a_head_that_the_encoder_cannot_feed_is_an_error(own_data, options, told):
    chosen = start(own_data, model="albert_tiny", from_scratch=True)
    with pytest.raises(SettingsError, match=told):
        chosen.resolve(RunSettings.from_options(**options))


def test_as_many_layers_as_there_are_can_be_mixed(own_data):
    chosen = start(own_data, model="albert_tiny", from_scratch=True)
    settings = chosen.resolve(RunSettings.from_options(mix_layers=4, mlp_dim=256))
    assert (settings.model.mix_layers, settings.model.mlp_dim) == (4, 256)


def test_a_head_on_a_frozen_encoder_learns_fast_and_long(own_data, tiny_checkpoint):
    chosen = start(own_data, checkpoint=tiny_checkpoint)
    train = chosen.resolve(RunSettings.from_options(freeze_encoder=True)).train
    assert (train.epochs, train.learning_rate) == (20, 1e-2)
    stated = RunSettings.from_options(freeze_encoder=True, epochs=2)
    train = chosen.resolve(stated).train
    assert (train.epochs, train.learning_rate) == (2, 1e-2)


def test_a_pretrained_pooler_may_be_frozen(own_data, tiny_checkpoint):
    chosen = start(own_data, checkpoint=tiny_checkpoint)
    options = {"freeze_encoder": True, "pooling": "pooler"}
    settings = chosen.resolve(RunSettings.from_options(**options))
    assert (settings.train.freeze_encoder, settings.model.pooling) == (True, "pooler")


def test_what_is_not_given_is_the_presets(own_data):
    chosen = start(own_data, model="albert_small", from_scratch=True)
    settings = chosen.resolve(RunSettings.from_options(batch_size=3))
    preset = PRESETS["albert_small"]
    assert settings.train.batch_size == 3
    assert settings.train.epochs == preset.from_scratch_epochs
    assert settings.train.learning_rate == preset.from_scratch_learning_rate
    assert settings.model.max_tokens == preset.max_tokens


def test_pretrained_weights_are_tuned_more_gently(own_data, tiny_checkpoint):
    chosen = start(own_data, checkpoint=tiny_checkpoint)
    settings = chosen.resolve(RunSettings())
    assert settings.train.epochs == chosen.preset.epochs
    assert settings.train.learning_rate == chosen.preset.learning_rate


def test_sequences_are_at_most_as_long_as_the_encoder_knows(own_data, tiny_checkpoint):
    chosen = start(own_data, checkpoint=tiny_checkpoint)
    config = json.loads((tiny_checkpoint / "config.json").read_text())
    longest = config["max_position_embeddings"]
    assert chosen.resolve(RunSettings()).model.max_tokens == longest
    with pytest.raises(SettingsError, match=f"at most {longest} tokens.*max_tokens=41"):
        chosen.resolve(RunSettings.from_options(max_tokens=41))


def test_random_weights_are_those_of_the_seed(own_data):
    chosen = start(own_data, model="albert_tiny", from_scratch=True)
    first, again, other = (
        np.asarray(chosen.encoder(seed, "float32")[0].weights_by_name()[name])
        for seed in (1, 1, 2)
        for name in ["encoder/layer_0/output/dense/kernel"]
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0


def test_a_checkpoint_without_a_preset_is_titled_by_its_kind_and_sizes(
    own_data, tiny_checkpoint
):
    chosen = start(own_data, checkpoint=tiny_checkpoint)
    assert chosen.title.startswith("BERT of ")
    assert chosen.title.endswith(f"from {tiny_checkpoint.name}")
    assert chosen.defaults_from.endswith(", the preset nearest in width")
    named = replace(chosen, name=chosen.preset.name)
    assert (named.title, named.defaults_from) == (chosen.preset.name,) * 2


def test_pairs_need_an_encoder_with_two_segments(own_data, tiny_checkpoint):
    chosen = start(own_data, checkpoint=tiny_checkpoint)
    one = replace(chosen, config=replace(chosen.config, num_token_types=1))
    one.resolve(RunSettings())
    pairs = RunSettings.from_options(text=("text",), text_pair="second")
    chosen.resolve(pairs)
    with pytest.raises(SettingsError, match="Give the column with --text as well"):
        one.resolve(pairs)
    replace(one, config=replace(one.config, family="roberta")).resolve(pairs)
