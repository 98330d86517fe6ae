"""Text to token ids: one function for training, prediction and serving."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import tokenizers
from tokenizers import pre_tokenizers
from tokenizers.models import WordPiece

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.alignment import library_spans
from kerascls.preprocessing.tokenizers.code_points import CodePointTokenizer
from kerascls.preprocessing.tokenizers.text_tokenizer import (
    TextTokenizer,
    checked_texts,
    refuse_options,
)
from kerascls.preprocessing.tokenizers.vocabulary import (
    CLS,
    MASK,
    PAD,
    SEP,
    UNK,
    as_vocab,
    bert_normalizer,
    build_vocab,
    count_words,
    load_vocab,
    without_surrogates,
)

LOOKED_UP_WORDS = 1000  # of a sample's words, for examples of unknown ones

__all__ = ["Tokenizer", "build_vocab", "load_vocab", "sequence_padding"]


class Tokenizer(TextTokenizer):
    """BERT's WordPiece tokenizer, computed by the Rust library `tokenizers`.

    A special token written out in a text ("[SEP]") is text: it never becomes the
    special id. Half a surrogate pair counts as U+FFFD, which is dropped. In all else
    ids equal those of `tokenizers.BertWordPieceTokenizer`. They differ from
    bert4keras 0.11.5's where a text has

    - private-use characters or halves of surrogate pairs: dropped, there [UNK];
    - words of 101 to 200 letters: [UNK], there split;
    - the ideographs U+2B820 to U+2B91F: not split from their neighbours;
    - punctuation, marks and format characters younger than Unicode 8 and the few
      whose kind has changed: not treated as such;
    - with lower-casing, a capital sigma that ends a word: σ, there ς.

    Args:
        vocab: Path of a `vocab.txt`, or its tokens in order, or a dictionary from
            token to id.
        do_lower_case: Whether the checkpoint wants lower-cased text without accents.
        **unsupported: Nothing; bert4keras's other options are refused by name.

    Raises:
        CheckpointError: When the vocabulary cannot be read or lacks a special token.

    Example:
        >>> vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "体", "育"]
        >>> Tokenizer(vocab).encode("体育")
        ([2, 4, 5, 3], [0, 0, 0, 0])
    """

    file_name: ClassVar[str] = "vocab.txt"
    kind, unk_token = "WordPiece", UNK

    def __init__(
        self,
        vocab: str | Path | Sequence[str] | Mapping[str, int],
        do_lower_case: bool = False,
        **unsupported: Any,
    ) -> None:
        refuse_options("Tokenizer", "vocab, do_lower_case", unsupported)
        self.vocab = as_vocab(vocab)
        self.do_lower_case = bool(do_lower_case)
        self.vocab_size = max(self.vocab.values()) + 1
        self.pad_id, self.unk_id = self.vocab[PAD], self.vocab[UNK]
        self.cls_id, self.sep_id = self.vocab[CLS], self.vocab[SEP]
        self.mask_id = self.vocab.get(MASK)
        model = WordPiece(self.vocab, unk_token=UNK, max_input_chars_per_word=100)
        self._rust = tokenizers.Tokenizer(model)
        self._rust.normalizer = bert_normalizer(self.do_lower_case)
        self._rust.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        self._rust.encode_special_tokens = True
        self._by_code_points = CodePointTokenizer(self._ids_of, self.vocab, self.unk_id)

    @classmethod
    def open(cls, path: str | Path, do_lower_case: bool = False) -> Self:
        """Returns the tokenizer that `save` wrote, see `TextTokenizer`."""
        return cls(path, do_lower_case)

    def encode_flat(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns the ids of all texts one after another, without special tokens.

        Characters and words met before are looked up, so a tokenizer becomes faster
        with the text it has seen (`kerascls.preprocessing.tokenizers.code_points`).

        Returns:
            `(ids, lengths)`: int32 `(tokens,)`, and how many ids each text has, int64
            `(texts,)`.
        """
        texts = checked_texts(texts)
        try:
            return self._by_code_points.encode_flat(texts)
        except UnicodeEncodeError:
            texts = [without_surrogates(text) for text in texts]
            return self._by_code_points.encode_flat(texts)

    def spans(self, text: str) -> np.ndarray:
        """Returns where in a text its tokens are, see `TextTokenizer`."""
        return library_spans(self._rust, text)

    def token(self, token_id: int) -> str:
        """Returns what a token is called."""
        return str(self._rust.id_to_token(token_id))

    def unknown_words(self, texts: Iterable[str]) -> Counter[str]:
        """Returns words that are unknown, of the most frequent ones."""
        counts = count_words(texts, self.do_lower_case)
        words = [word for word, _ in counts.most_common(LOOKED_UP_WORDS)]
        ids = self.encode_ids(words)
        return Counter(
            {
                word: counts[word]
                for word, row in zip(words, ids, strict=True)
                if row.tolist() == [self.unk_id]
            }
        )

    def needed(self, used: np.ndarray) -> np.ndarray:
        """Returns which tokens must stay, see `TextTokenizer`.

        These are the special tokens, and of every character that a longer token has,
        the two pieces of that character alone, "a" and "##a". WordPiece takes the
        longest piece it knows.
        """
        special = {PAD, UNK, CLS, SEP, MASK}
        bodies = [token.removeprefix("##") for token in self.vocab.keys() - special]
        characters = {char for body in bodies if len(body) > 1 for char in body}
        names = special | characters | {f"##{char}" for char in characters}
        needed = np.zeros(len(used), bool)
        needed[[self.vocab[name] for name in names & self.vocab.keys()]] = True
        return needed

    def pruned(self, keep_tokens: Sequence[int]) -> "Tokenizer":
        """Returns a tokenizer of these tokens alone; their places are the new ids."""
        tokens = {token_id: token for token, token_id in self.vocab.items()}
        vocab = {
            tokens[old]: new for new, old in enumerate(keep_tokens) if old in tokens
        }
        return Tokenizer(vocab, do_lower_case=self.do_lower_case)

    def identity(self) -> bytes:
        """Returns all tokens and their ids."""
        return json.dumps(sorted(self.vocab.items())).encode()

    def save(self, path: str | Path) -> None:
        """Writes `vocab.txt`; an id that no token has becomes an empty line."""
        lines = [""] * self.vocab_size
        for token, token_id in self.vocab.items():
            lines[token_id] = token
        Path(path).write_text("\n".join(lines) + "\n", "utf-8", newline="\n")

    def _ids_of(self, texts: list[str]) -> list[list[int]]:
        return [row.ids for row in self._encodings(texts)]

    def _encodings(self, texts: Sequence[str]) -> list[tokenizers.Encoding]:
        texts = checked_texts(texts)
        try:
            return self._rust.encode_batch_fast(texts, add_special_tokens=False)
        except TypeError:  # what half a surrogate pair causes
            texts = [without_surrogates(text) for text in texts]
            return self._rust.encode_batch_fast(texts, add_special_tokens=False)


