"""Words of messages."""


def count(number: int, noun: str) -> str:
    """Returns a number with its noun, as in `1 row` and `1,476 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
