"""Settings that a model cannot follow: refused, never dropped."""

from pathlib import Path
from typing import Any

from kerascls.errors import SettingsError
from kerascls.models.presets import architecture_of
from kerascls.settings.run_settings import FIELDS, RunSettings

_GROUPS = ("model", "train")


def require_applicable(settings: RunSettings) -> None:
    """Checks that a model follows all settings that differ from their defaults.

    Raises:
        SettingsError: Naming those that it does not follow.
    """
    others = [
        f"{key}={str(value) if isinstance(value, Path) else value!r}"
        for key, value in not_followed(settings).items()
    ]
    if others:
        names, followed = architecture_of(settings.model.name).settings, ""
        if names is not None:
            followed = f": of those of model and train {', '.join(names)}"
        raise SettingsError(
            f"Expected settings that the model {settings.model.name!r} follows"
            f"{followed}. Received: {', '.join(others)}. Leave them out, or choose "
            f"another --model."
        )


def not_followed(settings: RunSettings) -> dict[str, Any]:
    """Returns what differs from its default and is not followed by the model."""
    architecture = architecture_of(settings.model.name)
    stated = {
        f"{group}.{name}": value
        for group in _GROUPS
        for name, value in getattr(settings, group).model_dump().items()
    }
    return {
        key: value
        for key, value in stated.items()
        if not architecture.follows(key) and value != FIELDS[key].default
    }


def require_steps(settings: RunSettings, needed_by: str) -> None:
    """Checks that a model is trained in steps, as a neural one is.

    Raises:
        SettingsError: When it is not; `needed_by` says for what it should be.
    """
    if not architecture_of(settings.model.name).build:
        raise SettingsError(
            f"Expected a model that is trained in steps, for {needed_by}. Received: "
            f"model={settings.model.name!r}, whose few choices `kerascls fit` tries "
            f"by itself. Use `kerascls fit --model {settings.model.name}`."
        )
