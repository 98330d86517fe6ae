"""The groups of settings: every field with its type, default, range and meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from kerascls.system.tables import known_name


class Group(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True
    )


@dataclass(frozen=True, eq=False)
class NameIn:
    """Takes a text that is a name in a table, also one that is added later.

    Args:
        table: The table.
        option: What the setting is called, for messages.

    Example:
        >>> Pooling = Annotated[str, AfterValidator(NameIn(POOLINGS, "pooling"))]
    """

    table: Mapping[str, Any]
    option: str

    def __call__(self, name: str) -> str:
        """Returns the name.

        Raises:
            SettingsError: When there is no such name.
        """
        return known_name(self.table, name, self.option)
