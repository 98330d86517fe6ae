"""Fewer layers and fewer tokens leave what remains as it was."""

import numpy as np
import pytest
from starts import start

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.wordpiece import sequence_padding
from kerascls.settings.run_settings import RunSettings
from kerascls.training.preparation import load_labelled_text

PRUNABLE = ["bert_huggingface", "albert_huggingface", "electra_huggingface"]
PRUNABLE += ["bert_tensorflow"]


def hidden_states(chosen, texts, **options):
    encoder, _ = chosen.encoder(1, "float32", **options)
    rows = [chosen.tokenizer.encode(text)[0] for text in texts]
    token_ids = sequence_padding(rows, value=chosen.tokenizer.pad_id)
    mask = sequence_padding([[1] * len(row) for row in rows])
    return np.asarray(encoder(token_ids, np.zeros_like(token_ids), mask))


@pytest.mark.parametrize("case", PRUNABLE)
def test_the_first_layers_give_the_hidden_state_that_stood_there(
    own_data, checkpoint_of, case
):
    directory, _ = checkpoint_of(case)
    whole = start(own_data, checkpoint=directory)
    most, texts = whole.config.num_layers, ["国足 good", "book"]
    states = hidden_states(whole, texts, num_outputs=most)
    states = np.split(states, most, axis=-1)
    for number in range(1, most):
        chosen = start(own_data, checkpoint=directory, num_layers=number)
        assert chosen.config.num_layers == number
        assert f"layers: the first {number} of {most}" in chosen.notes
        found = hidden_states(chosen, texts)
        np.testing.assert_allclose(found, states[number - 1], atol=1e-5)
        assert np.abs(found - states[number]).max() > 0.1


def test_layers_of_their_own_are_left_out_and_that_is_said(own_data, checkpoint_of):
    directory, _ = checkpoint_of("bert_huggingface")
    chosen = start(own_data, checkpoint=directory, num_layers=1)
    encoder, notes = chosen.encoder(1, "float32", with_pool=True)
    assert not any("layer_1/" in name for name in encoder.weights_by_name())
    assert any("left out: layers from 1 on" in note for note in notes)


def test_random_weights_may_have_fewer_layers_too(own_data):
    chosen = start(own_data, model="electra_small", from_scratch=True, num_layers=2)
    assert chosen.config.num_layers == 2
    assert "layers: the first 2 of 12" in chosen.notes


@pytest.mark.parametrize("origin", ["checkpoint", "from_scratch"])
def test_more_layers_than_there_are_are_an_error(own_data, tiny_checkpoint, origin):
    options = {"checkpoint": tiny_checkpoint, "num_layers": 2}
    if origin == "from_scratch":
        options = {"model": "albert_tiny", "from_scratch": True, "num_layers": 5}
    with pytest.raises(SettingsError, match=r"at most [14] layers.*num_layers=[25]\."):
        start(own_data, **options)


def test_layers_that_are_left_out_cannot_be_mixed(own_data, checkpoint_of):
    directory, _ = checkpoint_of("bert_huggingface")
    chosen = start(own_data, checkpoint=directory, num_layers=2)
    with pytest.raises(SettingsError, match="at most 2 .*mix_layers=3"):
        chosen.resolve(RunSettings.from_options(mix_layers=3))


@pytest.mark.parametrize("case", PRUNABLE)
def test_a_pruned_vocabulary_changes_nothing_for_texts_of_kept_tokens(
    own_data, checkpoint_of, case
):
    directory, _ = checkpoint_of(case)
    whole = start(own_data, checkpoint=directory)
    chosen = start(own_data, checkpoint=directory, prune_vocab=1)
    texts = ["国足 wins", "足 goal", "国国 xyz", "⚽"]
    assert [*map(chosen.tokenizer.tokenize, texts)] == [
        *map(whole.tokenizer.tokenize, texts)
    ]
    assert hidden_states(chosen, texts) == pytest.approx(
        hidden_states(whole, texts), abs=1e-5
    )
    assert "体" not in chosen.tokenizer.vocab
    assert len(chosen.tokenizer.vocab) < len(whole.tokenizer.vocab)
    assert chosen.config.vocab_size == len(chosen.tokenizer.vocab)
    sizes = f"vocabulary: {chosen.config.vocab_size} of {whole.config.vocab_size} "
    assert sizes in chosen.notes[-1]


def test_how_often_a_token_has_to_occur_counts(own_data, tiny_checkpoint):
    # Each of the two texts is there six times; 70 % are for training.
    sizes = [
        start(own_data, checkpoint=tiny_checkpoint, prune_vocab=n).config.vocab_size
        for n in (1, 7)
    ]
    assert sizes[0] > sizes[1]


def test_tokens_are_counted_in_training_rows_only(tmp_path, write_csv, tiny_checkpoint):
    files = {
        name: write_csv(tmp_path / f"{name}.csv", ("text", "label"), rows)
        for name, rows in {
            "train": [("国", "x"), ("足", "y")],
            "valid": [("医", "x")],
            "test": [("院", "x")],
        }.items()
    }
    data = load_labelled_text(RunSettings.from_options(**files).data, seed=1)
    chosen = start(data, checkpoint=tiny_checkpoint, prune_vocab=1)
    assert {"国", "足"} <= set(chosen.tokenizer.vocab)
    assert not {"医", "院"} & set(chosen.tokenizer.vocab)


def test_the_vocabulary_of_random_weights_is_not_pruned(own_data, sample, no_weights):
    for data, options in ((own_data, {"from_scratch": True}), (sample, {})):
        with pytest.raises(SettingsError, match="prune_vocab=2 for random weights"):
            start(data, model="albert_tiny", prune_vocab=2, **options)
