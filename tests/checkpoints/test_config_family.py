from pathlib import Path

import pytest

from kerascls.checkpoints.config_family import (
    check_family,
    config_family,
    is_generator,
    notes_on_family,
)
from kerascls.errors import CheckpointError

PATH = Path("config.json")
ROBERTA = {"model_type": "roberta", "pad_token_id": 0, "type_vocab_size": 2}


@pytest.mark.parametrize(
    ("raw", "family"),
    [
        ({"model_type": "electra"}, "electra"),
        ({"architectures": ["AlbertForMaskedLM"]}, "albert"),
        ({}, None),
    ],
)
def test_the_family_is_what_the_configuration_names(raw, family):
    assert config_family(raw, PATH) == family


@pytest.mark.parametrize(
    "raw", [{"model_type": "gpt2"}, {"architectures": ["GPT2Model"]}]
)
def test_another_family_is_refused(raw):
    with pytest.raises(CheckpointError, match="families bert, roberta, albert, elec"):
        config_family(raw, PATH)


def test_an_ernie_without_task_ids_is_a_bert():
    assert config_family({"model_type": "ernie"}, PATH, "ernie") == "bert"


@pytest.mark.parametrize(
    ("raw", "word"),
    [(ROBERTA, "bert"), (ROBERTA | {"model_type": "bert"}, "roberta")],
)
def test_a_bert_that_is_called_roberta_in_one_place_is_read_and_said(raw, word):
    assert config_family(raw, PATH, word) == "bert"
    assert "read as BERT" in notes_on_family(raw, word)[0]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (ROBERTA, "roberta"),
        (ROBERTA, None),
        (ROBERTA | {"pad_token_id": 1}, ""),
        (ROBERTA | {"type_vocab_size": 1}, ""),
        ({"model_type": "xlm-roberta"}, "roberta"),
        ({"model_type": "camembert", "pad_token_id": 1}, "roberta"),
        ({"pad_token_id": 1, "type_vocab_size": 1}, "roberta"),
        ({"architectures": ["RobertaModel"]}, "roberta"),
    ],
)
def test_what_names_and_numbers_call_roberta_is_one(raw, word):
    assert config_family(raw, PATH, word) == "roberta"
    assert notes_on_family(raw, word or "") == []


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (ROBERTA, ""),
        (ROBERTA, "electra"),
        (ROBERTA | {"pad_token_id": 1}, "bert"),
        (ROBERTA | {"type_vocab_size": 1}, "bert"),
        (ROBERTA | {"model_type": "bert", "pad_token_id": 1}, "roberta"),
        ({}, "roberta"),
        ({"model_type": "xlm-roberta", "pad_token_id": 1}, "bert"),
    ],
)
def test_what_may_count_positions_as_roberta_does_is_refused(raw, word):
    with pytest.raises(CheckpointError, match='set "model_type" to "bert"'):
        config_family(raw, PATH, word)


def test_nothing_is_said_of_a_family_that_is_stated():
    assert notes_on_family({"model_type": "bert"}, "bert") == []


@pytest.mark.parametrize(
    "raw", [{"model_type": ["bert"]}, {"model_type": 1}, {"architectures": "Bert"}]
)
def test_a_type_of_another_kind_is_named(raw):
    with pytest.raises(CheckpointError, match=f"Received: {[*raw][0]}="):
        config_family(raw, PATH)


def test_a_generator_is_known_by_its_architecture():
    assert is_generator({"architectures": ["ElectraForMaskedLM"]})
    assert not is_generator({"architectures": ["ElectraForPreTraining"]})
    assert not is_generator({})


def test_a_family_beside_another_is_refused():
    check_family("bert", None, PATH)
    with pytest.raises(CheckpointError, match="Give model='bert'"):
        check_family("bert", "albert", PATH)
