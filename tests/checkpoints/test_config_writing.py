"""What is written of a configuration means the same to those who read it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_config

from kerascls.checkpoints.config_files import encoder_config, unknown_keys
from kerascls.checkpoints.config_writing import google_config, huggingface_config
from kerascls.checkpoints.names import weight_names
from kerascls.errors import SettingsError
from kerascls.models.families import FAMILIES
from kerascls.models.registry import ACTIVATIONS
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

TOKENIZER = Tokenizer(["[UNK]", "[PAD]", "[CLS]", "[SEP]"])
PATH = Path("config.json")
GOOGLES = [name for name in FAMILIES if weight_names(name).google_scope]
rates = st.floats(0, 0.9)
changes = st.fixed_dictionaries(
    {
        "activation": st.sampled_from([*ACTIVATIONS]),
        "dropout": rates,
        "attention_dropout": rates,
        "layer_norm_epsilon": st.sampled_from([1e-12, 1e-5]),
        "initializer_range": st.floats(0.01, 1),
        "num_layers": st.integers(1, 30),
        "max_positions": st.integers(1, 9000),
        "vocab_size": st.integers(1, 300_000),
    }
)


def written_in_common_words(family, content):
    words = FAMILIES[family].huggingface_words
    return {words.get(key, key): value for key, value in content.items()}


@given(st.sampled_from([*FAMILIES]), changes, st.integers(0, 5))
def test_huggingface_s_means_what_was_written(family, changed, padding):
    row = FAMILIES[family]
    config = replace(tiny_config(family), **changed)
    if row.counts_from_padding:
        config = replace(config, first_position=padding + 1)
    content = huggingface_config(config, TOKENIZER)
    raw = written_in_common_words(family, content)
    assert encoder_config(raw, family, "huggingface", PATH) == config
    assert unknown_keys(raw) == []
    wanted = padding if row.counts_from_padding else TOKENIZER.pad_id
    assert content["pad_token_id"] == wanted


@given(st.sampled_from(GOOGLES), changes)
def test_google_s_means_what_was_written(family, changed):
    config = replace(tiny_config(family), **changed)
    content, notes = google_config(config, do_lower_case=True)
    assert encoder_config(content, family, "google", PATH) == config
    assert content["do_lower_case"] is True
    assert unknown_keys(content) == []
    usual = (FAMILIES[family].google_gelu, "relu")
    said = " ".join(notes)
    assert ("set_gelu" in said) == (config.activation not in usual)
    assert ("layer_norm_eps" in said) == (config.layer_norm_epsilon != 1e-12)
    assert len(notes) == ("set_gelu" in said) + ("layer_norm_eps" in said)


def test_only_google_s_own_form_of_gelu_is_gelu_there():
    albert = replace(tiny_config("albert"), activation="gelu_tanh")
    assert google_config(albert, False)[0]["hidden_act"] == "gelu"
    erf, notes = google_config(replace(albert, activation="gelu_erf"), False)
    assert erf["hidden_act"] == "gelu_python"
    assert "set_gelu('erf')" in notes[0]


def test_a_bert_with_narrow_embeddings_is_none_of_transformers(tmp_path):
    config = replace(tiny_config("bert"), embedding_dim=8)
    with pytest.raises(SettingsError, match=r"its BertModel cannot have.*with --to"):
        huggingface_config(config, TOKENIZER)
    content, _ = google_config(config, do_lower_case=False)
    assert encoder_config(content, "bert", "google", PATH) == config


def test_a_family_without_code_of_google_s_is_refused():
    with pytest.raises(SettingsError, match="can hold: BERT, ALBERT, ELECTRA"):
        google_config(tiny_config("distilbert"), do_lower_case=True)
