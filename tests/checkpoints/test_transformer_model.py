import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from kerascls.checkpoints.transformer_model import build_transformer_model
from kerascls.errors import CheckpointError, SettingsError

TOKEN_IDS = np.array([[2, 30, 31, 32, 3, 0, 0], [2, 40, 41, 42, 43, 44, 3]], "int32")
INPUTS = [TOKEN_IDS, np.zeros_like(TOKEN_IDS)]


@pytest.fixture
def paths(written):
    """Returns (config_path, checkpoint_path) of a case, as str."""
    from make_checkpoints import CASES

    def paths_of(name: str) -> tuple[str, str]:
        case, directory = CASES[name], written(name)
        return str(directory / case.config_file), str(directory / case.weights_file)

    return paths_of


def run(model, inputs=INPUTS):
    return keras.ops.convert_to_numpy(model(inputs))


def test_the_model_is_functional_from_two_inputs_to_hidden_states(paths):
    model = build_transformer_model(*paths("bert_tensorflow"))
    assert isinstance(model, keras.Model)
    assert [tuple(x.shape) for x in model.inputs] == [(None, None)] * 2
    assert tuple(model.output.shape) == (None, None, 48)
    assert run(model).shape == (2, 7, 48)


def test_inputs_of_another_type_are_cast_as_bert4keras_does(paths):
    model = build_transformer_model(*paths("bert_tensorflow"))
    floats = [array.astype("float32") for array in INPUTS]
    hidden = model.predict(floats, verbose=0)
    np.testing.assert_allclose(hidden, run(model), atol=1e-5)


def test_padding_changes_no_real_token(paths):
    model = build_transformer_model(*paths("bert_huggingface"))
    alone = run(model, [array[:1, :5] for array in INPUTS])
    np.testing.assert_allclose(run(model)[:1, :5], alone, atol=1e-5)


def test_a_row_of_nothing_but_padding_gives_finite_numbers(paths):
    model = build_transformer_model(*paths("bert_huggingface"))
    assert np.isfinite(run(model, [TOKEN_IDS * 0, TOKEN_IDS * 0])).all()


def test_hidden_states_carry_the_mask_to_the_layers_behind(paths):
    model = build_transformer_model(*paths("bert_huggingface"))
    pooled = keras.layers.GlobalAveragePooling1D()(model.output)
    mean = run(keras.Model(model.inputs, pooled))
    np.testing.assert_allclose(mean[0], run(model)[0, :5].mean(axis=0), atol=1e-5)


def test_the_pooled_vector_is_a_tanh_of_the_first_token(paths):
    hidden = run(build_transformer_model(*paths("bert_tensorflow")))
    built = build_transformer_model(
        *paths("bert_tensorflow"), with_pool=True, return_keras_model=False
    )
    weights = built.encoder.weights_by_name()
    kernel = keras.ops.convert_to_numpy(weights["pooler/dense/kernel"])
    expected = np.tanh(
        hidden[:, 0] @ kernel + keras.ops.convert_to_numpy(weights["pooler/dense/bias"])
    )
    np.testing.assert_allclose(run(built.model), expected, atol=1e-5)


def test_the_object_has_what_bert4keras_users_reach_for(paths):
    built = build_transformer_model(*paths("bert_tensorflow"), return_keras_model=False)
    assert built.input is built.inputs
    assert built.outputs == [built.output]
    output = keras.layers.Dense(2, kernel_initializer=built.initializer)(built.output)
    assert keras.Model(built.model.inputs, output).count_params() > 0
    assert any(note.startswith("left out: pooler") for note in built.notes)


def test_without_a_checkpoint_the_weights_are_random(paths):
    config_path, _ = paths("electra_tensorflow")
    built = build_transformer_model(
        config_path, model="electra", return_keras_model=False
    )
    assert run(built.model).shape == (2, 7, 32)
    assert built.notes == ("random weights: no checkpoint_path was given",)


def test_roberta_is_bert_as_in_bert4keras(paths):
    bert = build_transformer_model(*paths("bert_tensorflow"))
    roberta = build_transformer_model(*paths("bert_tensorflow"), "RoBERTa")
    np.testing.assert_array_equal(run(bert), run(roberta))


def test_a_fixed_sequence_length_is_the_inputs_shape(paths):
    model = build_transformer_model(*paths("bert_tensorflow"), sequence_length=7)
    assert tuple(model.inputs[0].shape) == (None, 7)


def test_dropout_rates_are_those_given(paths):
    built = build_transformer_model(
        *paths("albert_tensorflow"),
        model="albert",
        dropout_rate=0.3,
        attention_dropout_rate=0.2,
        return_keras_model=False,
    )
    config = built.encoder.config
    assert (config.dropout, config.attention_dropout) == (0.3, 0.2)


def test_albert_may_be_applied_more_often_than_it_was_trained(paths):
    options = {"model": "albert", "return_keras_model": False}
    built = build_transformer_model(
        *paths("albert_tensorflow"), num_hidden_layers=5, **options
    )
    assert built.encoder.config.num_layers == 5


