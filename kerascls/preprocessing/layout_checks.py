"""Whether a layout of sequences has a meaning, and room for what is laid out."""

from kerascls.errors import SettingsError


def input_rank(max_windows: int) -> int:
    """Returns the axes of a batch: 3 with windows, else 2."""
    return 3 if max_windows > 1 else 2


def check_windows(max_windows: int, window_overlap: int, max_tokens: int) -> None:
    """Checks that each window reads on from the one before.

    Raises:
        SettingsError: When it does not, or there is no window.
    """
    if max_windows < 1:
        raise SettingsError(
            f"Expected a window or more. Received: max_windows={max_windows!r}. Give "
            f"1, which is without windows, or how many a text may have."
        )
    most = max_tokens - 3  # [CLS], [SEP] and a new token
    if max_windows > 1 and not 0 <= window_overlap <= most:
        raise SettingsError(
            f"Expected windows with at least one token that the one before has not: an "
            f"overlap from 0 to {most} with max_tokens={max_tokens}. Received: "
            f"window_overlap={window_overlap!r}. Give fewer, or more --max-tokens."
        )


def num_special(num_fields: int, separators: int = 1) -> int:
    """Returns how many special tokens a sequence of so many text fields has."""
    return 2 + (num_fields - 1) * separators


def check_room(
    num_fields: int,
    max_tokens: int,
    pair: bool,
    separators: int = 1,
    max_windows: int = 1,
) -> None:
    """Checks that a sequence has room for its text fields, and a pair two of them.

    Raises:
        SettingsError: When it has not, or windows meet several fields.
    """
    if max_windows > 1 and num_fields > 1:
        raise SettingsError(
            f"Expected one text column for windows, which slide over one text. "
            f"Received: max_windows={max_windows!r} for {num_fields} text columns. "
            f"Join them into one column, name one, or leave --max-windows out."
        )
    if pair and num_fields < 2:
        raise SettingsError(
            f"A pair needs two text fields or more. Received: {num_fields} text "
            f"field, pair=True. Name both columns, or leave `pair` out."
        )
    least = num_fields + num_special(num_fields, separators)
    if max_tokens < least:
        raise SettingsError(
            f"Expected room for a token of each text field and the special tokens. "
            f"Received: max_tokens={max_tokens!r} for {num_fields} text field(s). "
            f"Give at least {least}."
        )


def at_least(name: str, wanted: int | None, needed: int) -> int:
    """Returns the size that is wanted, by default the one that is needed.

    Raises:
        SettingsError: When less is wanted than needed.
    """
    if wanted is not None and wanted < needed:
        raise SettingsError(
            f"Expected room for {needed}. Received: {name}={wanted!r}. Give at least "
            f"{needed}."
        )
    return int(needed if wanted is None else wanted)
