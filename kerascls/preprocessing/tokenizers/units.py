"""What a token is for models of words."""

from dataclasses import dataclass

_SPLITTERS = "kerascls.preprocessing.tokenizers.word_splitting"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One way to cut texts into words.

    Args:
        meaning: What it does, for help texts.
        splitter: `module:function` from a text to its words, clean.
        package: What is imported for it, out of `EXTRAS`; None for nothing. It cuts
            otherwise in another version, so a tokenizer keeps to one.
        dictionary: Which words that package knows.
        is_cut: Whether it relies on texts that somebody has cut into words.
    """

    meaning: str
    splitter: str
    package: str | None = None
    dictionary: str | None = None
    is_cut: bool = False


UNITS = {
    "auto": Unit(
        meaning="ideographs and marks stand alone, other letters and digits in words",
        splitter=f"{_SPLITTERS}:auto_words",
    ),
    "words": Unit(
        meaning="what white space separates, for text that is cut into words already",
        splitter=f"{_SPLITTERS}:blank_words",
        is_cut=True,
    ),
    "characters": Unit(
        meaning="every character but white space",
        splitter=f"{_SPLITTERS}:characters",
    ),
    "jieba": Unit(
        meaning="Chinese words as rjieba cuts them, with jieba's dictionary",
        splitter=f"{_SPLITTERS}:jieba_words",
        package="rjieba",
        dictionary="jieba's dict.txt as the package has it; new words by its HMM",
    ),
}
