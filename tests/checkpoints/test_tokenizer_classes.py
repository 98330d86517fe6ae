import json

import pytest

from kerascls.checkpoints.tokenizer_classes import (
    CLASSES,
    class_of,
    json_object,
    short,
    stated_class,
    tokenizer_options,
)
from kerascls.errors import CheckpointError


def test_a_class_is_called_alike_with_and_without_its_endings():
    names = ("BertTokenizer", "BertTokenizerFast", "Bert")
    assert {short(name) for name in names} == {"Bert"}
    assert short("PreTrainedTokenizerFast") in CLASSES
    assert short("TokenizersBackend") in CLASSES


def test_the_tokenizer_names_its_class_before_the_model_does():
    model = {"tokenizer_class": "BertTokenizer", "model_type": "roberta"}
    options = {"tokenizer_class": "XLMRobertaTokenizerFast"}
    assert stated_class(options, model) == "XLMRobertaTokenizerFast"
    assert class_of(options, model) is CLASSES["XLMRoberta"]
    assert class_of({}, model) is CLASSES["Bert"]


# As AutoTokenizer of transformers 5.24 chooses, whose DistilBert is a Bert.
@pytest.mark.parametrize(
    ("model_type", "name"),
    [
        ("bert", "Bert"),
        ("ernie", "Bert"),
        ("distilbert", "DistilBert"),
        ("roberta", "Roberta"),
        ("xlm-roberta", "XLMRoberta"),
        ("camembert", "Camembert"),
        ("albert", "Albert"),
        ("modernbert", "TokenizersBackend"),
    ],
)
def test_where_no_class_is_named_it_is_that_of_the_model(model_type, name):
    assert class_of({}, {"model_type": model_type}) is CLASSES[name]


def test_an_unknown_class_is_none():
    assert class_of({"tokenizer_class": "Own"}, {"model_type": "bert"}) is None
    assert class_of({}, {}) is None


def test_two_files_name_one_token(tmp_path):
    first, second = tmp_path / "special_tokens_map.json", "tokenizer_config.json"
    first.write_text(json.dumps({"cls_token": "[CLS]", "pad_token": "<pad>"}))
    (tmp_path / second).write_text(json.dumps({"cls_token": {"content": "[CLS]"}}))
    assert tokenizer_options(tmp_path)["pad_token"] == "<pad>"
    (tmp_path / second).write_text(json.dumps({"cls_token": {"content": "<s>"}}))
    with pytest.raises(CheckpointError, match=r"cls_token='\[CLS\]' in spec.*'<s>' in"):
        tokenizer_options(tmp_path)


def test_what_is_no_object_says_nothing(tmp_path):
    (tmp_path / "a.json").write_text("[1]")
    assert json_object(tmp_path / "a.json") == json_object(tmp_path / "b.json") == {}
