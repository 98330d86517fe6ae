"""How many rows of each class are asked for: each stated, or a profile of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from typing import Any, Self, cast

import numpy as np

from kerascls.data.profiles import PROFILES, profile_counts
from kerascls.errors import SettingsError
from kerascls.system.tables import known_name

SHOWN_CLASSES = 5


@dataclass(frozen=True, kw_only=True)
class ClassSizes:
    """Rows of each class, as far as they are known before any data are read.

    Args:
        counts: Rows of each class, in the order of their names by code point.
        profile: In place of counts, of `PROFILES`.
        ratio: Of the profile: rows of the largest class for one of the smallest.
        largest: Of the profile: rows of the first class; None for as many as the
            rarest class of the data has.
    """

    counts: tuple[int, ...] | None
    profile: str | None
    ratio: float | None
    largest: int | None

    @classmethod
    def stated(cls, counts: Any, profile: Any, ratio: Any, largest: Any) -> Self:
        """Returns what was asked for, once it has a meaning.

        Raises:
            SettingsError: When it has none, whatever the data are.
        """
        received = (
            f"Received: counts={counts!r:.200}, profile={profile!r}, ratio={ratio!r}, "
            f"largest={largest!r}"
        )
        if (counts is None) == (profile is None):
            raise SettingsError(
                f"Expected the rows of each class, or a profile of them. {received}. "
                f"Give either `--counts` or `--profile`."
            )
        if counts is not None:
            if ratio is not None or largest is not None:
                raise SettingsError(
                    f"Expected `--ratio` and `--largest` with a profile, and not with "
                    f"counts, which say all. {received}. Leave them out."
                )
            whole = _whole_counts(counts)
            return cls(counts=whole, profile=None, ratio=None, largest=None)
        known_name(PROFILES, profile, "profile")
        if ratio is None:
            raise SettingsError(
                f"Expected a ratio of the largest class to the smallest. {received}. "
                f"Give it, as in `--ratio 100`."
            )
        if not _is_number(ratio) or ratio < 1 or not isfinite(ratio):
            raise SettingsError(
                f"Expected a ratio from 1 on, of the largest class to the smallest. "
                f"{received}. Choose another `--ratio`."
            )
        if largest is not None:
            largest = whole_number(largest, "largest", 1)
        ratio = float(ratio)
        return cls(counts=None, profile=profile, ratio=ratio, largest=largest)

    def of(self, available: Mapping[str, int]) -> dict[str, int]:
        """Returns the rows of each class to draw.

        Args:
            available: The rows that there are of each, in the order of their names.

        Raises:
            SettingsError: When these are other classes, or one has too few rows.
        """
        counts = self.counts
        if counts is None:
            counts = self._of_profile(available)
        if len(counts) != len(available):
            raise SettingsError(
                f"Expected a count for each of {len(available)} classes, in this "
                f"order: {', '.join(available)}. Received: counts={list(counts)}. Give "
                f"one for each."
            )
        wanted = dict(zip(available, counts, strict=True))
        _check_enough(wanted, available)
        return wanted

    def _of_profile(self, available: Mapping[str, int]) -> tuple[int, ...]:
        if len(available) < 2:
            raise SettingsError(
                f"Expected two or more classes. Received: {', '.join(available)} "
                f"alone. Take other data."
            )
        largest = self.largest
        if largest is None:
            largest = min(available.values())
        profile, ratio = cast("str", self.profile), cast("float", self.ratio)
        return tuple(profile_counts(profile, len(available), largest, ratio))


def whole_number(value: Any, name: str, least: int) -> int:
    """Returns a whole number, of whatever type it is.

    Raises:
        SettingsError: When it is none, or below `least`.
    """
    if not _is_number(value) or value != value // 1 or value < least:
        raise SettingsError(
            f"Expected a whole number from {least} on. Received: {name}={value!r}. "
            f"Choose another."
        )
    return int(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _whole_counts(counts: Any) -> tuple[int, ...]:
    """Returns counts that stand in an order.

    Raises:
        SettingsError: When they are none: of a set or a dict the order is another.
    """
    values: list[Any] = [None]
    if isinstance(counts, np.ndarray) and counts.ndim == 1:
        values = counts.tolist()
    elif isinstance(counts, Sequence) and not isinstance(counts, str | bytes):
        values = [*counts]
    if not all(_is_number(one) and one >= 1 and one == one // 1 for one in values):
        raise SettingsError(
            f"Expected a list of whole numbers from 1 on, the rows of each class in "
            f"the order of their names by code point. Received: "
            f"counts={counts!r:.200}. Give such a list, as in `--counts 5000,400,30`."
        )
    return tuple(map(int, values))


def _check_enough(wanted: Mapping[str, int], available: Mapping[str, int]) -> None:
    short = [name for name, rows in wanted.items() if rows > available[name]]
    if short:
        shown = ", ".join(
            f"{wanted[name]:,} of {name!r}, which has {available[name]:,}"
            for name in short[:SHOWN_CLASSES]
        )
        more = f" and {len(short) - SHOWN_CLASSES} more" * (len(short) > SHOWN_CLASSES)
        raise SettingsError(
            f"Expected no more rows of a class than there are. Received: {shown}"
            f"{more}. Ask for fewer; {min(available.values()):,} can be had of each."
        )
