"""What groups of settings have in common."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from kerascls.system.json_objects import without_repeats
from kerascls.system.tables import known_name


class Group(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True
    )


def _listed(value: Any) -> Any:
    if value is None:
        return ()
    return (value,) if isinstance(value, str | PathLike) else value


# In the annotation of a tuple: a lone string or path is a list of one, None of none.
ONE_OR_MORE = BeforeValidator(_listed)


def _object(value: Any) -> Any:
    if isinstance(value, str):
        return json.loads(value, object_pairs_hook=without_repeats)
    return {} if value is None else value


# In the annotation of a dict: a text is JSON, None is an empty one.
JSON_OBJECT = BeforeValidator(_object)


@dataclass(frozen=True, eq=False)
class NameIn:
    """Accepts the names of a table, also those added later; messages name `option`.

    Example:
        >>> Pooling = Annotated[str, AfterValidator(NameIn(POOLINGS, "pooling"))]
    """

    table: Mapping[str, Any]
    option: str

    def __call__(self, name: str) -> str:
        """Returns the name, or raises a `SettingsError` where there is no such."""
        return known_name(self.table, name, self.option)