def test_padding_is_the_pad_token_of_the_vocabulary_beside(copy_of):
    directory = copy_of("bert_huggingface")
    tokens = (directory / "vocab.txt").read_text("utf-8").splitlines()
    tokens[0], tokens[5] = tokens[5], tokens[0]
    (directory / "vocab.txt").write_text("\n".join(tokens) + "\n", "utf-8")
    paths = directory / "config.json", directory / "model.safetensors"
    model = build_transformer_model(*paths)
    padded = np.where(TOKEN_IDS == 0, 5, TOKEN_IDS)[:1]
    alone = run(model, [array[:1, :5] for array in INPUTS])
    hidden = run(model, [padded, padded * 0])
    np.testing.assert_allclose(hidden[:, :5], alone, atol=1e-5)


def test_kept_tokens_are_read_under_their_new_ids(paths):
    kept = [0, 1, 2, 3, *range(30, 50)]
    whole = run(build_transformer_model(*paths("bert_tensorflow")))
    model = build_transformer_model(*paths("bert_tensorflow"), keep_tokens=kept)
    new_ids = np.vectorize(kept.index)(TOKEN_IDS).astype("int32")
    hidden = run(model, [new_ids, INPUTS[1]])
    np.testing.assert_allclose(hidden, whole, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"with_mlm": True}, "Received: with_mlm=True. Leave out"),
        ({"keep_token": [1], "prefix": "a"}, "keep_token=[1], prefix='a'. Leave out"),
        (
            {"model": "nezha"},
            "distilbert, modernbert. Received: model=",
        ),
        ({"application": "unilm"}, "application='unilm'"),
        ({"with_pool": "linear"}, "with_pool='linear' for bert"),
        ({"gelu": "quick"}, "gelu='quick'"),
        ({"dropout_rate": 1.0}, "dropout_rate=1.0"),
        ({"num_hidden_layers": 9}, "num_hidden_layers=9"),
    ],
)
def test_an_argument_we_do_not_have_is_refused_by_name(paths, options, text):
    with pytest.raises(SettingsError) as error:
        build_transformer_model(*paths("bert_tensorflow"), **options)
    assert text in str(error.value)


def test_a_configuration_file_is_needed():
    with pytest.raises(SettingsError, match="config_path=None"):
        build_transformer_model()


def test_a_configuration_that_is_not_there_is_answered_with_those_that_are(paths):
    config, prefix = paths("albert_tensorflow")
    folder = Path(config).parent
    missing = folder / "missing.json"
    there = f"Give its path: {folder} holds {Path(config).name}."
    for given, what in ((missing, "which does not exist"), (folder, "a folder")):
        with pytest.raises(CheckpointError) as error:
            build_transformer_model(given, prefix, model="albert")
        assert f"Received: {given}, {what}. {there}" in str(error.value)
    with pytest.raises(CheckpointError, match=r"does not exist.*: check the path\."):
        build_transformer_model(folder / "none" / "config.json")


@pytest.mark.parametrize("name", ["bert_tensorflow", "bert_huggingface"])
def test_the_wrong_family_is_refused(paths, name):
    with pytest.raises(CheckpointError, match="'albert'.*'bert'"):
        build_transformer_model(*paths(name), model="albert")


def test_the_wrong_family_is_refused_without_weights_too(paths):
    config_path, _ = paths("bert_huggingface")
    with pytest.raises(CheckpointError, match="Give model='bert'"):
        build_transformer_model(config_path, model="electra")


def test_a_prefix_that_does_not_exist_is_named(paths):
    config_path, _ = paths("bert_tensorflow")
    with pytest.raises(CheckpointError, match="no.ckpt.index"):
        build_transformer_model(config_path, "/nowhere/no.ckpt")


def test_what_is_left_out_is_logged_when_only_the_model_is_returned(paths, caplog):
    with caplog.at_level("INFO", logger="kerascls"):
        build_transformer_model(*paths("bert_tensorflow"))
    said = [record.getMessage() for record in caplog.records]
    assert {record.levelname for record in caplog.records} == {"INFO"}
    assert any(note.startswith("left out: pooler (2 weights") for note in said)
    assert any(note.startswith("left out: optimiser slots") for note in said)
    built = build_transformer_model(*paths("bert_tensorflow"), return_keras_model=False)
    assert list(built.notes) == said


@pytest.mark.parametrize("weights", ["model.safetensors", None])
def test_unknown_configuration_keys_are_a_logged_warning(
    copy_of, edit_json, caplog, weights
):
    directory = copy_of("bert_huggingface")
    edit_json(directory / "config.json", zebra=1)
    build_transformer_model(
        directory / "config.json", weights and directory / weights, "bert"
    )
    warnings = [(r.levelname, r.getMessage()) for r in caplog.records]
    assert ("WARNING", "configuration keys not used: zebra") in warnings


LOAD_AND_RUN = """
import sys
import keras, numpy as np
from kerascls import build_transformer_model
model = keras.saving.load_model(sys.argv[1])
inputs = np.load(sys.argv[2])
np.save(sys.argv[3], keras.ops.convert_to_numpy(model([inputs, inputs * 0])))
"""


@pytest.mark.slow
def test_a_saved_model_loads_in_a_new_process_that_imports_the_function(
    paths, tmp_path
):
    model = build_transformer_model(*paths("electra_tensorflow"), "electra")
    files = [tmp_path / name for name in ("model.keras", "inputs.npy", "outputs.npy")]
    model.save(files[0])
    np.save(files[1], TOKEN_IDS)
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", LOAD_AND_RUN, *files], cwd=root, check=True)
    np.testing.assert_array_equal(np.load(files[2]), run(model))
