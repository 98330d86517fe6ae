"""Words into the pieces of a vocabulary, all words of a batch at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import tensorflow as tf

MAX_WORD_CHARS = 100  # a longer word is unknown
_NONE, _FAILED = -1, -2
START, CONTINUED = 0, 1  # the two roots
_CONTINUES = "##"


@dataclass(frozen=True, eq=False)
class PieceTrie:
    """Two trees of characters: of pieces that start a word, of pieces that go on.

    From `node` a character leads to `children[index]` where `keys[index]` is
    `node * num_symbols + symbol`, and nowhere else.

    Args:
        symbol_of: The characters of all pieces, numbered from 1 on; 0 is any other.
        keys: int64 `(edges,)`, ascending.
        children: int32 `(edges,)`.
        token_ids: int32 `(nodes,)`: the piece that ends there, or -1.
    """

    symbol_of: dict[str, int]
    keys: np.ndarray
    children: np.ndarray
    token_ids: np.ndarray

    @property
    def num_symbols(self) -> int:
        """How many different symbols there are, 0 too."""
        return len(self.symbol_of) + 1


def piece_trie(vocab: Mapping[str, int]) -> PieceTrie:
    """Returns the trees of a vocabulary, whose tokens that go on start with `##`."""
    pieces = [_piece(token, token_id) for token, token_id in vocab.items()]
    characters = sorted({character for _, piece, _ in pieces for character in piece})
    symbol_of = {character: symbol for symbol, character in enumerate(characters, 1)}
    edges: dict[tuple[int, int], int] = {}
    token_ids = {}
    for node, piece, token_id in pieces:
        for character in piece:
            edge = (node, symbol_of[character])
            node = edges.setdefault(edge, len(edges) + 2)
        token_ids[node] = token_id
    pairs = np.array(list(edges), np.int64).reshape(-1, 2)  # (edges, 2)
    keys = pairs[:, 0] * (len(symbol_of) + 1) + pairs[:, 1]
    order = np.argsort(keys)
    ends = np.full(len(edges) + 2, -1, np.int32)
    ends[list(token_ids)] = list(token_ids.values())
    children = np.array(list(edges.values()), np.int32)
    return PieceTrie(symbol_of, keys[order], children[order], ends)


def _piece(token: str, token_id: int) -> tuple[int, str, int]:
    # "##" alone continues nothing; no word starts so, for "#" is a word by itself.
    if token.startswith(_CONTINUES) and token != _CONTINUES:
        return CONTINUED, token.removeprefix(_CONTINUES), token_id
    return START, token, token_id


def word_pieces(
    trie: PieceTrie, unk_id: int, symbols: "tf.Tensor", starts: "tf.Tensor"
) -> "tf.Tensor":
    """Cuts words greedily into the longest pieces.

    First the longest piece from each character on is found, whether a piece starts
    there or not; then each word is walked through from its start. So there are as
    many steps as the longest piece has characters and the longest word pieces,
    however many words there are.

    Args:
        trie: The pieces.
        unk_id: Of words that cannot be cut, or have over 100 characters.
        symbols: int32 `(characters,)`, those of all words, one word after another.
        starts: bool `(characters,)`, whether a word starts there.

    Returns:
        int32 `(characters,)`: the id of the piece that starts there, or -1.

    References:
        - [WordPiece](https://arxiv.org/abs/1609.08144)
    """
    import tensorflow as tf

    word_of = tf.cumsum(tf.cast(starts, tf.int32)) - 1
    first = tf.cast(tf.where(starts)[:, 0], tf.int32)  # (words,)
    ends = tf.concat([first[1:], [tf.size(symbols)]], 0)[: tf.size(first)]
    # No piece fits into a word that ends where it starts.
    ends = tf.where(ends - first <= MAX_WORD_CHARS, ends, first)
    end_of = tf.gather(ends, word_of)
    matches, match_ends = _longest(trie, symbols, starts, end_of)
    ids = _reached(matches, match_ends, first, end_of)
    failed = tf.math.unsorted_segment_min(ids, word_of, tf.size(first)) == _FAILED
    unknown = tf.gather(failed, word_of)
    return tf.where(unknown, tf.where(starts, unk_id, _NONE), ids)


def _longest(
    trie: PieceTrie, symbols: "tf.Tensor", starts: "tf.Tensor", end_of: "tf.Tensor"
) -> tuple["tf.Tensor", "tf.Tensor"]:
    """Returns id and end of the longest piece from each character on, or -1."""
    import tensorflow as tf

    keys, last_key = tf.constant(trie.keys), len(trie.keys) - 1

    # `at` are the indices of the characters from which a piece may still go on, `nodes`
    # where their ways through the tree have led; fewer at each depth.
    def step(depth: Any, at: Any, nodes: Any, ids: Any, ends: Any) -> tuple[Any, ...]:
        inside = tf.where(at + depth < tf.gather(end_of, at))[:, 0]
        at, nodes = tf.gather(at, inside), tf.gather(nodes, inside)
        symbol = tf.gather(symbols, at + depth)
        key = tf.cast(nodes, tf.int64) * trie.num_symbols + tf.cast(symbol, tf.int64)
        edge = tf.minimum(tf.searchsorted(keys, key), last_key)
        known = tf.where(tf.equal(tf.gather(keys, edge), key))[:, 0]
        at = tf.gather(at, known)
        nodes = tf.gather(trie.children, tf.gather(edge, known))
        whole = tf.where(tf.gather(trie.token_ids, nodes) >= 0)[:, 0]
        begins = tf.gather(at, whole)
        token_ids = tf.gather(trie.token_ids, tf.gather(nodes, whole))
        ids = tf.tensor_scatter_nd_update(ids, begins[:, None], token_ids)
        ends = tf.tensor_scatter_nd_update(ends, begins[:, None], begins + depth + 1)
        return depth + 1, at, nodes, ids, ends

    none = tf.fill([tf.size(symbols)], _NONE)
    roots = tf.where(starts, START, CONTINUED)
    *_, ids, ends = tf.while_loop(
        lambda _, at, *__: tf.size(at) > 0,
        step,
        (0, tf.range(tf.size(symbols)), roots, none, none),
        shape_invariants=(tf.TensorShape([]), *4 * [tf.TensorShape([None])]),
    )
    return ids, ends


def _reached(
    matches: "tf.Tensor",
    match_ends: "tf.Tensor",
    first: "tf.Tensor",
    end_of: "tf.Tensor",
) -> "tf.Tensor":
    """Returns the ids of the pieces on the way from each word's start to its end.

    -1 is where no piece starts, -2 where one should, but none fits.
    """
    import tensorflow as tf

    def step(at: Any, ids: Any) -> tuple[Any, ...]:
        longest = tf.gather(matches, at)
        longest = tf.where(longest < 0, _FAILED, longest)
        ids = tf.tensor_scatter_nd_update(ids, at[:, None], longest)
        following = tf.gather(match_ends, at)
        more = (longest >= 0) & (following < tf.gather(end_of, at))
        return tf.boolean_mask(following, more), ids

    _, ids = tf.while_loop(
        lambda at, _: tf.size(at) > 0,
        step,
        (first, tf.fill([tf.size(matches)], _NONE)),
        shape_invariants=2 * (tf.TensorShape([None]),),
    )
    return ids
