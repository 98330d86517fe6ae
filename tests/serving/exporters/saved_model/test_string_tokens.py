"""A graph of TensorFlow operations gives the ids of `Tokenizer`."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_tokenizers import unigram

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer, build_vocab
from kerascls.serving.exporters.saved_model.string_tokens import (
    StringTokens,
    why_inexpressible,
)

TESTS = Path(__file__).parents[3]
FILE = TESTS / "preprocessing" / "tokenizers" / "tokenizer_references.json"
REFERENCES = json.loads(FILE.read_text())
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Marks that lower-casing keeps: this vocabulary knows one of them, so none can be
# taken for another.
KEPT_MARKS = "\u302e\u1b44\U0001d165\U0001d16d\U0001d16e"
VOCAB = [*REFERENCES["vocab"], "##\U0001d165"]

scripts = [
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from([token.removeprefix("##") or "#" for token in VOCAB[5:]]),
    st.characters(min_codepoint=0x300, max_codepoint=0x36F),
    st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Mc"]),
    st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
    st.characters(min_codepoint=0x1100, max_codepoint=0x11FF),
    st.characters(min_codepoint=0xF900, max_codepoint=0xFAFF),
    st.characters(min_codepoint=0x2F800, max_codepoint=0x2FA1F),
    st.sampled_from("一丁丂七万，。！“”　０ａＡｱİßΣǅ"),
    st.sampled_from("😀👨👩\u200d\ufe0f🇨🇳🏽🫠\0\ufffd"),
    st.sampled_from(KEPT_MARKS),
    st.sampled_from([*SPECIAL, "##a", "a##b", "[sep]", "[ SEP ]", " ", "\n"]),
    st.sampled_from(["a" * 99, "b" * 100, "ab" * 51, "á" * 100, "가" * 34]),
]
texts = st.lists(st.one_of(scripts), max_size=30).map("".join)


@cache
def both(lower):
    """The tokenizer, and the graph for it as it is exported."""
    tokenizer = Tokenizer(VOCAB, lower)
    spec = tf.TensorSpec([None], tf.string)
    return tokenizer, tf.function(StringTokens(tokenizer), input_signature=[spec])


def expect_equal(tokenizer, graph, many):
    found = graph(tf.constant(many, tf.string))
    assert found.dtype == tf.int32
    expected = [row.tolist() for row in tokenizer.encode_ids(many)]
    assert found.to_list() == expected


@settings(max_examples=50)
@given(st.lists(texts, max_size=6), st.booleans())
@pytest.mark.slow
def test_ids_equal_the_tokenizers(many, lower):
    expect_equal(*both(lower), many)


@pytest.mark.parametrize("lower", [False, True])
def test_ids_equal_the_tokenizers_on_collected_texts(lower):
    cases = [case["text"] for case in REFERENCES["texts"]]
    expect_equal(*both(lower), ["", *cases, " \t", ""])


@pytest.mark.parametrize(
    "broken", [b"a\xffb", b"\xe4\xb8", b"a \xed\xa0\x80 b", b"\xf8\x88\x80\x80\x80"]
)
def test_bytes_that_are_no_utf_8_are_left_out(broken):
    tokenizer, graph = both(True)
    (found,) = graph(tf.constant([broken])).to_list()
    replaced = broken.decode("utf-8", "replace")
    assert found == tokenizer.encode_ids([replaced])[0].tolist()


def test_no_texts_have_no_ids():
    assert both(True)[1](tf.constant([], tf.string)).to_list() == []


def test_marks_that_change_places_cannot_be_rebuilt():
    vocab = [*SPECIAL, "a", "##\U0001d165", "##\U0001d16d"]
    assert why_inexpressible(Tokenizer(vocab)) is None
    reason = why_inexpressible(Tokenizer(vocab, do_lower_case=True))
    assert reason.endswith("the vocabulary knows U+1D165, U+1D16D.")
    with pytest.raises(SettingsError, match="canonical order"):
        StringTokens(Tokenizer(vocab, do_lower_case=True))


@pytest.mark.slow
@pytest.mark.parametrize("lower", [False, True])
def test_every_character_is_treated_as_the_tokenizer_does(lower):
    tokenizer, graph = both(lower)
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    many = [f"a{one}b{one}" for one in every] + every
    for start in range(0, len(many), 100_000):
        chunk = many[start : start + 100_000]
        found = graph(tf.constant(chunk))
        expected = tokenizer.encode_ids(chunk)
        assert np.array_equal(found.values, np.concatenate(expected))
        assert np.array_equal(found.row_lengths(), [len(row) for row in expected])


@pytest.mark.slow
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("name", ["thucnews_headlines", "sogou5", "goemotions"])
def test_ids_equal_the_tokenizers_on_real_texts(name, lower, shared_data):
    with open(shared_data / name / "test.csv", encoding="utf-8", newline="") as file:
        many = [row["text"] for row in csv.DictReader(file)][:2000]
    tokenizer = Tokenizer(build_vocab(many, 12_000, lower), lower)
    expect_equal(tokenizer, tf.function(StringTokens(tokenizer)), many)


def test_a_tokenizer_of_another_kind_is_refused_with_what_takes_strings():
    tokenizer = RustTokenizer(unigram())
    reason = why_inexpressible(tokenizer)
    assert "tokenizer.json, in place of strings" in reason
    assert "Unigram cannot. `kerascls.Predictor` takes strings" in reason
    with pytest.raises(SettingsError, match="Unigram cannot"):
        StringTokens(tokenizer)
