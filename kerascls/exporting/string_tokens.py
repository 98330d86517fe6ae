"""BERT's tokenizer in TensorFlow's core operations: any server can run it."""

from typing import TYPE_CHECKING

from kerascls.errors import SettingsError
from kerascls.exporting.character_tables import (
    LETTER,
    PAGE,
    SPACE,
    character_tables,
    order_matters,
)
from kerascls.exporting.piece_trie import CONTINUED, START, piece_trie
from kerascls.tokenizer import Tokenizer

if TYPE_CHECKING:
    import tensorflow as tf

MAX_WORD_CHARS = 100  # a longer word is unknown
_REPLACEMENT = 0xFFFD  # for bytes that are no UTF-8; the tokenizer drops it


def why_inexpressible(tokenizer: Tokenizer) -> str | None:
    """Returns why a tokenizer cannot be rebuilt in a graph; None when it can."""
    characters = {one for token in tokenizer.vocab for one in token}
    moved = order_matters(characters, tokenizer.do_lower_case)
    if not moved:
        return None
    return (
        "TensorFlow's operations cannot put combining marks into canonical order. "
        f"Received: a vocabulary with {', '.join(f'U+{ord(one):04X}' for one in moved)}"
        ". Give token ids made by kerascls.Tokenizer."
    )


