"""Tokenizers are written so that others read the same ids."""

import json
from dataclasses import replace

import tokenizers
from checkpoint_cases import VOCABULARY
from hypothesis import given
from tiny_models import tiny_config
from tiny_tokenizers import texts, unigram

from kerascls.checkpoints.tokenizer_files import find_tokenizer
from kerascls.checkpoints.tokenizer_writing import (
    wordpiece_content,
    write_tokenizer,
    write_vocabulary,
)
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

BERT = Tokenizer(VOCABULARY, do_lower_case=True)
ITS_JSON = tokenizers.Tokenizer.from_str(json.dumps(wordpiece_content(BERT)))
ITS_JSON.encode_special_tokens = True


def options_in(folder):
    return json.loads((folder / "tokenizer_config.json").read_text("utf-8"))


@given(texts, texts)
def test_the_rust_library_gives_the_same_ids_and_segments(first, second):
    for pair in ((first,), (first, second)):
        ids, segments = BERT.encode(*pair)
        encoding = ITS_JSON.encode(*pair)
        assert (encoding.ids, encoding.type_ids) == (ids, segments)


def test_wordpiece_says_its_class_and_case(tmp_path):
    config = tiny_config("albert", max_positions=40)
    write_tokenizer(BERT, config, tmp_path)
    found = find_tokenizer(tmp_path, {})
    assert (found.path.name, found.tokenizer.vocab) == ("vocab.txt", BERT.vocab)
    assert options_in(tmp_path) == {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "mask_token": "[MASK]",
        "model_max_length": 40,
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
    }


def test_models_without_segments_are_given_none(tmp_path):
    write_tokenizer(BERT, tiny_config("distilbert"), tmp_path)
    assert "token_type_ids" not in options_in(tmp_path)["model_input_names"]


def test_other_models_are_written_as_they_are(tmp_path):
    tokenizer = RustTokenizer(unigram())
    write_tokenizer(tokenizer, tiny_config(), tmp_path)
    found = find_tokenizer(tmp_path, {}).tokenizer
    assert found.identity() == tokenizer.identity()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["tokenizer.json", "tokenizer_config.json"]
    assert options_in(tmp_path)["tokenizer_class"] == "PreTrainedTokenizerFast"
    assert "mask_token" not in options_in(tmp_path)


def test_a_token_of_white_space_is_in_the_json_alone(tmp_path):
    tokenizer = Tokenizer([*VOCABULARY, "\u3000"])
    assert write_vocabulary(tokenizer, tmp_path) is False
    write_tokenizer(tokenizer, replace(tiny_config(), vocab_size=200), tmp_path)
    assert not (tmp_path / "vocab.txt").exists()
    assert find_tokenizer(tmp_path, {}).tokenizer.vocab == tokenizer.vocab


def test_an_id_without_token_keeps_its_line(tmp_path):
    vocab = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 4, "[SEP]": 5}
    assert write_vocabulary(Tokenizer(vocab), tmp_path) is True
    lines = (tmp_path / "vocab.txt").read_text("utf-8").split("\n")
    assert lines == ["[PAD]", "[UNK]", "", "", "[CLS]", "[SEP]", ""]
