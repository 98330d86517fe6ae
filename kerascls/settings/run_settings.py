"""All settings of a run in one object; read, merged and checked."""

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, cast, get_args, get_origin

from pydantic import AfterValidator, Field, ValidationError
from pydantic.fields import FieldInfo

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.settings.data import DataSettings
from kerascls.settings.decision import DecisionSettings
from kerascls.settings.group import Group, NameIn
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.settings.model import ModelSettings
from kerascls.settings.training import TrainSettings
from kerascls.system.json_objects import without_repeats
from kerascls.system.tables import did_you_mean, nearest


class RunSettings(Group):
    """All settings of a run. None always means: the default that is described.

    Example:

    ```python
    settings = RunSettings.from_options(train="news.csv", model="albert_small")
    settings = settings.with_overrides(["train.epochs=3"])
    settings.train.epochs  # 3
    ```
    """

    data: DataSettings = Field(default_factory=DataSettings)
    model: ModelSettings = Field(default_factory=ModelSettings)
    train: TrainSettings = Field(default_factory=TrainSettings)
    imbalance: ImbalanceSettings = Field(default_factory=ImbalanceSettings)
    decision: DecisionSettings = Field(default_factory=DecisionSettings)

    @property
    def split_seed(self) -> int:
        """The seed of the split into parts."""
        stated = self.data.split_seed
        return self.train.seed if stated is None else stated

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Checks nested plain values, as in `{"train": {"epochs": 3}}`.

        Raises:
            SettingsError: Naming every unknown key with the nearest one, and every
                value that cannot be used.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = [_explain(problem) for problem in error.errors()]
            raise SettingsError("\n".join(_known_told_once(problems))) from None

    @classmethod
    def from_options(cls, **options: Any) -> Self:
        """Builds settings from flat names, as in `epochs=3`; see `OPTION_KEYS`."""
        return cls().with_options(**options)

    @classmethod
    def stated(cls, settings: Any) -> Self:
        """Returns the settings; for None those of the defaults.

        Raises:
            SettingsError: When it is something else, a dict or a file for example.
        """
        if settings is None or isinstance(settings, cls):
            return settings or cls()
        raise SettingsError(
            f"Expected settings to be a RunSettings. Received: "
            f"settings={settings!r:.200}. Make one of a nested dict with "
            f"RunSettings.from_dict and of a TOML file with RunSettings.read; single "
            f"settings are keywords, as in fit(train='news.csv', epochs=3), and so are "
            f"tables and texts: fit(train=frame), fit(train=(texts, labels))."
        )

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Reads a `.toml` or `.json` file with the groups as tables, or a run.json.

        Paths inside are relative to the working directory, as on the command line.

        Raises:
            SettingsError: When the file is missing, malformed, or says what it may not.
        """
        path = Path(path)
        try:
            content = path.read_text(encoding="utf-8-sig")
            if path.suffix == ".json":
                values = json.loads(content, object_pairs_hook=without_repeats)
            else:
                values = tomllib.loads(content)
            if "settings" in values and "status" in values:  # a run.json
                values = values["settings"]
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"Expected a settings file in TOML or JSON, in UTF-8. Received: "
                f"path={str(path)!r} ({error}). Correct the file or its name."
            ) from error
        return cls.from_dict(values)

    def with_options(self, **options: Any) -> Self:
        """Returns a copy with flat options set, as in `epochs=3`."""
        changes = {}
        for name, value in options.items():
            if name not in OPTION_KEYS:
                raise SettingsError(_unknown(name, value, OPTION_KEYS, "an option"))
            changes[OPTION_KEYS[name]] = value
        return self._changed(changes)

    def with_defaults(self, **options: Any) -> Self:
        """Returns a copy with flat options set where there is no value yet."""
        missing = {
            name: value
            for name, value in options.items()
            if setting_of(self, OPTION_KEYS[name]) is None
        }
        return self.with_options(**missing)

    def with_overrides(self, assignments: Iterable[str]) -> Self:
        """Returns a copy with `group.field=value` texts applied.

        `null` means None; several columns or files are joined by commas, unless a file
        has such a name.

        Raises:
            SettingsError: When a setting is given twice, or cannot be used.
        """
        changes: dict[str, Any] = {}
        for assignment in assignments:
            key, equals, value = assignment.partition("=")
            if not equals:
                raise SettingsError(
                    f"A setting is written as group.field=value. Received: "
                    f"{assignment!r}. Write for example train.epochs=3."
                )
            key = key.strip()
            if key in changes:
                raise SettingsError(
                    f"Expected every setting once. Received: {key}={value.strip()} "
                    f"beside {key}={changes[key]}. Leave one of them out."
                )
            changes[key] = _parsed(key, value.strip())
        return self._changed(changes)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Returns all settings as plain JSON types, by group."""
        return self.model_dump(mode="json")

    def _changed(self, changes: Mapping[str, Any]) -> Self:
        # Only what was set: a default that depends on another field stays one.
        values = self.model_dump(exclude_unset=True)
        for key, value in changes.items():
            if key not in FIELDS:
                raise SettingsError(_unknown(key, value, FIELDS, "a setting"))
            group, _, field = key.partition(".")
            values.setdefault(group, {})[field] = value
        return self.from_dict(values)


