"""Texts to ids of whole words or characters, with a vocabulary of the training text."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from kerascls.data.ideographs import IDEOGRAPHIC_SHARE, IDEOGRAPHS
from kerascls.errors import DataError, SettingsError
from kerascls.preprocessing.tokenizers.alignment import word_spans
from kerascls.preprocessing.tokenizers.text_tokenizer import (
    TextTokenizer,
    checked_texts,
)
from kerascls.preprocessing.tokenizers.units import UNITS
from kerascls.preprocessing.tokenizers.vocabulary import CLS, PAD, SEP, UNK
from kerascls.preprocessing.tokenizers.word_splitting import traced
from kerascls.preprocessing.tokenizers.words_file import (
    FORMAT_VERSION,
    read_content,
    require_words,
    segmenter_of,
)
from kerascls.system.tables import known_name, named
from kerascls.system.words import count

__all__ = ["UNITS", "WordTokenizer", "build_word_tokenizer"]

SPECIAL = (PAD, UNK, CLS, SEP)
SENTENCE_ENDS = tuple("。！？；!?;….")
TEXTS_AT_ONCE = 4096
# Cut Chinese has words of two characters or so, many of which come again.
LONG_WORD_CHARS, DIFFERENT_SHARE = 4, 0.25


class WordTokenizer(TextTokenizer):
    """Looks whole words up; what is a word, a row of `UNITS` says.

    Texts are in lower case and keep their accents
    (`kerascls.preprocessing.tokenizers.word_splitting`). A word that is not in the
    vocabulary is `[UNK]`, never padding. A special token written out in a text is
    text. Which characters are letters, Python's Unicode tables say: with those of
    another Python a character that was new in one of them may be cut otherwise.

    Args:
        words: The words with the ids from 4 on, behind [PAD], [UNK], [CLS] and [SEP].
        units: A name in `UNITS`.
        segmenter: Package, version and dictionary that cut the words, where the units
            have a package; by default those that are installed.
        source: Where the words came from, for messages.

    Raises:
        CheckpointError: When a word is there twice, is empty or is no text.
        MissingPackageError: When the package, or this version of it, is not installed.
        SettingsError: When there are no such units.

    Example:
        >>> WordTokenizer(["体", "育", "nba"]).encode("NBA体育")
        ([2, 6, 4, 5, 3], [0, 0, 0, 0, 0])
    """

    file_name: ClassVar[str] = "words.json"
    kind, unk_token, do_lower_case = "WordLevel", UNK, True
    pad_id, unk_id, cls_id, sep_id = range(len(SPECIAL))

    def __init__(
        self,
        words: Sequence[str],
        units: str = "auto",
        *,
        segmenter: Mapping[str, Any] | None = None,
        source: str = "words",
    ) -> None:
        self.units = known_name(UNITS, units, "units")
        self.words = tuple(words)
        require_words(self.words, source)
        self.segmenter = segmenter_of(units, segmenter, source)
        self.vocab_size = len(SPECIAL) + len(self.words)
        self.unknown_question = (
            f"are they rare in the training text, or cut and written otherwise there "
            f"(units={units})?"
        )
        self._ids = {
            word: number for number, word in enumerate(self.words, len(SPECIAL))
        }
        self.sentence_end_ids = tuple(
            number for word, number in self._ids.items() if word[-1] in SENTENCE_ENDS
        )
        self._split = named(UNITS[units].splitter)

    @classmethod
    def open(cls, path: str | Path, do_lower_case: bool = True) -> Self:
        """Returns the tokenizer that `save` wrote; it always lower-cases.

        Raises:
            CheckpointError: When the file is damaged, or of another version.
            MissingPackageError: When what cut its words is not installed.
        """
        content = read_content(path)
        segmenter = content["segmenter"]
        return cls(
            content["words"], content["units"], segmenter=segmenter, source=str(path)
        )

    def encode_flat(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns the ids of all texts one after another, see `TextTokenizer`."""
        rows = [self.split(text) for text in checked_texts(texts)]
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        found = map(self._ids.get, chain.from_iterable(rows), repeat(self.unk_id))
        return np.fromiter(found, np.int32, int(lengths.sum())), lengths

    def split(self, text: str) -> list[str]:
        """Returns the words of a text, known or not."""
        return self._split(text)

    def spans(self, text: str) -> np.ndarray:
        """Returns where in a text its tokens are, see `TextTokenizer`."""
        return word_spans(traced(text), self.split(text))

    def token(self, token_id: int) -> str:
        """Returns what a token is called."""
        return (
            SPECIAL[token_id]
            if token_id < len(SPECIAL)
            else self.words[token_id - len(SPECIAL)]
        )

    def unknown_words(self, texts: Iterable[str]) -> Counter[str]:
        """Returns what of these texts is unknown, and how often each occurs."""
        words = chain.from_iterable(map(self.split, texts))
        return Counter(word for word in words if word not in self._ids)

    def needed(self, used: np.ndarray) -> np.ndarray:
        """Returns which tokens must stay: the special ones.

        No word is spelled in others; one whose token goes becomes unknown.
        """
        return np.arange(len(used)) < len(SPECIAL)

    def pruned(self, keep_tokens: Sequence[int]) -> "WordTokenizer":
        """Returns a tokenizer of these tokens alone; their places are the new ids.

        Raises:
            SettingsError: When the special tokens do not stay in front.
        """
        first = list(keep_tokens[: len(SPECIAL)])
        if first != [*range(len(SPECIAL))]:
            raise SettingsError(
                f"Expected the special tokens, ids 0 to {len(SPECIAL) - 1}, before "
                f"others to keep. Received: keep_tokens={first}, ... Sort them, and "
                f"add those that are missing."
            )
        words = [self.token(token_id) for token_id in keep_tokens[len(SPECIAL) :]]
        return WordTokenizer(words, self.units, segmenter=self.segmenter)

    def identity(self) -> bytes:
        """Returns a hash of the file and of what is a letter."""
        content = f"{unicodedata.unidata_version} {self._text()}"
        return hashlib.sha256(content.encode()).digest()

    def save(self, path: str | Path) -> None:
        """Writes `words.json`."""
        Path(path).write_text(self._text(), "utf-8", newline="\n")

    def _text(self) -> str:
        content = {
            "format_version": FORMAT_VERSION,
            "units": self.units,
            "segmenter": self.segmenter,
            "words": self.words,
        }
        return json.dumps(content, ensure_ascii=False)