def sequence_padding(
    inputs: Sequence[Any],
    length: int | Sequence[int] | None = None,
    value: float = 0,
    seq_dims: int = 1,
    mode: str = "post",
) -> np.ndarray:
    """Returns sequences cut or padded to one length, as bert4keras does.

    Args:
        inputs: Lists or arrays.
        length: The length, or one for each of `seq_dims`; by default the longest.
        value: What to pad with.
        seq_dims: How many leading dimensions are padded.
        mode: `"post"` pads behind, `"pre"` in front. Cutting is always behind.
    """
    if mode not in ("post", "pre"):
        raise SettingsError(
            f"Expected mode 'post' or 'pre'. Received: mode={mode!r}. Choose one."
        )
    arrays = [np.asarray(row) for row in inputs]
    if length is None:
        length = np.max([array.shape[:seq_dims] for array in arrays], axis=0)
    lengths = [int(n) for n in np.atleast_1d(length)[:seq_dims]]
    padded = []
    for array in arrays:
        array = array[tuple(slice(n) for n in lengths)]
        gaps = [n - have for n, have in zip(lengths, array.shape, strict=False)]
        width = [(0, gap) if mode == "post" else (gap, 0) for gap in gaps]
        width += [(0, 0)] * (array.ndim - seq_dims)
        padded.append(np.pad(array, width, constant_values=value))
    return np.array(padded)
