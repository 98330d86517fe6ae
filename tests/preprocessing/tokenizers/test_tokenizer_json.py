import pytest
from tiny_tokenizers import added, bpe, unigram, wordpiece

from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.tokenizer_json import (
    differs_from_bert,
    for_texts,
    model_kind,
    parts,
    special_names,
    token_ids_of,
    unknown_token,
)

BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"]
NORMALIZER = {"type": "BertNormalizer", "clean_text": True}
NORMALIZER |= {"handle_chinese_chars": True, "strip_accents": None, "lowercase": True}


def bert(model=(), **changed):
    ids = {name: index for index, name in enumerate(BERT)}
    model = {"type": "WordPiece", "vocab": ids, "unk_token": "[UNK]", **dict(model)}
    usual = {"normalizer": NORMALIZER, "pre_tokenizer": {"type": "BertPreTokenizer"}}
    return {"model": model, "added_tokens": added(BERT[:4], ids), **usual, **changed}


def test_the_kind_of_a_model_is_told_where_old_files_do_not_say_it():
    for kind, content in (("Unigram", unigram()), ("BPE", bpe())):
        del content["model"]["type"]
        assert model_kind(content) == kind
    assert model_kind({"model": {"vocab": {}}}) == "WordPiece"


def test_added_tokens_have_ids_too():
    content = unigram()
    size = len(token_ids_of(content, "x"))
    content["added_tokens"] += added(["new"], {"new": size})
    assert token_ids_of(content, "x")["new"] == size


@pytest.mark.parametrize("ids", [{"a": 0, "b": 0}, {"a": -1}, {"a": "0"}, {}])
def test_tokens_without_an_id_of_their_own_are_refused(ids):
    with pytest.raises(CheckpointError, match=r"id of its own.*Received: x.json"):
        token_ids_of({"model": {"vocab": ids}}, "x.json")


def test_the_unknown_token_is_named_in_either_way():
    assert unknown_token(unigram()) == unknown_token(bpe()) == "<unk>"
    assert unknown_token({"model": {"vocab": {"a": 0}}}) is None


@pytest.mark.parametrize("content", [unigram(), bpe(), wordpiece()])
def test_the_side_of_texts_has_the_same_ids_by_other_names(content):
    renamed, texts = special_names(content), for_texts(content)
    before, after = token_ids_of(content, "x"), token_ids_of(texts, "x")
    assert after == {renamed.get(token, token): n for token, n in before.items()}
    assert renamed.keys() == {"<s>", "<pad>", "</s>", "<unk>"}
    assert not texts["padding"] and not texts["post_processor"]


def test_merges_that_lead_to_a_special_token_are_left_out():
    content = bpe(["a b"])
    content["model"]["merges"] += [["<s", ">"]]
    assert for_texts(content)["model"]["merges"] == [["a", "b"]]


def test_a_merge_is_read_in_either_form():
    assert parts("a b") == parts(["a", "b"]) == ("a", "b", "ab")
    assert parts(["a", "##b"], "##") == ("a", "##b", "ab")


def test_berts_own_tokenizer_is_known():
    assert differs_from_bert(bert()) is None
    cased = {**NORMALIZER, "lowercase": False, "strip_accents": False}
    assert differs_from_bert(bert(normalizer=cased)) is None
    assert differs_from_bert({"model": bert()["model"]}) is None


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (unigram(), "a Unigram model"),
        (bpe(), "a BPE model"),
        (bert(normalizer=None), "its normalizer"),
        (bert(normalizer={"type": "NFKC"}), "its normalizer"),
        (bert(normalizer={**NORMALIZER, "strip_accents": False}), "its normalizer"),
        (bert(normalizer={**NORMALIZER, "clean_text": False}), "its normalizer"),
        (
            bert(normalizer={**NORMALIZER, "handle_chinese_chars": False}),
            "its normalizer",
        ),
        (bert(pre_tokenizer={"type": "Whitespace"}), "its pre_tokenizer"),
        (bert({"unk_token": "<unk>"}), "unk_token='<unk>'"),
        (bert({"continuing_subword_prefix": "@@"}), "continuing_subword_prefix='@@'"),
        (bert({"max_input_chars_per_word": 50}), "max_input_chars_per_word=50"),
        (bert({"vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2}}), r"no \[SEP\]"),
        (bert(added_tokens=added(["a"], {"a": 4}, False)), "the added token 'a'"),
    ],
)
def test_what_would_give_other_ids_than_bert_is_named(content, what):
    assert differs_from_bert(content) == what.replace("\\", "")
