import json

import pytest

from kerascls.checkpoints.vocabularies import lower_casing, read_vocabulary
from kerascls.errors import CheckpointError

LOWER = ["[PAD]", "[UNK]", "<S>", "good", "##s", "体", "育"]
CASED = ["[PAD]", "[UNK]", "Good", "NBA", "体", "育"]


def write(directory, name: str, **content):
    (directory / name).write_text(json.dumps(content), encoding="utf-8")


def test_the_tokenizers_configuration_has_the_first_word(tmp_path):
    write(tmp_path, "tokenizer_config.json", do_lower_case=False)
    write(tmp_path, "tokenizer.json", normalizer={"lowercase": True})
    lower, source = lower_casing(tmp_path, {"do_lower_case": True}, LOWER)
    assert lower is False
    others = "the configuration and tokenizer.json"
    assert source == f"from tokenizer_config.json, not as {others} have it"


@pytest.mark.parametrize(
    ("tokenizer_class", "lower"),
    [("BertTokenizerFast", False), ("PreTrainedTokenizerFast", True), ("Own", False)],
)
def test_a_class_that_does_what_tokenizer_json_says_heeds_no_option(
    tmp_path, tokenizer_class, lower
):
    write(tmp_path, "tokenizer.json", normalizer={"lowercase": True})
    options = {"tokenizer_class": tokenizer_class, "do_lower_case": False}
    write(tmp_path, "tokenizer_config.json", **options)
    assert lower_casing(tmp_path, {}, LOWER)[0] is lower


def test_the_configuration_comes_next(tmp_path):
    write(tmp_path, "tokenizer.json", normalizer={"lowercase": True})
    assert lower_casing(tmp_path, {"do_lower_case": False}, LOWER)[0] is False


def test_the_normalizer_comes_third(tmp_path):
    write(tmp_path, "tokenizer.json", normalizer={"lowercase": True})
    assert lower_casing(tmp_path, {}, CASED) == (True, "from tokenizer.json")


@pytest.mark.parametrize(("tokens", "expected"), [(LOWER, True), (CASED, False)])
def test_else_it_is_inferred_from_the_vocabulary_and_said(tmp_path, tokens, expected):
    lower, source = lower_casing(tmp_path, {}, tokens)
    assert lower is expected
    assert source.startswith("inferred: ")


@pytest.mark.parametrize(
    ("key", "value"), [("tokenize_chinese_chars", False), ("strip_accents", False)]
)
def test_another_treatment_of_text_is_refused(tmp_path, key, value):
    write(tmp_path, "tokenizer_config.json", do_lower_case=True, **{key: value})
    with pytest.raises(CheckpointError, match=f"{key}={value} with do_lower_case=True"):
        lower_casing(tmp_path, {}, LOWER)


def test_the_same_treatment_spelled_out_is_accepted(tmp_path):
    settings = {"strip_accents": True, "tokenize_chinese_chars": True}
    write(tmp_path, "tokenizer_config.json", do_lower_case=True, **settings)
    assert lower_casing(tmp_path, {}, LOWER)[0] is True


def test_a_broken_tokenizer_file_is_named(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(CheckpointError, match="tokenizer.json"):
        read_vocabulary(tmp_path / "tokenizer.json")


@pytest.mark.parametrize(
    "model",
    [
        [],
        "x",
        {"vocab": []},
        {"vocab": {"a": 0, "b": 0}},
        {"vocab": {"a": "0"}},
        {"vocab": {"a": -1}},
        {"vocab": {"a": 0}, "unk_token": "<unk>"},
        {"vocab": {"a": 0}, "merges": [["a"]]},
        {"vocab": [["a", "b"]]},
        {"vocab": [["a", 0.0]], "unk_id": 1},
    ],
)
def test_a_tokenizer_that_is_none_is_refused(tmp_path, model):
    write(tmp_path, "tokenizer.json", model=model)
    with pytest.raises(CheckpointError, match="tokenizer.json"):
        read_vocabulary(tmp_path / "tokenizer.json")


@pytest.mark.parametrize("value", ["false", 0, []])
def test_a_case_that_is_neither_true_nor_false_is_refused(tmp_path, value):
    write(tmp_path, "tokenizer_config.json", do_lower_case=value)
    with pytest.raises(CheckpointError, match="true or false"):
        lower_casing(tmp_path, {}, LOWER)


def test_an_empty_vocabulary_is_said_to_be_one(tmp_path):
    (tmp_path / "vocab.txt").touch()
    with pytest.raises(CheckpointError, match="which is empty"):
        read_vocabulary(tmp_path / "vocab.txt")


def test_a_normalizer_of_another_kind_is_named(tmp_path):
    write(tmp_path, "tokenizer.json", normalizer="lowercase")
    with pytest.raises(CheckpointError, match="`normalizer` to be an object"):
        lower_casing(tmp_path, {}, LOWER)
