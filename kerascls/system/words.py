"""Words of messages."""

import json
import re
import shlex

_FLAGS = ("skip_bad_rows",)


def count(number: int, noun: str) -> str:
    """Returns a number with its noun, as in `1 row` and `1,476 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def as_keywords(message: str) -> str:
    """Returns a message with the options in backticks as Python writes them.

    Example:
        >>> as_keywords("Read it with `--label a --label b`.")
        'Read it with `label=["a", "b"]`.'
    """
    # Some stand beside the keyword already.
    options = re.compile(r"`(--[^`]+)`( \(\w+=[^)]*\))?")
    return options.sub(lambda found: f"`{_keywords(found[1])}`", message)


def _keywords(options: str) -> str:
    values_of: dict[str, list[str]] = {}
    try:
        words = shlex.split(options)
    except ValueError:  # something else that somebody wrote so
        return options
    for word in words:
        if word.startswith("--"):
            values = values_of.setdefault(word[2:].replace("-", "_"), [])
        else:
            values.append(word)
    return ", ".join(f"{name}={_value(name, of)}" for name, of in values_of.items())


def _value(name: str, values: list[str]) -> str:
    if not values:
        return "True" if name in _FLAGS else "..."
    shown = [json.dumps(value, ensure_ascii=False) for value in values]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"
