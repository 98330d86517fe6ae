"""What is made of a text is found again in it."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizers import CONTENTS, texts

from kerascls.preprocessing.tokenizers.alignment import (
    Traced,
    composed,
    lowered,
    whole_characters,
    word_spans,
)
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.vocabulary import without_surrogates
from kerascls.preprocessing.tokenizers.word_splitting import clean, traced
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.preprocessing.tokenizers.words import WordTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
KNOWN = "中国足球今天体育abc12"
PIECES = [*KNOWN, *(f"##{character}" for character in KNOWN)]
TOKENIZERS = {
    **{kind: RustTokenizer(content) for kind, content in CONTENTS.items()},
    "BERT": Tokenizer([*SPECIAL, *PIECES, "ab", "##bc"], do_lower_case=True),
    "auto": WordTokenizer(["足", "abc"]),
    "characters": WordTokenizer(["足"], "characters"),
    "words": WordTokenizer(["足"], "words"),
}
RANDOM = st.one_of(texts, st.text(max_size=30), st.text("aΣİ 中\u0301\ud83d\ude00"))
every_tokenizer = pytest.mark.parametrize("kind", TOKENIZERS)


@given(RANDOM)
def test_texts_are_those_that_tokenizers_see(text):
    assert whole_characters(Traced.of(text)).text == without_surrogates(text)
    assert lowered(Traced.of(text)).text == text.lower()
    assert composed(Traced.of(text)).text == unicodedata.normalize("NFC", text)
    assert traced(text).text == clean(text)


@given(RANDOM)
def test_places_are_in_order_and_in_the_text(text):
    found = traced(text)
    assert len(found.starts) == len(found.ends) == len(found.text)
    assert (found.starts < found.ends).all() and (found.ends <= len(text)).all()
    assert (np.diff(found.starts) >= 0).all() and (np.diff(found.ends) >= 0).all()


@given(RANDOM)
def test_what_a_character_comes_from_becomes_that_character(text):
    found = lowered(Traced.of(text.replace("Σ", "σ")))
    for character, start, end in zip(
        found.text, found.starts.tolist(), found.ends.tolist(), strict=True
    ):
        assert character in text.replace("Σ", "σ")[start:end].lower()


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("国 足", [(0, 1), (2, 3)]),
        ("iPhone15手机", [(0, 8), (8, 9), (9, 10)]),
        ("\ufeffCafe\u0301 好", [(1, 6), (7, 8)]),
        ("İ好", [(0, 1), (1, 2)]),
        ("\ud83d\ude00好\ud83d", [(0, 2), (2, 3), (3, 4)]),
        ("", []),
    ],
)
def test_words_are_found(text, spans):
    assert [tuple(row) for row in TOKENIZERS["auto"].spans(text).tolist()] == spans


def test_words_that_are_there_twice_are_found_in_turn():
    assert word_spans(Traced.of("a aa a"), ["a", "aa", "a"]).tolist() == [
        [0, 1],
        [2, 4],
        [5, 6],
    ]


@every_tokenizer
@given(text=RANDOM)
def test_every_token_has_a_place_in_the_text(kind, text):
    tokenizer = TOKENIZERS[kind]
    spans = tokenizer.spans(text)
    assert len(spans) == len(tokenizer.encode_ids([text])[0])
    assert (spans >= 0).all() and (spans <= len(text)).all()
    assert (spans[:, 0] <= spans[:, 1]).all()


@every_tokenizer
@given(text=st.text(KNOWN + " \u3000"))
def test_tokens_cover_all_that_is_visible(kind, text):
    covered = np.zeros(len(text), bool)
    for start, end in TOKENIZERS[kind].spans(text).tolist():
        covered[start:end] = True
    assert [not one.isspace() for one in text] == covered.tolist()


@pytest.mark.parametrize("kind", ["BERT", "auto", "characters"])
@given(text=st.text(KNOWN + "ABC x"))
def test_a_token_stands_where_it_is_written(kind, text):
    tokenizer = TOKENIZERS[kind]
    ids = tokenizer.encode_ids([text])[0].tolist()
    for token_id, (start, end) in zip(ids, tokenizer.spans(text).tolist(), strict=True):
        name = tokenizer.token(token_id).removeprefix("##")
        assert name in (tokenizer.unk_token, text[start:end].lower())


def test_pieces_of_one_character_have_its_place():
    content = CONTENTS["Unigram"]
    assert RustTokenizer(content).spans("体").tolist() == [[0, 1], [0, 1]]


def test_blanks_before_a_word_are_not_part_of_it():
    assert TOKENIZERS["Unigram"].spans("  中国 今天").tolist()[-1] == [5, 7]
