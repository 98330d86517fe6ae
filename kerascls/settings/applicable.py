"""Settings that a model, a method or a task cannot follow: refused, never dropped."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.models.presets import architecture_of
from kerascls.settings.imbalance import (
    METHODS,
    OF_MULTILABEL,
    ImbalanceSettings,
    Method,
    method_of,
    parameters_of,
)
from kerascls.settings.run_settings import FIELDS, RunSettings

_GROUPS = ("model", "train", "imbalance")
_SHOWN_GROUPS = "model, train and imbalance"
_SMOOTHED = "--set train.label_smoothing=0.1"


def require_applicable(settings: RunSettings) -> None:
    """Checks that all settings that differ from their defaults are followed.

    Raises:
        SettingsError: Naming those that the model does not follow, or the method for
            skewed labels.
    """
    others = [
        f"{key}={str(value) if isinstance(value, Path) else value!r}"
        for key, value in not_followed(settings).items()
    ]
    if others:
        names, followed = architecture_of(settings.model.name).settings, ""
        if names is not None:
            followed = f": of those of {_SHOWN_GROUPS} {', '.join(names)}"
        raise SettingsError(
            f"Expected settings that the model {settings.model.name!r} follows"
            f"{followed}. Received: {', '.join(others)}. Leave them out, or choose "
            f"another --model."
        )
    _require_followed_by_method(settings.imbalance)
    _require_copies(settings.imbalance)


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


def _require_followed_by_method(imbalance: ImbalanceSettings) -> None:
    method, stated = imbalance.method, _stated_parameters(imbalance)
    own, followed_by = method_of(imbalance).parameters, parameters_of(METHODS)
    told = [
        f"imbalance.{name}={value!r}, which {', '.join(followed_by[name])} "
        f"follow{'s' if len(followed_by[name]) == 1 else ''}"
        for name, value in stated.items()
        if name not in own
    ]
    if told:
        raise SettingsError(
            f"Expected parameters of --imbalance {method}: {', '.join(own) or 'none'}. "
            f"Received: {'; '.join(told)}. Leave them out{_other_method(stated)}."
        )


def _stated_parameters(imbalance: ImbalanceSettings) -> dict[str, Any]:
    """Returns the parameters of methods that differ from their defaults."""
    names = parameters_of(METHODS)
    return {
        name: value
        for name, value in imbalance.model_dump().items()
        if name in names and value != FIELDS[f"imbalance.{name}"].default
    }


def _other_method(stated: Collection[str]) -> str:
    """Returns the advice to choose a method that follows parameters, if one does."""
    following = [
        name for name, row in METHODS.items() if {*stated} <= {*row.parameters}
    ]
    if not following:
        return ""
    name = following[0]
    advice = f"choose --imbalance {name}"
    if Task.MULTICLASS not in METHODS[name].tasks or {*stated} & {*OF_MULTILABEL}:
        return f", or where rows have several labels {advice}"
    if name == "asymmetric":
        return f", or {advice}, where rows have one label with {_SMOOTHED}"
    return f", or {advice}"


def _require_copies(imbalance: ImbalanceSettings) -> None:
    stated = [
        f"imbalance.{name}={value!r}"
        for name, value in imbalance.model_dump().items()
        if name.startswith("augment_") and value != FIELDS[f"imbalance.{name}"].default
    ]
    if stated and imbalance.augment_below is None:
        raise SettingsError(
            f"Expected a number of rows up to which labels get edited copies, beside "
            f"how they are made. Received: {', '.join(stated)}, "
            f"imbalance.augment_below=None. Add --set imbalance.augment_below=100, or "
            f"leave the former out."
        )


def require_defined(settings: RunSettings, task: Task) -> None:
    """Checks that the method for skewed labels means something for a task.

    Raises:
        SettingsError: When it or one of its parameters does not.
    """
    imbalance = settings.imbalance
    method, name = method_of(imbalance), imbalance.method
    stated = _stated_parameters(imbalance)
    if task.has_weights:
        _require_of_shares(settings, task)
    if task not in method.tasks:
        known = [other for other, row in METHODS.items() if task in row.tasks]
        raise SettingsError(
            f"Expected --imbalance for the task {task}: {', '.join(known)}. Received: "
            f"imbalance.method={name!r}, which is defined for "
            f"{', '.join(method.tasks)} alone. Choose --imbalance class_weight"
            f"{_without(stated, METHODS['class_weight'])}."
        )
    if not task.has_one_label:
        return
    if of_several := [one for one in stated if one in OF_MULTILABEL]:
        told = ", ".join(f"imbalance.{one}={stated[one]!r}" for one in of_several)
        raise SettingsError(
            f"Expected parameters that mean something where a row has one label. "
            f"Received: {told}, task={task.value!r}. Leave them out."
        )
    if name == "asymmetric" and not settings.train.label_smoothing:
        raise SettingsError(
            f"Expected label smoothing, which is what the asymmetric loss weighs less "
            f"where a row has one label. Received: imbalance.method={name!r}, "
            f"task={task.value!r}, train.label_smoothing=0.0. Add {_SMOOTHED}, or "
            f"choose what it is without: --imbalance focal --set "
            f"imbalance.focal_gamma={imbalance.gamma_positive:g}"
            f"{_without(stated, METHODS['focal'])}."
        )


def _require_of_shares(settings: RunSettings, task: Task) -> None:
    """Refuses what counts rows that have a label, where labels have shares of rows."""
    imbalance = settings.imbalance
    stated: dict[str, Any] = {}
    if imbalance.method != "none":
        stated["imbalance.method"] = imbalance.method
    if imbalance.augment_below is not None:
        stated["imbalance.augment_below"] = imbalance.augment_below
    if settings.train.label_weights:
        stated["train.label_weights"] = settings.train.label_weights
    _require_no_linear_loss(settings, task)
    if stated:
        received = ", ".join(f"{name}={value!r}" for name, value in stated.items())
        raise SettingsError(
            f"Expected no setting that counts the rows of a label: in a distribution "
            f"each row has a share of it. Received: {received}, task={task.value!r}. "
            f"Leave it out, or train on the labels alone with --task multilabel."
        )


def _require_no_linear_loss(settings: RunSettings, task: Task) -> None:
    loss = settings.train.linear_loss
    if loss != FIELDS["train.linear_loss"].default:
        raise SettingsError(
            f"Expected no loss of single labels: the linear model of distributions is "
            f"a multinomial logistic regression. Received: train.linear_loss={loss!r}, "
            f"task={task.value!r}. Leave it out."
        )


def _without(stated: Collection[str], method: Method) -> str:
    """Returns the advice to leave out what a method does not follow, if anything."""
    others = [f"imbalance.{one}" for one in stated if one not in method.parameters]
    return f", without {', '.join(others)}" if others else ""


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
