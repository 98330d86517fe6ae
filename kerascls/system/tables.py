"""Closed lists are tables by name: finding a name, and what a row refers to."""

from collections.abc import Collection
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from kerascls.errors import SettingsError


def known_name(table: Collection[str], name: Any, argument: str) -> str:
    """Returns a name of a table; `argument` is what the message calls it.

    Raises:
        SettingsError: When there is no such name; it lists all, and the nearest.
    """
    if isinstance(name, str) and name in table:
        return name
    nearest = get_close_matches(str(name), table, n=1)
    advice = f"Did you mean {nearest[0]!r}?" if nearest else "Choose one of them."
    raise SettingsError(
        f"Expected `{argument}` to be one of {', '.join(table)}. "
        f"Received: {argument}={name!r}. {advice}"
    )


def named(reference: str) -> Any:
    """Returns what `"module:name"` refers to; imports the module only now."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)
