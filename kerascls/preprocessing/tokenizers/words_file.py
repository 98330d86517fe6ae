"""The file of a `WordTokenizer`: its form, and what has cut its words."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kerascls.errors import CheckpointError, MissingPackageError
from kerascls.preprocessing.tokenizers.units import UNITS
from kerascls.system.extras import require
from kerascls.system.words import count

FORMAT_VERSION = 1


def read_content(path: str | Path) -> dict[str, Any]:
    """Returns what stands in a `words.json`.

    Raises:
        CheckpointError: When it is damaged or of another version.
    """
    try:
        content = json.loads(Path(path).read_text("utf-8"))
    except ValueError:
        content = None  # which has no form
    wrong = _what_is_wrong(content)
    if wrong is not None:
        raise CheckpointError(
            f"Expected words as kerascls writes them (version {FORMAT_VERSION}). "
            f"Received: {path}, where {wrong}. Copy it again from where it was made, "
            f"or read it with the version of kerascls that wrote it."
        )
    return dict(content)


def segmenter_of(
    units: str, stated: Mapping[str, Any] | None, source: str
) -> dict[str, Any] | None:
    """Returns package, version and dictionary that cut texts; None for no package.

    Args:
        units: A name in `UNITS`.
        stated: Those that the words were cut with; None for any version.
        source: Where the words came from, for messages.

    Raises:
        MissingPackageError: When the package is not there, or of another version.
    """
    unit = UNITS[units]
    if unit.package is None:
        return None
    wanted = None if stated is None else stated["version"]
    exactly = f'pip install "{unit.package}=={wanted}" brings what cut {source}.'
    require(f"units={units}", unit.package, otherwise=exactly if wanted else "")
    found = version(unit.package)
    if wanted not in (None, found):
        raise MissingPackageError(
            f"Expected {unit.package} {wanted}, which cut the words of {source}; "
            f"another version may cut texts otherwise. Received: {unit.package} "
            f'{found}. Install that one with pip install "{unit.package}=={wanted}", '
            f"or train again with this."
        )
    return {
        "package": unit.package,
        "version": found,
        "dictionary": unit.dictionary,
    }


def require_words(words: Sequence[str], source: str) -> None:
    """Raises a CheckpointError where a word is there twice, is empty or is no text."""
    try:
        "".join(words).encode()
        repeated = len(words) - len({*words})
        wrong = f"{repeated} of them twice" if repeated else ""
        wrong = wrong if all(words) else "one of them empty"
    except (TypeError, UnicodeEncodeError) as error:
        wrong = f"one of which is no text ({error})"
    if wrong:
        raise CheckpointError(
            f"Expected words that are text, each once. Received: {source} with "
            f"{count(len(words), 'word')}, {wrong}. Copy it again from where it was "
            f"made."
        )


def _what_is_wrong(content: Any) -> str | None:
    if not isinstance(content, dict):
        return "no object is"
    if content.get("format_version") != FORMAT_VERSION:
        return f"format_version={content.get('format_version')!r:.40}"
    if not isinstance(units := content.get("units"), str) or units not in UNITS:
        return f"units={units!r:.40}"
    words = content.get("words")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return "`words` are no list of texts"
    segmenter = content.get("segmenter", "")
    if (package := UNITS[units].package) is None:
        return None if segmenter is None else f"segmenter={segmenter!r:.40}"
    stated = segmenter if isinstance(segmenter, dict) else {}
    if stated.get("package") != package or not isinstance(stated.get("version"), str):
        return f"`segmenter` does not say which version of {package} cut the words"
    return None
