"""The colours of classes, the same on the page and in all pictures."""

from collections.abc import Sequence

# As `--s0` to `--s7` in html/page.css, where dark pages have lighter ones.
TONES = (
    *("#2563eb", "#d9480f", "#2b8a3e", "#9c36b5"),
    *("#0c8599", "#c2255c", "#8d6e00", "#495057"),
)


def tones(places: Sequence[int]) -> list[int]:
    """Returns the number of a colour for each class that is drawn together.

    A class has that of its place among all labels, unless one before it has: then the
    next that is free. `tones` in html/charts.js does the same.

    Args:
        places: Where each class stands among all labels.

    Example:
        >>> tones([0, 3, 8])
        [0, 3, 1]
    """
    chosen: list[int] = []
    for place in places:
        tone = place % len(TONES)
        while tone in chosen[: len(TONES) - 1]:
            tone = (tone + 1) % len(TONES)
        chosen.append(tone)
    return chosen


def colours(places: Sequence[int]) -> list[str]:
    """Returns the colours of classes that are drawn together; see `tones`."""
    return [TONES[tone] for tone in tones(places)]
