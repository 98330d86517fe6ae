"""BERT's tokenizer in TensorFlow's core operations: any server can run it."""

from typing import TYPE_CHECKING

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.serving.exporters.saved_model.character_tables import (
    LETTER,
    PAGE,
    SPACE,
    character_tables,
    order_matters,
)
from kerascls.serving.exporters.saved_model.word_pieces import piece_trie, word_pieces

if TYPE_CHECKING:
    import tensorflow as tf

_REPLACEMENT = 0xFFFD  # for bytes that are no UTF-8; the tokenizer drops it


def why_inexpressible(tokenizer: TextTokenizer) -> str | None:
    """Returns why a tokenizer cannot be rebuilt in a graph; None when it can."""
    if not isinstance(tokenizer, Tokenizer):
        return (
            f"Takes token ids, made with the bundle's {tokenizer.file_name}, in place "
            f"of strings: BERT's WordPiece can be rebuilt in TensorFlow's operations, "
            f"{tokenizer.kind} cannot. `kerascls.Predictor` takes strings, also with "
            f"an ONNX export."
        )
    moved = order_matters(set("".join(tokenizer.vocab)), tokenizer.do_lower_case)
    if not moved:
        return None
    return (
        "Takes token ids, made by kerascls.Tokenizer, in place of strings: "
        "TensorFlow's operations cannot put combining marks into canonical order, and "
        f"the vocabulary knows {', '.join(f'U+{ord(mark):04X}' for mark in moved)}."
    )


class StringTokens:
    """Text to token ids in a TensorFlow graph; ids equal those of the tokenizer.

    Every character is looked up in tables made by the Rust tokenizer. Bytes that are
    no UTF-8 are left out, as `bytes.decode("utf-8", "replace")` and the tokenizer
    leave them out.

    Args:
        tokenizer: What to rebuild.

    Raises:
        SettingsError: When it cannot be rebuilt, see `why_inexpressible`.
    """

    def __init__(self, tokenizer: TextTokenizer) -> None:
        reason = why_inexpressible(tokenizer)
        if reason or not isinstance(tokenizer, Tokenizer):
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
        ids = word_pieces(self._trie, self._unk_id, symbols, starts)
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
