"""The pieces of a WordPiece vocabulary as a tree, laid in arrays."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

START, CONTINUED = 0, 1  # the two roots
_CONTINUES = "##"


@dataclass(frozen=True, eq=False)
class PieceTrie:
    """Two trees of characters: of pieces that start a word, of pieces that go on.

    From `node` a character leads to `children[place]` where `keys[place]` is
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
    """Returns the trees of a vocabulary.

    Args:
        vocab: Token -> id; tokens that go on with a word start with `##`.
    """
    pieces = [_piece(token, token_id) for token, token_id in vocab.items()]
    characters = sorted({one for _, text, _ in pieces for one in text})
    symbol_of = {one: place for place, one in enumerate(characters, start=1)}
    edges: dict[tuple[int, int], int] = {}
    token_ids = {}
    for node, text, token_id in pieces:
        for character in text:
            edge = (node, symbol_of[character])
            node = edges.setdefault(edge, len(edges) + 2)
        token_ids[node] = token_id
    return _arrays(symbol_of, edges, token_ids)


def _piece(token: str, token_id: int) -> tuple[int, str, int]:
    # "##" alone continues nothing; no word starts so, for "#" is a word by itself.
    if token.startswith(_CONTINUES) and token != _CONTINUES:
        return CONTINUED, token.removeprefix(_CONTINUES), token_id
    return START, token, token_id


def _arrays(
    symbol_of: dict[str, int],
    edges: dict[tuple[int, int], int],
    token_ids: dict[int, int],
) -> PieceTrie:
    pairs = np.array(list(edges), np.int64).reshape(-1, 2)
    keys = pairs[:, 0] * (len(symbol_of) + 1) + pairs[:, 1]
    order = np.argsort(keys)
    ends = np.full(len(edges) + 2, -1, np.int32)
    ends[list(token_ids)] = list(token_ids.values())
    children = np.array(list(edges.values()), np.int32)
    return PieceTrie(symbol_of, keys[order], children[order], ends)