class StringTokens:
    """Text to token ids in a TensorFlow graph; ids equal those of the tokenizer.

    Every character is looked up in tables made by the Rust tokenizer. Words are cut
    greedily into the longest pieces, all words of a batch at once: first the longest
    piece from each character on, then those pieces that are reached from the word's
    start. Bytes that are no UTF-8 are left out, as `bytes.decode("utf-8", "replace")`
    and the tokenizer leave them out.

    Args:
        tokenizer: What to rebuild.

    Raises:
        SettingsError: When it cannot be rebuilt, see `why_inexpressible`.

    References:
        - [WordPiece](https://arxiv.org/abs/1609.08144)
    """

    def __init__(self, tokenizer: Tokenizer):
        if reason := why_inexpressible(tokenizer):
            raise SettingsError(reason)
        self._trie = piece_trie(tokenizer.vocab)
        self._characters = character_tables(
            self._trie.symbol_of, tokenizer.do_lower_case
        )
        self._unk_id = tokenizer.unk_id

    def __call__(self, texts: "tf.Tensor") -> "tf.RaggedTensor":
        """Returns the ids of each text, whole and without special tokens.

        Args:
            texts: string `(batch,)`, UTF-8.

        Returns:
            int32 `(batch, None)`.
        """
        import tensorflow as tf

        code_points = tf.strings.unicode_decode(
            texts, "UTF-8", errors="replace", replacement_char=_REPLACEMENT
        )
        symbols, rows, starts = self._words(
            code_points.values, code_points.value_rowids()
        )
        ids = self._pieces(symbols, starts)
        kept = tf.where(ids >= 0)[:, 0]
        return tf.RaggedTensor.from_value_rowids(
            tf.gather(ids, kept),
            tf.gather(rows, kept),
            nrows=tf.shape(texts, tf.int64)[0],
            validate=False,
        )

    def _words(
        self, code_points: "tf.Tensor", rows: "tf.Tensor"
    ) -> tuple["tf.Tensor", "tf.Tensor", "tf.Tensor"]:
        """Returns symbol and row of each normal character, and whether a word starts.

        White space is left out.
        """
        import tensorflow as tf

        tables = self._characters
        page = tf.gather(tables.page_of, code_points // PAGE)
        flat = page * PAGE + code_points % PAGE
        sequence = tf.gather(tables.pages.ravel(), flat)
        lengths = tf.gather(tables.lengths, sequence)
        first = tf.gather(tables.starts, sequence)
        # Where the items of a sequence start, less where they are put.
        shift = tf.repeat(first - tf.cumsum(lengths, exclusive=True), lengths)
        items = tf.range(tf.size(shift)) + shift
        rows = tf.repeat(rows, lengths)
        kinds = tf.gather(tables.kinds, items)
        letter = tf.equal(kinds, LETTER)
        follows = letter[1:] & letter[:-1] & tf.equal(rows[1:], rows[:-1])
        starts = ~tf.concat([tf.zeros_like(letter[:1]), follows], 0)
        kept = tf.where(kinds < SPACE)[:, 0]
        symbols = tf.gather(tables.symbols, tf.gather(items, kept))
        return symbols, tf.gather(rows, kept), tf.gather(starts, kept)

    def _pieces(self, symbols: "tf.Tensor", starts: "tf.Tensor") -> "tf.Tensor":
        """Returns at each character the id of the piece that starts there, or -1."""
        import tensorflow as tf

        word_of = tf.cumsum(tf.cast(starts, tf.int32)) - 1
        first = tf.cast(tf.where(starts)[:, 0], tf.int32)  # (words,)
        ends = tf.concat([first[1:], [tf.size(symbols)]], 0)[: tf.size(first)]
        fits = ends - first <= MAX_WORD_CHARS
        end_of = tf.gather(tf.where(fits, ends, first), word_of)
        matches, match_ends = self._longest(symbols, starts, end_of)
        ids = _reached(matches, match_ends, first, end_of)
        # Where a word could not be cut, or was too long, it is unknown as a whole.
        failed = tf.math.unsorted_segment_min(ids, word_of, tf.size(first)) == _FAILED
        unknown = tf.gather(failed, word_of)
        return tf.where(unknown, tf.where(starts, self._unk_id, _NONE), ids)

    def _longest(
        self, symbols: "tf.Tensor", starts: "tf.Tensor", end_of: "tf.Tensor"
    ) -> tuple["tf.Tensor", "tf.Tensor"]:
        """Returns id and end of the longest piece from each character on; or -1."""
        import tensorflow as tf

        trie = self._trie
        keys = tf.constant(trie.keys)

        def step(depth, places, nodes, ids, ends):
            kept = tf.where(places + depth < tf.gather(end_of, places))[:, 0]
            places, nodes = tf.gather(places, kept), tf.gather(nodes, kept)
            symbol = tf.gather(symbols, places + depth)
            key = tf.cast(nodes, tf.int64) * trie.num_symbols
            key += tf.cast(symbol, tf.int64)
            edge = tf.minimum(tf.searchsorted(keys, key), len(trie.keys) - 1)
            kept = tf.where(tf.equal(tf.gather(keys, edge), key))[:, 0]
            places = tf.gather(places, kept)
            nodes = tf.gather(trie.children, tf.gather(edge, kept))
            found = tf.gather(trie.token_ids, nodes)
            whole = tf.where(found >= 0)
            at = tf.gather_nd(places, whole)
            ids = tf.tensor_scatter_nd_update(
                ids, at[:, None], tf.gather_nd(found, whole)
            )
            ends = tf.tensor_scatter_nd_update(ends, at[:, None], at + depth + 1)
            return depth + 1, places, nodes, ids, ends

        places = tf.range(tf.size(symbols))
        none = tf.fill([tf.size(symbols)], _NONE)
        roots = tf.where(starts, START, CONTINUED)
        *_, ids, ends = tf.while_loop(
            lambda _, places, *__: tf.size(places) > 0,
            step,
            (0, places, roots, none, none),
            shape_invariants=(tf.TensorShape([]), *4 * [tf.TensorShape([None])]),
        )
        return ids, ends


_NONE = -1
_FAILED = -2


def _reached(matches, match_ends, first, end_of):
    """Returns the ids of pieces on the way from each word's start to its end.

    -1 is where no piece starts, -2 where none could.
    """
    import tensorflow as tf

    def step(places, ids):
        found = tf.gather(matches, places)
        found = tf.where(found < 0, _FAILED, found)
        ids = tf.tensor_scatter_nd_update(ids, places[:, None], found)
        following = tf.gather(match_ends, places)
        more = (found >= 0) & (following < tf.gather(end_of, places))
        return tf.boolean_mask(following, more), ids

    _, ids = tf.while_loop(
        lambda places, _: tf.size(places) > 0,
        step,
        (first, tf.fill(tf.shape(matches), _NONE)),
        shape_invariants=(tf.TensorShape([None]), tf.TensorShape([None])),
    )
    return ids
