"""The groups of settings: every field with its type, default, range and meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from kerascls.system.tables import known_name


class Group(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True
    )


@dataclass(frozen=True, eq=False)
class NameIn:
    """Says of a text that it is a name in a table, also one that is added later.

    Args:
        table: The table.
        option: What the setting is called, for messages.

    Example:
        >>> Pooling = Annotated[str, NameIn(POOLINGS, "pooling")]
    """

    table: Mapping[str, Any]
    option: str

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Lets pydantic check it."""
        return core_schema.no_info_after_validator_function(
            lambda name: known_name(self.table, name, self.option), handler(source)
        )