def _explain(problem: Mapping[str, Any]) -> str:
    key = ".".join(map(str, problem["loc"][:2])) or "settings"
    if problem["type"] == "extra_forbidden":
        return _unknown(key, problem["input"], FIELDS, "a setting")
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, SettingsError):  # says all that is needed
        return str(cause)
    reason = str(cause or problem["msg"])
    meaning = f" What it means: {FIELDS[key].description}" if key in FIELDS else ""
    return (
        f"The setting `{key}` cannot be used: {reason[0].lower()}{reason[1:]}. "
        f"Received: {key}={problem['input']!r}.{meaning}"
    )


def _unknown(name: str, value: Any, known: Iterable[str], kind: str) -> str:
    known = list(known)
    group, _, field = name.rpartition(".")
    siblings = [key for key in known if key.startswith(f"{group}.")] or known
    found = None
    for keys in (siblings, known):  # first in the group that was named
        fields = {key.rpartition(".")[2]: key for key in keys}
        found = found or fields.get(nearest(field, fields) or "")
    advice = did_you_mean(found, "Leave it out.")
    return (
        f"`{name}` is not {kind}. Received: {name}={value!r:.200}. "
        f"{advice} Known: {', '.join(siblings)}."
    )


def _known_told_once(problems: list[str]) -> list[str]:
    """Returns the problems, each list of what is known behind the last that has it."""
    told: set[str] = set()
    lines = []
    for problem in reversed(problems):
        text, _, known = problem.partition(" Known: ")
        lines.append(text if known in told else problem)
        told.add(known)
    return lines[::-1]


def _parsed(key: str, value: str) -> Any:
    if value == "null":
        return None
    if key in FIELDS and get_origin(FIELDS[key].annotation) is tuple:
        is_files = FIELDS[key].annotation == FIELDS["data.train"].annotation
        if is_files and value and os.path.exists(value):
            return (value,)
        return tuple(item.strip() for item in value.split(",") if item.strip())
    return value


def setting_of(settings: RunSettings, key: str) -> Any:
    """Returns the value of `group.field`."""
    group, _, field = key.partition(".")
    return getattr(getattr(settings, group), field)


def choices(key: str) -> tuple[str, ...]:
    """Returns the words a setting accepts, or () when it is not a closed list."""
    field = FIELDS[key]
    kinds = (field.annotation, *get_args(field.annotation))
    annotated = (getattr(kind, "__metadata__", ()) for kind in kinds)
    for check in chain(field.metadata, *annotated):
        if isinstance(check, AfterValidator) and isinstance(check.func, NameIn):
            return tuple(check.func.table)
    for kind in kinds:
        if get_origin(kind) is Literal:
            return get_args(kind)
        if kind is Task:
            return tuple(task.value for task in Task)
    return ()


# group.field -> its description, default and type.
FIELDS: Mapping[str, FieldInfo] = MappingProxyType(
    {
        f"{group}.{name}": field
        for group, settings in RunSettings.model_fields.items()
        for name, field in cast(type[Group], settings.annotation).model_fields.items()
    }
)

# Named after their group, which they choose for.
_CHOICES = {"model.name": "model", "imbalance.method": "imbalance"}

# Flat name, as in `--epochs` and `kerascls.fit(epochs=3)` -> group.field.
OPTION_KEYS: Mapping[str, str] = MappingProxyType(
    {_CHOICES.get(key, key.partition(".")[2]): key for key in FIELDS}
)
