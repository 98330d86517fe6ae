"""Text to token ids: one function for training, prediction and serving."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
from tokenizers import pre_tokenizers
from tokenizers.models import WordPiece

from kerascls.data.ragged import offsets_of
from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.code_points import CodePointTokenizer
from kerascls.preprocessing.tokenizers.vocabulary import (
    CLS,
    MASK,
    PAD,
    SEP,
    UNK,
    as_vocab,
    bert_normalizer,
    build_vocab,
    load_vocab,
    without_surrogates,
)

__all__ = ["Tokenizer", "build_vocab", "load_vocab", "sequence_padding"]


class Tokenizer:
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

    def __init__(
        self,
        vocab: str | Path | Sequence[str] | Mapping[str, int],
        do_lower_case: bool = False,
        **unsupported: Any,
    ) -> None:
        _refuse("Tokenizer", "vocab, do_lower_case", unsupported)
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

    def encode_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Returns the ids of each text, whole and without special tokens.

        Returns:
            One int32 `(tokens,)` array per text; all are views of one array.
        """
        ids, lengths = self.encode_flat(texts)
        ends = offsets_of(lengths).tolist()
        return [ids[start:end] for start, end in pairwise(ends)]

    def encode_flat(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns the ids of all texts one after another, without special tokens.

        Characters and words met before are looked up, so a tokenizer becomes faster
        with the text it has seen (`kerascls.preprocessing.tokenizers.code_points`).

        Returns:
            `(ids, lengths)`: int32 `(tokens,)`, and how many ids each text has, int64
            `(texts,)`.
        """
        texts = _checked(texts)
        try:
            return self._by_code_points.encode_flat(texts)
        except UnicodeEncodeError:
            texts = [without_surrogates(text) for text in texts]
            return self._by_code_points.encode_flat(texts)

    def tokenize(self, text: str) -> list[str]:
        """Returns the tokens of `text` between [CLS] and [SEP].

        bert4keras shows an unknown word as it is; here it reads [UNK].
        """
        ids = self._encodings([text])[0].ids
        return [CLS, *(str(self._rust.id_to_token(i)) for i in ids), SEP]

    def encode(
        self,
        first_text: str,
        second_text: str | None = None,
        maxlen: int | None = None,
        **unsupported: Any,
    ) -> tuple[list[int], list[int]]:
        """Returns one text, or a pair of texts, as a BERT model reads it.

        Too long texts lose their last tokens, the longer text first, as in
        bert4keras 0.11.5.

        Args:
            first_text: Segment 0.
            second_text: Segment 1, if any.
            maxlen: Most tokens to return, special tokens included.
            **unsupported: Nothing; bert4keras's other options are refused by name.

        Returns:
            `(token_ids, segment_ids)`: `[CLS] first [SEP]` or
            `[CLS] first [SEP] second [SEP]`.

        Raises:
            SettingsError: When the special tokens alone are more than `maxlen`.
        """
        _refuse("encode", "first_text, second_text, maxlen", unsupported)
        texts = [first_text] if second_text is None else [first_text, second_text]
        bodies = [list(row.ids) for row in self._encodings(texts)]
        if maxlen is not None:
            _truncate(bodies, maxlen)
        token_ids, segment_ids = [self.cls_id], [0]
        for segment, body in enumerate(bodies):
            token_ids += [*body, self.sep_id]
            segment_ids += [segment] * (len(body) + 1)
        return token_ids, segment_ids

    def save(self, path: str | Path) -> None:
        """Writes `vocab.txt`; an id that no token has becomes an empty line."""
        lines = [""] * self.vocab_size
        for token, token_id in self.vocab.items():
            lines[token_id] = token
        Path(path).write_text("\n".join(lines) + "\n", "utf-8", newline="\n")

    def _ids_of(self, texts: list[str]) -> list[list[int]]:
        return [row.ids for row in self._encodings(texts)]

    def _encodings(self, texts: Sequence[str]) -> list[tokenizers.Encoding]:
        texts = _checked(texts)
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


def _checked(texts: Sequence[str]) -> list[str]:
    if isinstance(texts, str):
        raise SettingsError(
            f"Expected a list of texts. Received: texts={texts!r}. Write [text]."
        )
    texts = list(texts)
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise SettingsError(
                f"Every text must be a str. Received: texts[{index}]={text!r}. "
                f"Turn it into one, an absent text into ''."
            )
    return texts


def _refuse(where: str, accepted: str, options: Mapping[str, Any]) -> None:
    if options:
        received = ", ".join(f"{name}={value!r}" for name, value in options.items())
        raise SettingsError(
            f"{where} accepts {accepted}. Received: {received}. Leave out what is not "
            f"among these; there is no equivalent."
        )


def _truncate(bodies: list[list[int]], maxlen: int) -> None:
    room = maxlen - 1 - len(bodies)
    if room < 0:
        raise SettingsError(
            f"Expected room for the special tokens. Received: maxlen={maxlen!r}. "
            f"Give at least {1 + len(bodies)}."
        )
    while sum(map(len, bodies)) > room:
        max(bodies, key=len).pop()
