"""Words are cut into pieces as the Rust tokenizer cuts them."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.serving.exporters.saved_model.word_pieces import piece_trie, word_pieces

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
PIECES = st.tuples(st.sampled_from(["", "##"]), st.text("ab", min_size=1, max_size=5))


def pieces_of(words, vocab):
    """The ids of words, one word after another, by a graph."""
    tokenizer = Tokenizer(vocab)
    trie = piece_trie(tokenizer.vocab)
    symbols = [trie.symbol_of.get(one, 0) for word in words for one in word]
    starts = [place == 0 for word in words for place in range(len(word))]
    ids = word_pieces(
        trie,
        tokenizer.unk_id,
        tf.constant(symbols, tf.int32),
        tf.constant(starts, tf.bool),
    )
    return ids.numpy()


@settings(max_examples=50)
@given(
    st.lists(st.text("abc", min_size=1, max_size=12), max_size=6),
    st.lists(PIECES.map("".join), min_size=1, max_size=9),
)
def test_words_are_cut_as_the_tokenizer_does(words, pieces):
    vocab = list(dict.fromkeys([*SPECIAL, *pieces]))
    found = pieces_of(words, vocab)
    expected = Tokenizer(vocab).encode_ids([" ".join(words)])[0]
    np.testing.assert_array_equal(found[found >= 0], expected)


@pytest.mark.parametrize(("length", "unknown"), [(100, False), (101, True)])
def test_a_word_of_over_100_characters_is_unknown(length, unknown):
    found = pieces_of(["a" * length, "a"], [*SPECIAL, "a", "##a"])
    expected = [1, *[-1] * (length - 1)] if unknown else [4, *[5] * (length - 1)]
    assert found.tolist() == [*expected, 4]
