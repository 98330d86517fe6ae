"""Ids equal transformers', and for ALBERT those of SentencePiece itself.

Stored references come from `make_tokenizer_files.py`.
"""

import base64
import json
from pathlib import Path

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizers import texts

from kerascls.checkpoints.tokenizer_conversions import CONVERSIONS, token_name
from kerascls.checkpoints.tokenizer_files import find_tokenizer
from kerascls.errors import CheckpointError

FILE = Path(__file__).with_name("tokenizer_files.json")
CASES = json.loads(FILE.read_text("utf-8"))
NAMES = ("xlm_roberta", "albert", "roberta")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A directory with the tokenizer files of each case."""
    found = {}
    for name in NAMES:
        found[name] = write(tmp_path_factory.mktemp(name), name)
    return found


def write(folder, name, **options):
    for file, data in CASES[name]["files"].items():
        (folder / file).write_bytes(base64.b64decode(data))
    config = {"model_type": CASES[name]["model_type"]}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    if options:
        (folder / "tokenizer_config.json").write_text(json.dumps(options), "utf-8")
    return folder


def tokenizer_of(folder, **config):
    raw = json.loads((folder / "config.json").read_text("utf-8"))
    return find_tokenizer(folder, {**raw, **config}).tokenizer


@pytest.mark.parametrize("name", NAMES)
def test_ids_equal_those_of_the_library_they_come_from(folders, name):
    case, tokenizer = CASES[name], tokenizer_of(folders[name])
    found = [row.tolist() for row in tokenizer.encode_ids(case["texts"])]
    special = {"<s>", "</s>", "<pad>", "<unk>", "<mask>"}
    assert special.isdisjoint(case["texts"])
    assert found == case["ids"]


@pytest.mark.parametrize("name", ["xlm_roberta", "roberta"])
def test_a_pair_equals_that_of_transformers(folders, name):
    tokenizer = tokenizer_of(folders[name])
    assert tokenizer.encode("足球 a", "b")[0] == CASES[name]["pair"]
    assert tokenizer.vocab_size == CASES[name]["size"]


def test_xlm_rs_special_tokens_have_fairseqs_ids(folders):
    tokenizer = tokenizer_of(folders["xlm_roberta"])
    special = tokenizer.cls_id, tokenizer.pad_id, tokenizer.sep_id, tokenizer.unk_id
    assert special == (0, 1, 2, 3)
    assert tokenizer.token(tokenizer.vocab_size - 1) == "<mask>"
    assert tokenizer.encode("  ") == ([0, 2], [0, 0])


def test_alberts_texts_are_lower_cased_unless_stated_otherwise(folders, tmp_path):
    tokenizer = tokenizer_of(folders["albert"])
    assert tokenizer.do_lower_case and tokenizer.has_segments
    assert tokenizer.separators == 1
    assert tokenizer.encode("GOAL") == tokenizer.encode("goal")
    cased = tokenizer_of(write(tmp_path, "albert", do_lower_case=False))
    assert not cased.do_lower_case


def test_special_tokens_of_other_names_are_those_of_the_configuration(tmp_path):
    folder = write(tmp_path, "roberta")
    vocab = json.loads((folder / "vocab.json").read_text("utf-8"))
    vocab["[start]"] = vocab.pop("<s>")
    (folder / "vocab.json").write_text(json.dumps(vocab), "utf-8")
    with pytest.raises(CheckpointError, match="without <s>"):
        tokenizer_of(folder)
    stated = {"cls_token": {"content": "[start]"}}
    (folder / "special_tokens_map.json").write_text(json.dumps(stated), "utf-8")
    tokenizer = tokenizer_of(folder)
    assert tokenizer.token(tokenizer.cls_id) == "[start]"


def test_a_word_at_the_start_may_be_one_as_behind_a_blank(tmp_path):
    folder = write(tmp_path, "roberta", add_prefix_space=True)
    assert tokenizer_of(folder).encode("the") == tokenizer_of(folder).encode(" the")


@pytest.mark.parametrize(("line", "place"), [("a b c", 3), ("a", 3)])
def test_merges_that_are_none_are_told_with_their_line(tmp_path, line, place):
    folder = write(tmp_path, "roberta")
    (folder / "merges.txt").write_text(f"#version: 0.2\nt h\n{line}\n", "utf-8")
    with pytest.raises(CheckpointError, match=rf"merges.txt:{place}: '{line}'"):
        tokenizer_of(folder)


def test_files_of_another_kind_are_named(tmp_path):
    folder = write(tmp_path, "roberta")
    (folder / "merges.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(CheckpointError, match=r"in UTF-8. Received: .*merges\.txt"):
        tokenizer_of(folder)
    (folder / "vocab.json").write_text("[]", "utf-8")
    with pytest.raises(CheckpointError, match=r"vocab\.json, a list"):
        tokenizer_of(folder)


def test_merges_without_their_tokens_are_refused(tmp_path):
    folder = write(tmp_path, "roberta")
    (folder / "merges.txt").write_text("t 中\n", "utf-8")
    with pytest.raises(CheckpointError, match="tokenizers .* can read"):
        tokenizer_of(folder)


def test_a_token_is_named_alone_or_with_its_properties():
    assert token_name("<s>") == token_name({"content": "<s>", "lstrip": True}) == "<s>"
    assert token_name(None) is token_name(3) is token_name({}) is None


def test_the_class_says_whose_files_these_are(folders):
    assert {*CONVERSIONS} == {"XLMRoberta", "Albert", "Roberta"}
    folder = folders["xlm_roberta"]
    named = tokenizer_of(
        folder, model_type="bert", tokenizer_class="XLMRobertaTokenizerFast"
    )
    assert named.identity() == tokenizer_of(folder).identity()


@pytest.mark.slow
@given(text=texts, name=st.sampled_from(["xlm_roberta", "roberta"]))
def test_ids_equal_those_of_the_transformers_that_is_installed(folders, text, name):
    transformers = pytest.importorskip("transformers")
    reference = transformers.AutoTokenizer.from_pretrained(folders[name])
    if not any(token in text for token in reference.all_special_tokens):
        expected = reference(text, add_special_tokens=False)["input_ids"]
        assert tokenizer_of(folders[name]).encode_ids([text])[0].tolist() == expected


def test_what_was_converted_is_a_tokenizer_json(folders, tmp_path):
    for folder in folders.values():
        tokenizer = tokenizer_of(folder)
        tokenizer.save(tmp_path / "tokenizer.json")
        library = tokenizers.Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
        assert library.encode("足球 a", "b").ids == tokenizer.encode("足球 a", "b")[0]
