"""What every tokenizer does: texts to ids, and which of them are special."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from kerascls.data.ragged import offsets_of
from kerascls.errors import SettingsError


class TextTokenizer(ABC):
    """Texts to token ids; a special token written out in a text is text.

    Attributes:
        file_name: What its file is called in a bundle.
        kind: What its model is called, such as `"WordPiece"`.
        do_lower_case: Whether it lower-cases texts.
        vocab_size: The largest id and one.
        cls_id, sep_id, pad_id: Ids of the special tokens before, behind and in place of
            texts.
        unk_id: The id of what it does not know; -1 where it knows all.
        unk_token: What the token of `unk_id` is called.
        mask_id: The id of what its encoder was trained to see in place of a token;
            None where there is none.
        unknown_question: What to ask oneself where much is unknown.
        separators: How many tokens `sep_id` stand between two texts.
        has_segments: Whether the second of two texts is segment 1.
    """

    file_name: ClassVar[str]
    kind: str
    do_lower_case: bool
    vocab_size: int
    cls_id: int
    sep_id: int
    pad_id: int
    unk_id: int
    unk_token: str
    mask_id: int | None = None
    unknown_question: str = "is this vocabulary for this language?"
    separators: int = 1
    has_segments: bool = True

    @classmethod
    @abstractmethod
    def open(cls, path: str | Path, do_lower_case: bool = False) -> Self:
        """Returns the tokenizer that `save` wrote.

        Args:
            path: The file.
            do_lower_case: Whether it lower-cases, where its file does not say so.

        Raises:
            CheckpointError: When the file is damaged.
        """

    @abstractmethod
    def encode_flat(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns the ids of all texts one after another, without special tokens.

        Returns:
            `(ids, lengths)`: int32 `(tokens,)`, and how many ids each text has, int64
            `(texts,)`.
        """

    @abstractmethod
    def spans(self, text: str) -> np.ndarray:
        """Returns where in a text the tokens of `encode_flat` are.

        Returns:
            int64 `(tokens, 2)`: the first character of each, and the one behind it.
            Several may have the same, of a character that became several tokens; one
            that stands for no character, as a mark before a word does, may have those
            of a neighbour, or none.
        """

    @abstractmethod
    def token(self, token_id: int) -> str:
        """Returns what a token is called."""

    @abstractmethod
    def unknown_words(self, texts: Iterable[str]) -> Counter[str]:
        """Returns what of these texts is unknown, and how often each occurs."""

    @abstractmethod
    def needed(self, used: np.ndarray) -> np.ndarray:
        """Returns which tokens must stay where those that are used stay.

        With them, a text of which every token is used has the same tokens as before,
        and a word whose token goes is spelled in smaller ones.

        Args:
            used: bool `(vocab_size,)`.

        Returns:
            bool `(vocab_size,)`.
        """

    @abstractmethod
    def pruned(self, keep_tokens: Sequence[int]) -> Self:
        """Returns a tokenizer of these tokens alone; their places are the new ids."""

    @abstractmethod
    def identity(self) -> bytes:
        """Returns what the ids of texts depend on, beside `do_lower_case`."""

    @abstractmethod
    def save(self, path: str | Path) -> None:
        """Writes the file that it can be made from again."""

    def encode_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Returns the ids of each text, whole and without special tokens.

        Returns:
            One int32 `(tokens,)` array per text; all are views of one array.
        """
        ids, lengths = self.encode_flat(texts)
        ends = offsets_of(lengths).tolist()
        return [ids[start:end] for start, end in pairwise(ends)]

    def tokenize(self, text: str) -> list[str]:
        """Returns the tokens of `text` between the special ones.

        bert4keras shows an unknown word as it is; here it is what `unk_id` is called.
        """
        return [self.token(token_id) for token_id in self.encode(text)[0]]

    def encode(
        self,
        first_text: str,
        second_text: str | None = None,
        maxlen: int | None = None,
        **unsupported: Any,
    ) -> tuple[list[int], list[int]]:
        """Returns one text, or a pair of texts, as its model reads it.

        Too long texts lose their last tokens, the longer text first, as in
        bert4keras 0.11.5.

        Args:
            first_text: Segment 0.
            second_text: Segment 1, if any.
            maxlen: Most tokens to return, special tokens included.
            **unsupported: Nothing; bert4keras's other options are refused by name.

        Returns:
            `(token_ids, segment_ids)`: of BERT `[CLS] first [SEP]` or
            `[CLS] first [SEP] second [SEP]`; of RoBERTa `<s> first </s>` or
            `<s> first </s></s> second </s>`, all of segment 0.

        Raises:
            SettingsError: When the special tokens alone are more than `maxlen`.
        """
        refuse_options("encode", "first_text, second_text, maxlen", unsupported)
        texts = [first_text] if second_text is None else [first_text, second_text]
        bodies = [row.tolist() for row in self.encode_ids(texts)]
        if maxlen is not None:
            _truncate(bodies, maxlen, self.separators)
        token_ids, segment_ids = [self.cls_id], [0]
        for index, body in enumerate(bodies):
            is_last = index == len(bodies) - 1
            part = [*body, *[self.sep_id] * (1 if is_last else self.separators)]
            token_ids += part
            segment_ids += [index if self.has_segments else 0] * len(part)
        return token_ids, segment_ids


def checked_texts(texts: Sequence[str]) -> list[str]:
    """Returns a list of texts.

    Raises:
        SettingsError: When it is one text, or something in it is none.
    """
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


def refuse_options(where: str, accepted: str, options: Mapping[str, Any]) -> None:
    """Raises a SettingsError where options were given."""
    if options:
        received = ", ".join(f"{name}={value!r}" for name, value in options.items())
        raise SettingsError(
            f"{where} accepts {accepted}. Received: {received}. Leave out what is not "
            f"among these; there is no equivalent."
        )


def _truncate(bodies: list[list[int]], maxlen: int, separators: int) -> None:
    special = 2 + (len(bodies) - 1) * separators
    if maxlen < special:
        raise SettingsError(
            f"Expected room for the special tokens. Received: maxlen={maxlen!r}. "
            f"Give at least {special}."
        )
    while sum(map(len, bodies)) > maxlen - special:
        max(bodies, key=len).pop()
