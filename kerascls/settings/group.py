"""The groups of settings: every field with its type, default, range and meaning."""

from pydantic import BaseModel, ConfigDict


class Group(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True
    )
