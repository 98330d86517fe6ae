"""Objects of JSON that somebody has written."""

from typing import Any


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Makes an object of its keys and values; an `object_pairs_hook` of `json`.

    Raises:
        ValueError: When a key is there twice with different values, of which `json`
            would take the last without a word.

    Example:
        >>> json.loads('{"epochs": 3, "epochs": 5}', object_pairs_hook=without_repeats)
        Traceback (most recent call last):
        ValueError: "epochs" is there twice, as 3 and as 5
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen and seen[key] != value:
                raise ValueError(
                    f'"{key}" is there twice, as {seen[key]!r:.40} and as {value!r:.40}'
                )
            seen[key] = value
    return found
