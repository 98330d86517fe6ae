"""What is to be compared: names, settings of each, and what none may lack."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from kerascls.data.labelled_text import LabelledText
from kerascls.errors import KerasclsError, SettingsError
from kerascls.experiments.series import forget_models
from kerascls.models.presets import get_preset
from kerascls.settings.applicable import not_followed
from kerascls.settings.run_settings import OPTION_KEYS, RunSettings
from kerascls.system.console import Screen
from kerascls.training.job import Job, prepare

# A folder of it, with a seed behind, can be made on every system.
_NAME = re.compile(r"[\w][\w.-]*")
# What all have in common, or what tells them apart by itself.
_OF_ALL = ("data.", "train.seed")
_OF_EACH = ("model.name", "model.checkpoint")
_FLAT_NAMES = {key: name for name, key in OPTION_KEYS.items()}


def named_models(models: str | Sequence[str]) -> dict[str, str]:
    """Returns presets by the name of each contender.

    Args:
        models: `"PRESET"`, or `"NAME=PRESET"` for one of several with the same, each in
            a string of its own or joined by commas.

    Raises:
        SettingsError: When a preset is not known, a name is given twice or is none, or
            there are fewer than two.

    Example:
        >>> named_models("linear,small=albert_tiny")
        {'linear': 'linear', 'small': 'albert_tiny'}
    """
    given = models.split(",") if isinstance(models, str) else list(models)
    found: dict[str, str] = {}
    for one in filter(None, (text.strip() for text in given)):
        name, _, preset = one.rpartition("=")
        name = name or preset
        if not _NAME.fullmatch(name) or name in found:
            raise SettingsError(
                f"Expected models with names of their own, of letters, digits, - _ and "
                f"points. Received: models={','.join(given)!r} with {one!r}. Name one "
                f"as in --models small=albert_tiny,albert_tiny."
            )
        found[name] = get_preset(preset).name
    if len(found) < 2:
        raise SettingsError(
            f"Expected two models or more to compare. Received: "
            f"models={','.join(given)!r}. Name them as in --models linear,albert_tiny."
        )
    return found


def contenders(
    presets: Mapping[str, str],
    common: RunSettings,
    model_options: Mapping[str, Mapping[str, Any]],
) -> dict[str, RunSettings]:
    """Returns the settings of each contender, what was stated for it alone in front.

    Args:
        presets: By name of the contender.
        common: What was stated for all.
        model_options: What was stated for some, flat names by name of the contender.

    Raises:
        SettingsError: When something is stated for a model that is not there or cannot
            follow it, or for one where it must be the same for all.
    """
    _check_scopes(presets, common, model_options)
    found = {
        name: common.with_options(model=preset).with_options(
            **model_options.get(name, {})
        )
        for name, preset in presets.items()
    }
    _require_followed(common, found)
    return found


def check_contenders(
    settings: Mapping[str, RunSettings], data: LabelledText, cache: bool
) -> dict[str, str | None]:
    """Does for each all that can show a mistake, up to a model that is built.

    Returns:
        The directory of the pretrained weights of each, None where there is none.

    Raises:
        KerasclsError: When some cannot be trained; it names all of these.
    """
    weights, failed = {}, {}
    for name, own in settings.items():
        try:
            job = prepare(own, Screen(quiet=True), cache, data)
            if isinstance(job, Job):
                from kerascls.training.build import try_build

                try_build(job)
        except KerasclsError as error:
            failed[name] = error
        else:
            weights[name] = job.weights and str(job.weights.resolve())
        forget_models()
    if failed:
        lines = [f"{name} cannot be trained. {error}" for name, error in failed.items()]
        lines.append(
            "Nothing was trained yet. An option of one model is given as --set "
            f"{next(iter(failed))}:GROUP.FIELD=VALUE."
        )
        raise type(next(iter(failed.values())))("\n".join(lines))
    return weights


def _check_scopes(
    presets: Mapping[str, str],
    common: RunSettings,
    model_options: Mapping[str, Mapping[str, Any]],
) -> None:
    for name, options in model_options.items():
        if name not in presets:
            raise SettingsError(
                f"Expected settings of one of {', '.join(presets)}. Received: "
                f"{name}:{', '.join(options)}. Name one of them, as in --set "
                f"{next(iter(presets))}:train.epochs=3."
            )
        keys = [OPTION_KEYS.get(option, option) for option in options]
        for key in keys:
            if key.startswith(_OF_ALL):
                raise SettingsError(
                    f"Expected all models to have the same data, test rows and seeds. "
                    f"Received: {key} of {name} alone. State it for all, without "
                    f"{name}: in front."
                )
    stated = _stated(common)
    for key in _OF_EACH:
        if stated.get(key) is not None:
            raise SettingsError(
                f"Expected {key} to be told for each model, as it is what differs. "
                f"Received: {key}={str(stated[key])!r} for all. Name presets with "
                f"--models, and a checkpoint as in --set "
                f"{next(iter(presets))}:model.checkpoint=DIR."
            )


def _require_followed(common: RunSettings, settings: Mapping[str, RunSettings]) -> None:
    """Refuses what was stated for all and only some follow; never drops it."""
    stated = _stated(common)
    unable: dict[str, list[str]] = defaultdict(list)
    for name, own in settings.items():
        for key, value in not_followed(own).items():
            if key in stated and value == stated[key]:
                unable[key].append(name)
    if not unable:
        return
    what = [
        f"{key}={str(stated[key])!r}, which {', '.join(names)} cannot follow"
        for key, names in unable.items()
    ]
    lines = [
        f"--set {name}:{key}={stated[key]}"
        for name in settings
        for key, names in unable.items()
        if name not in names
    ]
    advice = f"State them where they apply: {' '.join(lines)}" if lines else ""
    raise SettingsError(
        f"Expected settings for all models that all of them follow. Received: "
        f"{'; '.join(what)}. {advice or 'Leave them out'}."
    )


def _stated(settings: RunSettings) -> dict[str, Any]:
    return {
        f"{group}.{name}": value
        for group, fields in settings.model_dump(exclude_unset=True).items()
        for name, value in fields.items()
    }


def model_options_from(assignments: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Returns flat options by contender of texts like `small:train.epochs=3`.

    Raises:
        SettingsError: When one is no setting, or given twice.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for assignment in assignments:
        name, _, rest = assignment.partition(":")
        by_name[name.strip()].append(rest)
    return {
        name: {
            _FLAT_NAMES[key]: value
            for key, value in _stated(RunSettings().with_overrides(own)).items()
        }
        for name, own in by_name.items()
    }
