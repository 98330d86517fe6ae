"""Ids equal the library's, but that no text becomes a special token."""

import copy
import json
import pickle

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizers import CONTENTS, SPECIAL, added, bpe, template, texts, unigram

from kerascls.errors import CheckpointError, SettingsError
from kerascls.preprocessing.tokenizers import rust_tokenizer
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer

TOKENIZERS = {kind: RustTokenizer(content) for kind, content in CONTENTS.items()}
LIBRARY = {
    kind: tokenizers.Tokenizer.from_str(json.dumps({**content, "padding": None}))
    for kind, content in CONTENTS.items()
}
kinds = st.sampled_from([*CONTENTS])


def ids(tokenizer, text):
    return tokenizer.encode_ids([text])[0].tolist()


def other_ways(tokenizer, path):
    """The same tokenizer after all ways on which the library forgets its switch."""
    tokenizer.save(path)
    return [
        RustTokenizer.open(path),
        pickle.loads(pickle.dumps(tokenizer)),
        copy.deepcopy(tokenizer),
        tokenizer.pruned(range(tokenizer.vocab_size)),
    ]


@given(kinds, texts)
def test_ids_equal_the_librarys(kind, text):
    if not any(name in text for name in SPECIAL):
        expected = LIBRARY[kind].encode(text, add_special_tokens=False).ids
        assert ids(TOKENIZERS[kind], text) == expected


@given(kinds, texts, texts)
def test_a_text_and_a_pair_are_those_of_the_library(kind, first, second):
    if not any(name in first + second for name in SPECIAL):
        tokenizer, library = TOKENIZERS[kind], LIBRARY[kind]
        pair = library.encode(first, second)
        assert tokenizer.encode(first)[0] == library.encode(first).ids
        assert tokenizer.encode(first, second) == (pair.ids, pair.type_ids)


@given(kinds, texts)
def test_no_text_contains_a_special_token(kind, text):
    tokenizer = TOKENIZERS[kind]
    special = {tokenizer.cls_id, tokenizer.sep_id, tokenizer.pad_id}
    assert special.isdisjoint(ids(tokenizer, text))


def test_the_library_alone_finds_a_special_token_in_a_text_in_spite_of_its_switch():
    library = tokenizers.Tokenizer.from_str(json.dumps(CONTENTS["Unigram"]))
    library.encode_special_tokens = True
    assert "</s>" in library.encode("a</s>", add_special_tokens=False).tokens


@pytest.mark.parametrize("kind", CONTENTS)
def test_special_tokens_stay_text_wherever_a_tokenizer_goes(kind, tmp_path):
    tokenizer = TOKENIZERS[kind]
    for other in other_ways(tokenizer, tmp_path / "tokenizer.json"):
        for text in ("a</s>b <s>", "<pad>", "[CLS] 中国", " \0</s>", "1 <unk>"):
            assert ids(other, text) == ids(tokenizer, text)
            assert not {0, 1, 2} & {*ids(other, text)}
        assert other.identity() == tokenizer.identity()
        assert other.vocab_size == tokenizer.vocab_size


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ({"model": None}, "no `model`"),
        ({"added_tokens": [{"id": "0", "content": "<s>"}]}, "`added_tokens`"),
        ({"post_processor": []}, "`post_processor`"),
        (
            {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAA="}},
            "map",
        ),
    ],
)
def test_a_damaged_file_is_not_opened(tmp_path, damage, problem):
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(unigram() | damage), "utf-8")
    with pytest.raises(CheckpointError, match=f"tokenizer.json, where .*{problem}"):
        RustTokenizer.open(path)
    path.write_text(json.dumps(unigram())[:-9], "utf-8")
    with pytest.raises(CheckpointError, match="tokenizer.json, where no `model`"):
        RustTokenizer.open(path)


def test_a_text_is_told_from_the_special_token_it_names():
    assert TOKENIZERS["Unigram"].tokenize("a</s>") == [
        *("<s>", "▁a", "<", "/", "s", ">", "</s>")
    ]


