"""Reports in other languages than English, whose words stand in the code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from kerascls.settings.training import LANGUAGES
from kerascls.system.tables import known_name


@dataclass(frozen=True)
class Language:
    """What is said in a language.

    Called with English words, and values for what stands in their braces, it returns
    the same in its own words.

    Args:
        code: As in HTML's `lang`.
        words: English words -> those of the language; empty for English.

    Example:
        >>> language_of("zh")("{n} rows", n=3)
        '3 条'
    """

    code: str
    words: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, english: str, **values: object) -> str:
        """Returns the words with the values in them, which are taken as they are."""
        return self.words.get(english, english).format(**values)


ENGLISH = Language("en")


def language_of(code: str) -> Language:
    """Returns the language of a code; its words are `languages/CODE.json`.

    Raises:
        SettingsError: When `LANGUAGES` has no such code.
    """
    if known_name(LANGUAGES, code, "language") == ENGLISH.code:
        return ENGLISH
    path = files("kerascls.evaluation.reports") / "languages" / f"{code}.json"
    return Language(code, json.loads(path.read_text("utf-8")))
