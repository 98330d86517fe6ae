"""How many rows each class has in skewed data, as studies of imbalance make them."""

from collections.abc import Callable

from kerascls.errors import SettingsError
from kerascls.system.tables import known_name


def _long_tail(place: int, num_classes: int, ratio: float) -> float:
    return ratio ** (-place / (num_classes - 1))


def _step(place: int, num_classes: int, ratio: float) -> float:
    return 1.0 if 2 * place < num_classes else 1 / ratio


# Each returns, from a class's place, the number of classes and the ratio, the rows of
# the class as a share of those of the first.
PROFILES: dict[str, Callable[[int, int, float], float]] = {
    "long_tail": _long_tail,
    "step": _step,
}


def profile_counts(
    profile: str, num_classes: int, largest: int, ratio: float
) -> list[int]:
    """Returns the rows of each class, the largest first.

    Args:
        profile: Of `PROFILES`: in `"long_tail"` the class at place k of K has
            `largest * ratio ** (-k / (K - 1))` rows, rounded (Cui et al. 2019); in
            `"step"` the first half of the classes, with the middle one of an odd
            number, have `largest`, the others `largest / ratio`, rounded (Buda et al.
            2018).
        num_classes: Two or more.
        largest: Rows of the first class.
        ratio: How many rows the largest class has for one of the smallest.

    Raises:
        SettingsError: When there is no such profile, or a class would have no row.

    Example:
        >>> profile_counts("long_tail", 3, 100, 25)
        [100, 20, 4]

    References:
        Buda et al., A systematic study of the class imbalance problem in
        convolutional neural networks (2018); Cui et al., Class-balanced loss based on
        effective number of samples (2019).
    """
    share_of = PROFILES[known_name(PROFILES, profile, "profile")]
    if not 1 <= ratio <= largest:
        raise SettingsError(
            f"Expected a ratio from 1 to the rows of the largest class, {largest:,}, "
            f"so that each class keeps a row. Received: ratio={ratio:g}. Choose "
            f"another `--ratio`."
        )
    shares = (share_of(place, num_classes, ratio) for place in range(num_classes))
    return [max(1, round(largest * share)) for share in shares]
