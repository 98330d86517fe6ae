"""Pruned vocabularies read as before what they were pruned for, and spell the rest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.preprocessing.tokenizers import pruning
from kerascls.preprocessing.tokenizers.pruning import kept_tokens
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TOKENS = [*SPECIAL, *"abcxé中国人。", "A", "B"]
TOKENS += [
    "##a",
    "##b",
    "##c",
    "##é",
    "##中",
    "##x",
    "ab",
    "abc",
    "##bc",
    "ba",
    "##cab",
]
# What spells "abc", "ab", "ba", "##bc" and "##cab".
PIECES = {*"abc", "##a", "##b", "##c"}
WHOLE = Tokenizer(TOKENS)


def kept(texts, min_count=1, tokenizer=WHOLE):
    return [TOKENS[token_id] for token_id in kept_tokens(tokenizer, texts, min_count)]


def pruned(texts, min_count=1):
    return Tokenizer(kept(texts, min_count))


def tokens(tokenizer, text):
    return tokenizer.tokenize(text)[1:-1]


def test_special_tokens_frequent_ones_and_the_pieces_of_longer_ones_are_kept():
    assert set(kept(["中 中 é x", "中国 é"], 2)) == {*SPECIAL, *PIECES, "中", "é"}
    assert set(kept(["abc"], 1)) == {*SPECIAL, *PIECES, "abc"}


def test_a_token_counts_over_all_texts(monkeypatch):
    monkeypatch.setattr(pruning, "TEXTS_AT_ONCE", 2)
    assert "中" in kept(iter(["中", "", "国", "中", "人 中"]), 3)
    assert "中" not in kept(iter(["中", "", "国", "中"]), 3)


def test_the_kept_ids_rise():
    ids = kept_tokens(WHOLE, ["国中 ab x"], 1)
    assert ids.tolist() == sorted(set(ids.tolist()))
    assert np.issubdtype(ids.dtype, np.integer)


def test_special_tokens_need_no_mask():
    tokenizer = Tokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"])
    assert kept_tokens(tokenizer, ["b"], 1).tolist() == [0, 1, 2, 3]


def test_a_word_whose_token_is_dropped_is_read_in_smaller_pieces():
    small = pruned(["中国 ab"])
    assert tokens(WHOLE, "abcabc") == ["abc", "##a", "##bc"]
    assert tokens(small, "abcabc") == ["ab", "##c", "##a", "##b", "##c"]


def test_a_dropped_character_is_unknown_with_the_word_it_stands_in():
    small = pruned(["中 ab"])
    assert tokens(WHOLE, "人 abé") == ["人", "ab", "##é"]
    assert tokens(small, "人 abé") == ["[UNK]", "[UNK]"]


texts = st.lists(st.text("abcxéAB中国人。 []", max_size=12), max_size=6)


@given(texts, st.text("abcxéAB中国人。 ", max_size=12), st.integers(1, 3))
def test_a_text_of_kept_tokens_reads_as_before(many, text, min_count):
    small = pruned(many, min_count)
    before = tokens(WHOLE, text)
    if set(before) <= set(small.vocab):
        assert tokens(small, text) == before


@given(texts)
def test_texts_that_were_counted_read_as_before(many):
    small = pruned(many)
    for text in many:
        assert tokens(small, text) == tokens(WHOLE, text)


@given(texts, st.text("abc中。 ", max_size=12), st.integers(1, 3))
def test_characters_of_longer_tokens_are_never_lost(many, text, min_count):
    small = pruned(["中。", *many] * 3, min_count)
    assert "[UNK]" not in tokens(small, text)


@pytest.mark.parametrize("min_count", [1, 5])
def test_no_text_leaves_what_spells_words(min_count):
    assert set(kept([], min_count)) == {*SPECIAL, *PIECES}
