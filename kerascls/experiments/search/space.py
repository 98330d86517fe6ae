"""What a search varies: a few settings around the values a preset starts from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kerascls.errors import SettingsError
from kerascls.models.presets import architecture_of
from kerascls.models.registry import POOLINGS
from kerascls.settings.run_settings import RunSettings, setting_of

RATE_FACTOR = 3
DIGITS = 3


@dataclass(frozen=True)
class LogRange:
    """Numbers from `low` to `high`, each magnitude as likely as the next."""

    low: float
    high: float

    def value_of(self, number: float) -> float:
        """Returns a number as it is used: with three digits."""
        return _rounded(number)

    def __str__(self) -> str:
        return f"{self.low:.{DIGITS}g} to {self.high:.{DIGITS}g}, logarithmic"


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    values: tuple[Any, ...]

    def value_of(self, value: Any) -> Any:
        """Returns a value as it is used: as it is."""
        return value

    def __str__(self) -> str:
        return ", ".join(map(str, self.values))


Space = dict[str, LogRange | Choice]


def search_space(
    start: RunSettings,
    stated: RunSettings,
    *,
    from_scratch: bool = False,
    shared_layers: bool = False,
) -> Space:
    """Returns what is tried, by setting.

    | setting | tried |
    |---|---|
    | `train.learning_rate` | from a third to three times the preset's, logarithmic |
    | `train.batch_size` | half, once and twice the preset's |
    | `train.warmup_share` | 0, 0.1, 0.2 |
    | `train.layer_decay` | 1, 0.9, 0.8; with pretrained layers of their own only |
    | `train.label_smoothing` | 0, 0.05, 0.1 |
    | `model.dropout` | 0, 0.1, 0.2, 0.3 |
    | `model.pooling` | those of `POOLINGS` that are worth trying on such weights |

    A setting that the user stated is left as stated. Left out on purpose: `epochs`
    and `max_tokens`, on which every trial's cost depends and of which more is rarely
    worse; `ema_momentum`, for which proxies are too short; `r_drop` and `fgm`, which
    double the cost.

    Args:
        start: All settings with the preset's values filled in, which are among those
            tried.
        stated: What the user said.
        from_scratch: Whether training starts from random weights.
        shared_layers: Whether all layers have the same weights, as in ALBERT.

    Raises:
        SettingsError: When everything that could be tried was stated.
    """
    rate = setting_of(start, "train.learning_rate")
    rows = setting_of(start, "train.batch_size")
    column = "tried_from_scratch" if from_scratch else "tried_pretrained"
    space: Space = {
        "train.learning_rate": LogRange(
            _rounded(rate / RATE_FACTOR), _rounded(rate * RATE_FACTOR)
        ),
        "train.batch_size": Choice(
            tuple(dict.fromkeys((max(1, rows // 2), rows, rows * 2)))
        ),
        "train.warmup_share": Choice((0.0, 0.1, 0.2)),
        "train.layer_decay": Choice((1.0, 0.9, 0.8)),
        "train.label_smoothing": Choice((0.0, 0.05, 0.1)),
        "model.dropout": Choice((0.0, 0.1, 0.2, 0.3)),
        "model.pooling": Choice(
            tuple(name for name, row in POOLINGS.items() if getattr(row, column))
        ),
    }
    if from_scratch or shared_layers or stated.train.freeze_encoder:
        del space["train.layer_decay"]
    architecture = architecture_of(start.model.name)
    space = {
        key: tried
        for key, tried in space.items()
        if architecture.follows(key) and not _is_stated(stated, key)
    }
    if not space:
        raise SettingsError(
            "Expected a setting to search for. Received: one value for each that is "
            "searched. Leave out --learning-rate, --batch-size or another one."
        )
    return {key: _with(tried, setting_of(start, key)) for key, tried in space.items()}


def with_values(settings: RunSettings, values: Mapping[str, Any]) -> RunSettings:
    """Returns a copy with values set by `group.field`."""
    flat = {key.partition(".")[2]: value for key, value in values.items()}
    return settings.with_options(**flat)


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _is_stated(stated: RunSettings, key: str) -> bool:
    group, _, field = key.partition(".")
    said = field in getattr(stated, group).model_fields_set
    return said and setting_of(stated, key) is not None


def _with(tried: LogRange | Choice, value: Any) -> LogRange | Choice:
    """Returns what is tried, the value included."""
    if isinstance(tried, LogRange) or value in tried.values:
        return tried
    return Choice((*tried.values, value))
