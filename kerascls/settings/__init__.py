"""Everything a run depends on, frozen and checked before anything starts."""

from kerascls.settings.groups import (
    DEFAULT_MODEL,
    DataSettings,
    DecisionSettings,
    ModelSettings,
)
from kerascls.settings.run_settings import FIELDS, OPTION_KEYS, RunSettings, choices
from kerascls.settings.train_group import (
    TrainSettings,
    checked_score,
    class_of_score,
)

__all__ = [
    "DEFAULT_MODEL",
    "FIELDS",
    "OPTION_KEYS",
    "DataSettings",
    "DecisionSettings",
    "ModelSettings",
    "RunSettings",
    "TrainSettings",
    "checked_score",
    "choices",
    "class_of_score",
]
