"""Sentences are found by their marks, and padding is in none of them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from kerascls.models.classic.sentences import (
    places_in_sentences,
    shares,
    split_sentences,
)

CLS, SEP, END, STOP, WORD = 2, 3, 5, 6, 9  # SEP is an end mark, too
ENDS = (END, STOP, SEP)


def inputs_of(*texts, num_tokens=None):
    length = num_tokens or max(map(len, texts))
    arrays = np.zeros((2, len(texts), length), np.int32)
    for row, text in enumerate(texts):
        arrays[0, row, : len(text)] = text
        arrays[1, row, : len(text)] = 1
    return dict(zip(("token_ids", "padding_mask"), arrays, strict=True))


def index_of(*texts, max_sentences=8, **options):
    pieces = options.pop("piece_tokens", None)
    found = split_sentences(
        inputs_of(*texts, **options), ENDS, max_sentences, piece_tokens=pieces
    )
    return ops.convert_to_numpy(found.index).tolist()


def by_hand(text, max_sentences, piece_tokens):
    index, numbers = 0, []
    for place, token in enumerate(text):
        if place and text[place - 1] in ENDS and token not in ENDS:
            index += 1
        numbers.append(index)
    if piece_tokens and not index:
        numbers = [place // piece_tokens for place in range(len(text))]
    return [min(number, max_sentences - 1) for number in numbers]


def test_a_sentence_begins_behind_all_marks_of_the_one_before():
    text = [CLS, WORD, WORD, END, WORD, END, STOP, END, WORD, SEP]
    assert index_of(text) == [[0, 0, 0, 0, 1, 1, 1, 1, 2, 2]]


def test_the_separator_belongs_to_the_last_sentence_also_behind_a_mark():
    assert index_of([CLS, WORD, END, WORD, END, SEP]) == [[0, 0, 0, 1, 1, 1]]


def test_the_next_text_of_a_row_begins_a_sentence():
    assert index_of([CLS, WORD, SEP, WORD, WORD, SEP]) == [[0, 0, 0, 1, 1, 1]]


def test_the_last_sentence_with_room_has_all_the_rest():
    text = [WORD, END, WORD, END, WORD, END, WORD]
    assert index_of(text, max_sentences=2) == [[0, 0, 1, 1, 1, 1, 1]]


def test_padding_is_in_no_sentence_whatever_stands_there():
    inputs = inputs_of([CLS, WORD, END], num_tokens=6)
    inputs["token_ids"][0, 3:] = END, WORD, WORD
    found = split_sentences(inputs, ENDS, 4)
    assert ops.convert_to_numpy(found.index).tolist() == [[0, 0, 0, -1, -1, -1]]
    assert not ops.convert_to_numpy(found.members)[0, :, 3:].any()
    assert ops.convert_to_numpy(found.exist).tolist() == [[True, False, False, False]]
    assert ops.convert_to_numpy(found.ends).nonzero()[1].tolist() == [2]


def test_a_text_of_one_sentence_is_cut_into_pieces_where_they_are_asked_for():
    one, two = [CLS, *[WORD] * 6, SEP], [CLS, *[WORD] * 4, END, WORD, SEP]
    assert index_of(one, two, piece_tokens=3) == [
        [0, 0, 0, 1, 1, 1, 2, 2],
        [0, 0, 0, 0, 0, 0, 1, 1],
    ]
    assert index_of(one) == [[0] * 8]


def test_without_marks_all_is_one_sentence():
    found = split_sentences(inputs_of([CLS, WORD, END, WORD]), (), 4)
    assert ops.convert_to_numpy(found.index).tolist() == [[0, 0, 0, 0]]


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(
        st.lists(st.sampled_from((CLS, SEP, END, STOP, WORD)), min_size=1, max_size=9),
        min_size=1,
        max_size=3,
    ),
    max_sentences=st.integers(1, 5),
    piece_tokens=st.none() | st.integers(1, 4),
)
def test_it_finds_what_is_found_token_by_token(texts, max_sentences, piece_tokens):
    found = split_sentences(
        inputs_of(*texts, num_tokens=10), ENDS, max_sentences, piece_tokens
    )
    places = ops.convert_to_numpy(places_in_sentences(found))
    index, begins, ends, members, exist = map(ops.convert_to_numpy, found)
    for row, text in enumerate(texts):
        wanted = by_hand(text, max_sentences, piece_tokens)
        padding = [-1] * (10 - len(text))
        assert index[row].tolist() == wanted + padding
        firsts = [wanted.index(number) for number in wanted]
        assert places[row, : len(text)].tolist() == [
            place - first for place, first in enumerate(firsts)
        ]
        assert begins[row].nonzero()[0].tolist() == sorted(set(firsts))
        lasts = {number: place for place, number in enumerate(wanted)}
        assert ends[row].nonzero()[0].tolist() == sorted(lasts.values())
        assert exist[row].tolist() == [n in wanted for n in range(max_sentences)]
        assert (members[row].sum(axis=0) == (index[row] >= 0)).all()


def test_shares_are_a_softmax_in_each_group_and_nothing_in_none():
    scores = np.array([[0.0, np.log(3), 1000.0, -1000.0]], np.float32)
    members = np.array([[[1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]], bool)
    np.testing.assert_allclose(
        ops.convert_to_numpy(shares(scores, members))[0],
        [[0.25, 0.75, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]],
        atol=1e-6,
    )
