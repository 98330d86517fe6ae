"""From settings and validation rows to the decision that is shipped."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.calibration import fit_calibration
from kerascls.decision.costs import CostMatrix
from kerascls.decision.decision import Decision
from kerascls.decision.global_threshold import OBJECTIVES
from kerascls.decision.label_thresholds import FittedRule, fit_rule
from kerascls.decision.objectives import parse_objective
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.settings.decision import DEFAULT_MASS, DecisionSettings


def decide(
    settings: DecisionSettings,
    task: Task,
    labels: Sequence[str],
    targets: np.ndarray,
    logits: np.ndarray,
) -> Decision:
    """Fits the calibration, and on what it gives the rule.

    Args:
        settings: What is wanted.
        task: What a row's labels mean.
        labels: Names of the columns.
        targets: bool `(rows, num_classes)`, or float32 weights where labels have some;
            validation rows, never test rows.
        logits: float32 `(rows, num_classes)`.

    Raises:
        KerasclsError: See `check_decision`.
        NotFiniteError: When a logit is not a finite number.
    """
    calibration = fit_calibration(targets, logits, task, settings.calibration)
    if rule := _stated_rule(settings, task, labels):
        return Decision(rule, calibration, rows=len(targets))
    probabilities = calibration.apply(logits, task)
    fitted = _fitted_rule(settings, task, labels, targets, probabilities)
    names = np.array(labels, object)
    # One threshold for all labels needs no positive of each.
    has_own = fitted.default is not None
    return Decision(
        rule=fitted.rule,
        calibration=calibration,
        objective=settings.objective,
        rows=len(targets),
        without_positives=tuple(names[fitted.without_positives & has_own]),
        unreached=tuple(names[fitted.unreached]),
    )


def rule_for(
    settings: DecisionSettings,
    task: Task,
    labels: Sequence[str],
    targets: np.ndarray,
    probabilities: np.ndarray,
) -> Rule:
    """Returns the stated rule, or the one fitted to float32 probabilities.

    Targets and probabilities are `(rows, num_classes)`; for the rest see `decide`.
    """
    if rule := _stated_rule(settings, task, labels):
        return rule
    return _fitted_rule(settings, task, labels, targets, probabilities).rule


def _fitted_rule(
    settings: DecisionSettings,
    task: Task,
    labels: Sequence[str],
    targets: np.ndarray,
    probabilities: np.ndarray,
) -> FittedRule:
    fitted = fit_rule(
        targets,
        probabilities,
        _objective(settings.objective, tuple(labels)),
        task=task,
        labels=labels,
        shrinkage=settings.shrinkage,
    )
    return replace(fitted, rule=replace(fitted.rule, **_limits(settings)))


def _stated_rule(
    settings: DecisionSettings, task: Task, labels: Sequence[str]
) -> Rule | None:
    """Returns the rule that needs no validation rows; None where one is fitted."""
    limits = _limits(settings)
    if settings.top_k is not None:
        return Rule("top_k", k=settings.top_k, **limits)
    if settings.mass is not None:
        return Rule("cumulative", mass=settings.mass, **limits)
    if settings.threshold is not None:
        return Rule("threshold", settings.threshold, **limits)
    if task is Task.MULTILABEL:
        return None
    if task.has_weights:
        return Rule("cumulative", mass=DEFAULT_MASS, **limits)
    if settings.objective in OBJECTIVES:
        return Rule("argmax", **limits)
    costs = _objective(settings.objective, tuple(labels))
    if not isinstance(costs, CostMatrix):
        raise SettingsError(
            "Expected no objective of single labels for multiclass: the likeliest "
            f"label is given. Received: objective={settings.objective!r}. Leave it "
            "out, or give cost:FILE with a column `true` and one for each label."
        )
    return Rule("cost", costs=costs.costs, **limits)


def rule_for_one_call(
    settings: DecisionSettings, task: Task, labels: Sequence[str], rule: Rule
) -> Rule:
    """Returns the stated rule, or a bundle's with the limits that are stated.

    Raises:
        SettingsError: When it is not for the task, or contradicts itself.
    """
    check_decision(settings, task, labels)
    stated = {name: getattr(settings, name) for name in settings.model_fields_set}
    if {"threshold", "top_k", "mass"} & stated.keys():
        return _stated_rule(settings, task, labels) or rule
    return replace(rule, **stated)


def check_decision(
    settings: DecisionSettings, task: Task, labels: Sequence[str]
) -> None:
    """Checks whether `decide` can do its work, before there is anything to fit.

    Raises:
        SettingsError: When settings contradict each other or the task.
        DataError: When a file of costs cannot be used.
    """
    if task.has_weights:
        _check_for_shares(settings)
    if task.has_one_label and settings.threshold is not None:
        raise SettingsError(
            "Expected a threshold for multilabel only: in multiclass the likeliest "
            f"label is given. Received: decision.threshold={settings.threshold!r}. "
            "Leave it out."
        )
    for name in ("top_k", "min_labels"):
        if (getattr(settings, name) or 0) > len(labels):
            raise SettingsError(
                f"Expected no more labels of a row than there are, {len(labels)}. "
                f"Received: decision.{name}={getattr(settings, name)!r}. Give a "
                f"smaller number."
            )
    _objective.cache_clear()
    no_rows = np.zeros((0, len(labels)), np.float32)
    decide(
        settings, task, labels, no_rows if task.has_weights else no_rows > 0, no_rows
    )


def _check_for_shares(settings: DecisionSettings) -> None:
    """Refuses what is about labels that are true or not, where they have shares."""
    stated = {
        name: getattr(settings, name)
        for name in ("threshold", "objective", "shrinkage")
        if getattr(settings, name) != DecisionSettings.model_fields[name].default
    }
    if stated:
        received = ", ".join(f"decision.{name}={one!r}" for name, one in stated.items())
        raise SettingsError(
            f"Expected a rule for shares of labels: the fewest labels whose "
            f"probabilities reach a mass, or the likeliest. Received: {received}, "
            f"task='distribution'. Leave it out, or give --set decision.mass=0.9 or "
            f"--set decision.top_k=2."
        )


# A file of costs is read once: it may be moved while a training goes on.
_objective = cache(parse_objective)


def _limits(settings: DecisionSettings) -> dict[str, Any]:
    names = ("min_labels", "max_labels", "abstain_below")
    return {name: getattr(settings, name) for name in names}
