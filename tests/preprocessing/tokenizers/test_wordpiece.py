"""Ids equal the Rust tokenizer's, and bert4keras's but for listed differences."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.wordpiece import (
    Tokenizer,
    sequence_padding,
)

FILE = Path(__file__).with_name("tokenizer_references.json")
REFERENCES = json.loads(FILE.read_text())
VOCAB = REFERENCES["vocab"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TOKENIZERS = {lower: Tokenizer(VOCAB, lower) for lower in (False, True)}

scripts = [
    # Half a surrogate pair is no text for the reference, which takes UTF-8.
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from([token[2:] or token for token in VOCAB[5:]]),
    st.characters(min_codepoint=0x300, max_codepoint=0x36F),
    st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp", "Co"]),
    st.sampled_from("一丁丂七万，。！“”　０ａＡｱ"),
    st.sampled_from("😀👨👩\u200d\ufe0f🇨🇳🏽🫠"),
    st.sampled_from([*SPECIAL, "##a", "a##b", "[sep]", "[ SEP ]", " "]),
]
texts = st.lists(st.one_of(scripts), max_size=30).map("".join)


def rust(vocab, lower):
    reference = BertWordPieceTokenizer(
        {token: index for index, token in enumerate(vocab)},
        clean_text=True,
        handle_chinese_chars=True,
        strip_accents=None,
        lowercase=lower,
    )
    reference._tokenizer.encode_special_tokens = True
    return reference


RUST = {lower: rust(VOCAB, lower) for lower in (False, True)}


def ids(tokenizer, text):
    return tokenizer.encode_ids([text])[0].tolist()


@given(texts, st.booleans())
def test_ids_equal_the_rust_tokenizers(text, lower):
    expected = RUST[lower].encode(text, add_special_tokens=False).ids
    assert ids(TOKENIZERS[lower], text) == expected
    assert TOKENIZERS[lower].encode(text)[0] == RUST[lower].encode(text).ids


@given(texts, texts, st.booleans())
def test_a_pair_equals_the_rust_tokenizers(first, second, lower):
    expected = RUST[lower].encode(first, second)
    assert TOKENIZERS[lower].encode(first, second) == (expected.ids, expected.type_ids)


@given(texts, st.booleans())
def test_no_text_contains_a_special_token(text, lower):
    found = {VOCAB[token_id] for token_id in ids(TOKENIZERS[lower], text)}
    assert found.isdisjoint({"[PAD]", "[CLS]", "[SEP]", "[MASK]"})


@given(st.lists(texts, max_size=5))
def test_a_texts_ids_do_not_depend_on_its_neighbours(many):
    together = TOKENIZERS[True].encode_ids(many)
    assert [row.tolist() for row in together] == [
        ids(TOKENIZERS[True], t) for t in many
    ]


@pytest.mark.parametrize("lower", [False, True])
def test_ids_equal_bert4keras(lower):
    for case in REFERENCES["texts"]:
        assert ids(TOKENIZERS[lower], case["text"]) == case["ids"][lower], case["text"]


# Our tokens for the texts of REFERENCES["differences"], lower-cased.
DIFFERENCES = {
    "private use": [["a", "##b"], []],
    "long words": [["[UNK]"], ["[UNK]"]],
    "recent characters": [["[UNK]"], ["[UNK]"], ["[UNK]"]],
    "CJK extension E": [["[UNK]"]],
    "final sigma": [["ο", "##σ"]],
    "half a surrogate pair": [["a", "##b"]],
}


@pytest.mark.parametrize("name", REFERENCES["differences"])
def test_ids_differ_from_bert4keras_where_the_docstring_says(name):
    for case, tokens in zip(
        REFERENCES["differences"][name], DIFFERENCES[name], strict=True
    ):
        ours = ids(TOKENIZERS[True], case["text"])
        assert [VOCAB[token_id] for token_id in ours] == tokens
        assert ours != case["ids"][True]


def test_a_literal_special_token_is_split_as_bert4keras_does():
    (case,) = [c for c in REFERENCES["texts"] if c["text"].startswith("[SEP] ")]
    ours = [VOCAB[token_id] for token_id in ids(TOKENIZERS[True], case["text"])]
    assert ours[:3] == ["[", "sep", "]"]
    assert ids(TOKENIZERS[True], case["text"]) == case["ids"][True]


@pytest.mark.parametrize("index", range(0, len(REFERENCES["pairs"]), 12))
def test_truncation_equals_bert4keras(index):
    for case in REFERENCES["pairs"][index : index + 12]:
        ours = TOKENIZERS[True].encode(case["first"], case["second"], case["maxlen"])
        assert list(ours) == case["out"], case


@pytest.mark.parametrize("case", REFERENCES["padding"])
def test_sequence_padding_equals_bert4keras(case):
    options = {name: value for name, value in case.items() if name != "out"}
    padded = sequence_padding([[1, 2, 3], [4], [5, 6]], **options)
    assert padded.tolist() == case["out"]


def test_sequence_padding_takes_matrices():
    padded = sequence_padding([np.ones((1, 2)), np.ones((2, 1))], seq_dims=2)
    assert padded.shape == (2, 2, 2)
    assert padded.sum() == 4


def test_sequence_padding_refuses_an_unknown_mode():
    with pytest.raises(SettingsError, match="Received: mode='middle'"):
        sequence_padding([[1]], mode="middle")


def test_an_empty_text_has_no_ids_and_still_int32():
    (empty,) = TOKENIZERS[True].encode_ids([""])
    assert empty.shape == (0,)
    assert empty.dtype == np.int32
    assert TOKENIZERS[True].encode_ids([]) == []


def test_more_texts_than_one_chunk_keep_their_order(monkeypatch):
    monkeypatch.setattr(
        "kerascls.preprocessing.tokenizers.code_points.CHARS_AT_ONCE", 3
    )
    many = ["a", "b", "a b", "", "b b", "a", "b a b"]
    found = TOKENIZERS[True].encode_ids(many)
    assert [row.tolist() for row in found] == [ids(TOKENIZERS[True], t) for t in many]


def test_halves_of_a_surrogate_pair_are_joined():
    tokenizer = Tokenizer([*SPECIAL, "😀"])
    assert ids(tokenizer, "\ud83d\ude00 \ud83d") == [5]


def test_tokenize_shows_special_and_unknown_tokens():
    tokens = Tokenizer([*SPECIAL, "a", "##b", "中"], True).tokenize("AB中国")
    assert tokens == ["[CLS]", "a", "##b", "中", "[UNK]", "[SEP]"]


def test_a_tokenizer_can_be_sent_to_another_process():
    tokenizer = Tokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "体", "育"])
    sent = pickle.loads(pickle.dumps(tokenizer))
    assert sent.encode_ids(["体育"])[0].tolist() == [4, 5]


def test_lower_casing_is_the_checkpoints_choice():
    vocab = [*SPECIAL, "e", "É"]
    assert ids(Tokenizer(vocab, do_lower_case=True), "É") == [5]
    assert ids(Tokenizer(vocab), "É") == [6]


@given(st.lists(texts, min_size=8, max_size=8))
def test_threads_do_not_disturb_each_other(many):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: ids(TOKENIZERS[True], text), many))
    assert found == [ids(TOKENIZERS[True], text) for text in many]


@pytest.mark.parametrize(
    ("call", "received"),
    [
        (lambda: TOKENIZERS[True].encode("a", maxlen=1), "maxlen=1"),
        (lambda: TOKENIZERS[True].encode("a", "b", maxlen=2), "maxlen=2"),
        (lambda: TOKENIZERS[True].encode("a", pattern="S*E"), "pattern='S\\*E'"),
        (lambda: Tokenizer(VOCAB, word_maxlen=9), "word_maxlen=9"),
        (lambda: TOKENIZERS[True].encode_ids("a"), "texts='a'"),
        (lambda: TOKENIZERS[True].encode_ids(["a", None]), r"texts\[1\]=None"),
    ],
)
def test_wrong_arguments_are_named(call, received):
    with pytest.raises(SettingsError, match=f"Received: {received}"):
        call()


def write(path, content):
    path.write_bytes(content)
    return path


def test_a_vocabulary_is_read_from_a_file_a_list_or_a_dictionary(tmp_path):
    path = write(tmp_path / "vocab.txt", "\n".join([*SPECIAL, "中"]).encode())
    expected = {token: index for index, token in enumerate([*SPECIAL, "中"])}
    for vocab in (path, str(path), list(expected), expected):
        assert Tokenizer(vocab).vocab == expected


def test_a_token_on_two_lines_has_the_later_id_and_shifts_nothing(tmp_path):
    lines = [*SPECIAL, "a", "b", "a", "c"]
    tokenizer = Tokenizer(write(tmp_path / "vocab.txt", "\n".join(lines).encode()))
    assert ids(tokenizer, "a b c") == [7, 6, 8]
    assert tokenizer.vocab_size == 9


@pytest.mark.parametrize(
    "lines", [[*SPECIAL, "a", "b", "a", "c"], [*SPECIAL, "\u2028"]]
)
def test_saving_and_reading_keeps_every_id(tmp_path, lines):
    tokenizer = Tokenizer(write(tmp_path / "vocab.txt", "\n".join(lines).encode()))
    tokenizer.save(tmp_path / "saved.txt")
    assert Tokenizer(tmp_path / "saved.txt").vocab == tokenizer.vocab


def test_mask_is_the_one_special_token_that_may_be_absent():
    assert Tokenizer(SPECIAL[:4]).mask_id is None
    assert Tokenizer(SPECIAL).mask_id == 4
