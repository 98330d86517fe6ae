"""What a run starts from, and what is said when there are no weights."""

import shutil

import pytest
from starts import start

from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.presets import PRESETS
from kerascls.settings.run_settings import RunSettings
from kerascls.training import choose_start
from kerascls.training.preparation import load_labelled_text


def test_a_checkpoint_says_what_it_is(own_data, tiny_checkpoint):
    chosen = start(own_data, checkpoint=tiny_checkpoint)
    assert chosen.name == tiny_checkpoint.name
    assert (chosen.config.family, chosen.config.num_layers) == ("bert", 1)
    assert chosen.tokenizer.do_lower_case
    assert str(tiny_checkpoint) in chosen.notes[0]


def test_a_checkpoint_here_has_the_name_of_its_directory(
    own_data, tiny_checkpoint, monkeypatch
):
    monkeypatch.chdir(tiny_checkpoint)
    assert start(own_data, checkpoint=".").name == tiny_checkpoint.name


def test_a_checkpoint_of_another_family_than_the_model_is_an_error(
    own_data, tiny_checkpoint
):
    with pytest.raises(CheckpointError, match=r"(?s)albert family.*which is bert"):
        start(own_data, checkpoint=tiny_checkpoint, model="albert_small")


def test_a_directory_that_is_not_there_is_an_error(own_data, tmp_path):
    with pytest.raises(CheckpointError, match="does not exist"):
        start(own_data, checkpoint=tmp_path / "nowhere")


def test_missing_weights_are_named_before_anything_is_built(
    own_data, tiny_checkpoint, tmp_path
):
    from safetensors.numpy import load_file, save_file

    broken = shutil.copytree(tiny_checkpoint, tmp_path / "broken")
    weights = load_file(broken / "model.safetensors")
    del weights["bert.encoder.layer.0.output.dense.weight"]
    save_file(weights, broken / "model.safetensors")
    with pytest.raises(CheckpointError, match="(?s)1 missing.*output.dense.weight"):
        start(own_data, checkpoint=broken)


def test_weights_of_a_preset_are_found_by_folder(own_data, tiny_checkpoint, no_weights):
    shutil.copytree(tiny_checkpoint, no_weights / "bert-base-chinese")
    chosen = start(own_data, model="bert")
    assert chosen.checkpoint.directory == no_weights / "bert-base-chinese"
    assert chosen.name == "bert"


def test_own_data_without_weights_are_an_error_with_places_and_ways_out(
    own_data, no_weights
):
    with pytest.raises(CheckpointError) as caught:
        start(own_data, model="albert_small")
    message = str(caught.value)
    for name in ("albert_small_zh_google", "albert_chinese_small", "albert_small"):
        assert f"  {no_weights / name}\n" in message
    for way in ("--checkpoint", "--from-scratch", "$KERASCLS_PRETRAINED", "README"):
        assert way in message


def test_the_sample_goes_on_from_random_weights_and_says_so_loudly(sample, no_weights):
    chosen = start(sample)
    assert chosen.checkpoint is None
    assert "NO PRETRAINED WEIGHTS for albert_small" in chosen.notes[0]
    assert "RANDOM" in chosen.notes[0]


def test_from_scratch_makes_a_vocabulary_of_the_training_text(own_data, no_weights):
    chosen = start(own_data, model="albert_tiny", from_scratch=True)
    vocab = chosen.tokenizer.vocab
    assert {"[PAD]", "国", "足", "wins", "goal", "⚽"} <= set(vocab)
    assert chosen.config.vocab_size == len(vocab)
    assert chosen.config.hidden_dim == PRESETS["albert_tiny"].config.hidden_dim
    assert "random" in chosen.notes[-1]
    assert f"{len(vocab)} tokens from the training text" in chosen.notes[-1]


def test_the_vocabulary_is_made_of_training_rows_only(tmp_path, write_csv):
    files = {
        name: write_csv(tmp_path / f"{name}.csv", ("text", "label"), rows)
        for name, rows in {
            "train": [("a", "x"), ("b", "y")],
            "valid": [("c", "x")],
            "test": [("d", "x")],
        }.items()
    }
    data = load_labelled_text(RunSettings.from_options(**files).data, seed=1)
    vocab = start(data, model="albert_tiny", from_scratch=True).tokenizer.vocab
    assert {"a", "b"} <= set(vocab)
    assert not {"c", "d"} & set(vocab)


def test_from_scratch_takes_a_given_vocabulary(own_data, tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n国\n足\n", encoding="utf-8")
    chosen = start(own_data, model="albert_tiny", from_scratch=True, vocab=path)
    assert chosen.config.vocab_size == 6
    assert f"6 tokens from {path}" in chosen.notes[-1]


def test_from_scratch_does_not_look_for_weights(own_data, tiny_checkpoint, no_weights):
    shutil.copytree(tiny_checkpoint, no_weights / "bert")
    assert start(own_data, model="bert", from_scratch=True).checkpoint is None


@pytest.mark.parametrize("more", [{}, {"checkpoint": "somewhere"}])
def test_a_vocabulary_that_would_not_be_used_is_an_error(own_data, tmp_path, more):
    with pytest.raises(SettingsError, match="--from-scratch beside --vocab"):
        start(own_data, vocab=tmp_path / "vocab.txt", **more)


def test_a_vocabulary_without_special_tokens_is_an_error(own_data, tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("a\nb\n")
    with pytest.raises(CheckpointError, match=r"\[PAD\]"):
        start(own_data, model="bert", from_scratch=True, vocab=path)


def test_the_pooling_of_a_preset_is_that_of_its_weights(
    own_data, tiny_checkpoint, no_weights
):
    e5 = PRESETS["multilingual_e5_small"]
    assert e5.pooling == "mean"
    shutil.copytree(tiny_checkpoint, no_weights / "multilingual-e5-small")
    for given in ({}, {"checkpoint": tiny_checkpoint}):
        chosen = start(own_data, model=e5.name, **given)
        assert chosen.resolve(RunSettings()).model.pooling == "mean"
        stated = RunSettings.from_options(pooling="cls")
        assert chosen.resolve(stated).model.pooling == "cls"


def test_the_pooling_of_a_preset_that_is_only_near_is_not_taken(
    own_data, tiny_checkpoint, tmp_path, monkeypatch
):
    e5 = PRESETS["multilingual_e5_small"]
    monkeypatch.setattr(choose_start, "nearest_preset", lambda config: e5)
    folder = shutil.copytree(tiny_checkpoint, tmp_path / e5.name)
    for directory in (tiny_checkpoint, folder):
        chosen = start(own_data, checkpoint=directory)
        assert chosen.preset is e5
        assert chosen.resolve(RunSettings()).model.pooling == "cls"
