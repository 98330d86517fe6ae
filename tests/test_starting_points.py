"""What a run starts from, and what is said when there are no weights."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kerascls import presets
from kerascls.errors import CheckpointError, SettingsError
from kerascls.preparation import load_labelled_text
from kerascls.presets import PRESETS
from kerascls.settings import RunSettings
from kerascls.starting_points import choose_start
from kerascls.tokenizer import sequence_padding


@pytest.fixture
def own_data(tmp_path, write_csv):
    texts = [("国足 wins", "x"), ("Goal ⚽", "y")] * 6
    path = write_csv(tmp_path / "own.csv", ("text", "label"), texts)
    return load_labelled_text(RunSettings.from_options(train=path).data, seed=1)


@pytest.fixture(scope="session")
def sample():
    return load_labelled_text(RunSettings().data, seed=1)


@pytest.fixture
def no_weights(monkeypatch, tmp_path) -> Path:
    """Makes an empty folder the only place where weights are looked for."""
    folder = tmp_path / "pretrained"
    monkeypatch.setattr(presets, "pretrained_folders", lambda: [folder])
    return folder


@pytest.fixture
def checkpoint_of(tmp_path, monkeypatch):
    """Writes the checkpoint of a case; gives its directory and its weights."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "checkpoints"))
    from make_checkpoints import CASES, make_weights, write_checkpoint

    def write(name):
        case = CASES[name]
        return write_checkpoint(case, tmp_path / name), make_weights(case.model)

    return write


def start(data, **options):
    return choose_start(RunSettings.from_options(**options).model, data)


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
    chosen.resolve(RunSettings.from_options(freeze_encoder=True, pooling="pooler"))


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
    assert chosen.found.directory == no_weights / "bert-base-chinese"
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
    assert chosen.found is None
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
    assert start(own_data, model="bert", from_scratch=True).found is None


@pytest.mark.parametrize("more", [{}, {"checkpoint": "somewhere"}])
def test_a_vocabulary_that_would_not_be_used_is_an_error(own_data, tmp_path, more):
    with pytest.raises(SettingsError, match="--from-scratch beside --vocab"):
        start(own_data, vocab=tmp_path / "vocab.txt", **more)


def test_a_vocabulary_without_special_tokens_is_an_error(own_data, tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("a\nb\n")
    with pytest.raises(CheckpointError, match=r"\[PAD\]"):
        start(own_data, model="bert", from_scratch=True, vocab=path)


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


# Fewer layers, fewer tokens.

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