def test_what_the_file_says_is_known():
    tokenizer = TOKENIZERS["Unigram"]
    assert (tokenizer.cls_id, tokenizer.sep_id, tokenizer.pad_id) == (0, 2, 1)
    assert (tokenizer.unk_id, tokenizer.unk_token) == (3, "<unk>")
    assert (tokenizer.separators, tokenizer.has_segments) == (2, False)
    assert (tokenizer.kind, tokenizer.do_lower_case) == ("Unigram", False)
    assert tokenizer.vocab_size == len(CONTENTS["Unigram"]["model"]["vocab"])


def test_segments_are_those_of_the_file():
    content = unigram(post_processor=template(("<s>", 0), ("</s>", 2), 1, 1))
    tokenizer = RustTokenizer(content)
    assert (tokenizer.separators, tokenizer.has_segments) == (1, True)
    assert tokenizer.encode("a", "b")[1] == [0, 0, 0, 1, 1, 1]


def test_a_normalizer_that_lower_cases_is_known():
    steps = [{"type": "NFKC"}, {"type": "Lowercase"}]
    content = unigram(normalizer={"type": "Sequence", "normalizers": steps})
    assert RustTokenizer(content).do_lower_case
    assert RustTokenizer(content).tokenize("ＡＢ") == ["<s>", "▁ab", "</s>"]


def test_a_tokenizer_that_knows_all_has_no_unknown_token():
    content = bpe()
    content["model"]["unk_token"] = None
    tokenizer = RustTokenizer(content)
    assert tokenizer.unk_id == -1
    assert not tokenizer.unknown_words(["🙂"])


def test_unknown_words_are_counted_as_they_stand_in_the_texts():
    found = TOKENIZERS["Unigram"].unknown_words(["中国Ж 🙂🙂", "Ж"])
    assert found == {"Ж": 2, "🙂🙂": 1}


def test_half_a_surrogate_pair_is_the_replacement_character():
    assert ids(TOKENIZERS["BPE"], "a\ud800") == ids(TOKENIZERS["BPE"], "a\ufffd")


def test_an_added_token_that_is_not_special_is_found_in_texts():
    content = unigram()
    size = len(content["model"]["vocab"])
    content["added_tokens"] += added(["NEWTOKEN"], {"NEWTOKEN": size}, special=False)
    tokenizer = RustTokenizer(content)
    assert tokenizer.vocab_size == size + 1
    assert size in ids(tokenizer, "a NEWTOKEN")


@pytest.mark.parametrize("key", ["padding", "post_processor"])
def test_special_tokens_that_are_not_said_are_not_guessed(key):
    with pytest.raises(CheckpointError, match="without (padding|special tokens)"):
        RustTokenizer(unigram(**{key: None}))


def test_ids_that_the_library_would_not_give_are_refused():
    content = unigram()
    content["added_tokens"] += added(["NEW"], {"NEW": 500})
    with pytest.raises(CheckpointError, match="'NEW' has the id 500"):
        RustTokenizer(content)


def test_a_special_token_outside_the_vocabulary_is_refused():
    content = unigram(post_processor=template(("<s>", 0), ("</s>", 999)))
    with pytest.raises(CheckpointError, match="no token of the id 999"):
        RustTokenizer(content)


def test_a_text_alone_is_no_list_of_texts():
    with pytest.raises(SettingsError, match=r"Write \[text\]"):
        TOKENIZERS["BPE"].encode_flat("abc")


def test_no_texts_have_no_ids():
    found, lengths = TOKENIZERS["BPE"].encode_flat([])
    assert (found.shape, lengths.shape) == ((0,), (0,))


def test_many_texts_are_put_together_of_parts_and_few_are_not(monkeypatch):
    content = unigram()
    for row in content["model"]["vocab"]:
        row[1] = float(round(row[1]))
    tokenizer = RustTokenizer(content)
    tokenizer.encode_ids(["中国足球"])
    assert tokenizer._segments is None
    many = ["中国足球", "a </s>\ud800", "สวัสดี 今天", ""] * 10
    found = [row.tolist() for row in tokenizer.encode_ids(many)]
    assert tokenizer._segments is not None
    monkeypatch.setattr(rust_tokenizer, "FEW_TEXTS", 1000)
    assert found == [row.tolist() for row in tokenizer.encode_ids(many)]