def build_word_tokenizer(
    texts: Iterable[str],
    units: str = "auto",
    *,
    min_count: int = 2,
    max_size: int = 200_000,
) -> WordTokenizer:
    """Returns a tokenizer of the words in texts; the same for the same texts.

    Frequent words come first, equally frequent ones in the order of their code points.

    Args:
        texts: The training text.
        units: What is a word, a name in `UNITS`.
        min_count: How often a word must occur.
        max_size: Most tokens, special ones included; the rarest words give way.

    Raises:
        DataError: When there is no such word, or the units rely on text that is cut
            into words and this is not.
        MissingPackageError: When the units need a package that is not installed.
        SettingsError: When there are no such units, or a number is too small.
    """
    least = {"min_count": (min_count, 1), "max_size": (max_size, len(SPECIAL) + 1)}
    for name, (value, smallest) in least.items():
        if type(value) is not int or value < smallest:
            raise SettingsError(
                f"Expected {name} to be a whole number from {smallest} on. Received: "
                f"{name}={value!r}. Give one."
            )
    empty = WordTokenizer((), units)
    counts: Counter[str] = Counter()
    for some in _pieces(texts):
        counts.update(chain.from_iterable(map(empty.split, some)))
    if UNITS[units].is_cut:
        _refuse_uncut(counts, units)
    known = [word for word, times in counts.items() if times >= min_count]
    if not known:
        raise DataError(
            f"Expected words that occur {min_count} times or more in the training "
            f"text. Received: {count(len(counts), 'word')} (units={units}), each "
            f"rarer. Give more text, or a smaller min_count."
        )
    known.sort(key=lambda word: (-counts[word], word))
    words = known[: max_size - len(SPECIAL)]
    return WordTokenizer(words, units, segmenter=empty.segmenter)


def _pieces(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(checked_texts(texts) if isinstance(texts, str) else texts)
    while some := list(islice(remaining, TEXTS_AT_ONCE)):
        yield checked_texts(some)


def _refuse_uncut(counts: Mapping[str, int], units: str) -> None:
    """Refuses Chinese that nobody has cut: its "words" are sentences."""
    found = {word: n for word, n in counts.items() if IDEOGRAPHS.search(word)}
    total = sum(found.values())
    if total < max(1, IDEOGRAPHIC_SHARE * sum(counts.values())):
        return
    chars = sum(len(word) * times for word, times in found.items()) / total
    if chars > LONG_WORD_CHARS and len(found) > DIFFERENT_SHARE * total:
        raise DataError(
            f"Expected text that is cut into words by blanks for units={units}. "
            f"Received: Chinese or Japanese with {chars:.0f} characters between blanks "
            f"on average, {len(found):,} different ones among {total:,}, such as "
            f"{next(iter(found))!r:.40}: in other texts nearly all would be unknown. "
            f"Cut it before, or take --set model.units=auto, characters or jieba, "
            f"which cut it."
        )
