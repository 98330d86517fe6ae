"""The runs that are to become one classifier: opened, and whether they go together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.decision.fit_decision import check_decision
from kerascls.errors import SettingsError
from kerascls.inference.bundle import WEIGHTS, Bundle, open_bundle
from kerascls.inference.bundle.files import (
    BUNDLE_FOLDER,
    MANIFEST,
    RUN_FILE,
    SETTINGS,
    read_json,
)
from kerascls.settings.decision import DecisionSettings
from kerascls.settings.run_settings import RunSettings
from kerascls.system.runs import facts_in


@dataclass(frozen=True, eq=False)
class Candidate:
    """A trained classifier that may become a part of another.

    Args:
        name: As the user named it.
        bundle: Its bundle.
        labels: Names of the columns of all candidates: those of the first.
    """

    name: str
    bundle: Bundle
    labels: tuple[str, ...]

    @property
    def run(self) -> Path:
        """The directory that the bundle lies in, of a run if it was not copied."""
        return self.bundle.path.parent

    @property
    def is_run(self) -> bool:
        """Whether the bundle lies in a run's directory."""
        is_named_so = self.bundle.path.name == BUNDLE_FOLDER
        return is_named_so and (self.run / RUN_FILE).is_file()

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What its run.json tells; nothing of a bundle without a run."""
        return facts_in(self.run / RUN_FILE) if self.is_run else {}

    @property
    def columns(self) -> np.ndarray:
        """int64 `(labels,)`, its own column of each of `labels`."""
        return np.array([self.bundle.label_set.column(name) for name in self.labels])

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Returns calibrated probabilities, float32 `(rows, labels)`.

        Args:
            logits: float32 `(rows, labels)`, in its own order of the labels.
        """
        own = self.bundle.decision.probabilities(logits, self.bundle.task)
        return own[:, self.columns]

    def chosen(self, probabilities: np.ndarray) -> np.ndarray:
        """Returns the labels that it gives by its own rule, bool `(rows, labels)`.

        Args:
            probabilities: float32 `(rows, labels)`, as `probabilities` returns them.
        """
        own = np.empty_like(probabilities)
        own[:, self.columns] = probabilities
        return self.bundle.rule.apply(own)[:, self.columns]


def open_candidates(
    runs: Sequence[str | Path], notes: list[str], *, same_names: bool = False
) -> list[Candidate]:
    """Opens runs or bundles that label the same kind of texts with the same labels.

    Args:
        runs: Their directories, two or more.
        notes: Gets lines on what should be known of them.
        same_names: Whether the text columns must be called alike, too.

    Raises:
        BundleError: When there is no bundle, or a damaged one.
        SettingsError: When they do not go together, or one is there twice.
    """
    if len(runs) < 2:
        raise SettingsError(
            f"Expected two runs or more to make one classifier of. Received: "
            f"runs={[*map(str, runs)]}. Name others beside it."
        )
    bundles = [open_bundle(Path(run).expanduser()) for run in runs]
    _refuse_twins(runs, bundles)
    first = bundles[0]
    for run, bundle in zip(runs, bundles, strict=True):
        if different := _difference(first, bundle, same_names):
            raise SettingsError(
                f"Expected classifiers of the same texts and labels. Received: "
                f"{str(run)!r} {different} {str(runs[0])!r}. Leave it out, or train "
                f"it on the same files, read alike."
            )
    labels = first.label_set.names
    candidates = [
        Candidate(str(run), bundle, labels)
        for run, bundle in zip(runs, bundles, strict=True)
    ]
    notes += [line for one in candidates for line in _notes(one)]
    notes += _twin_notes(candidates)
    others = [
        one.name
        for one in candidates
        if one.bundle.train_support != first.train_support
    ]
    if others:
        notes.append(
            f"trained on other rows than {candidates[0].name}, whose training rows of "
            f"each label are told: {', '.join(others)}"
        )
    return candidates


def refuse_inside(out: Path, candidates: Sequence[Candidate]) -> None:
    """Refuses to write where a candidate is, which would be replaced.

    Raises:
        SettingsError: Naming that candidate.
    """
    place = out.resolve()
    for one in candidates:
        for folder in (one.bundle.path, one.run if one.is_run else one.bundle.path):
            held = folder.resolve()
            if place == held or place in held.parents or held in place.parents:
                raise SettingsError(
                    f"Expected a directory apart from those of the runs. Received: "
                    f"out={str(out)!r} and the run {one.name!r}. Choose another --out."
                )


def decision_settings(
    candidates: Sequence[Candidate], stated: dict[str, Any], notes: list[str]
) -> DecisionSettings:
    """Returns how the new classifier decides: as stated, or as the first run did.

    Args:
        candidates: The runs.
        stated: Fields of `DecisionSettings`, if any.
        notes: Gets a line on runs that decided otherwise.

    Raises:
        SettingsError: When settings contradict each other or the task.
    """
    first = candidates[0]
    asked = [_asked(one) for one in candidates]
    if not stated:
        others = [
            one.name
            for one, of_it in zip(candidates, asked, strict=True)
            if of_it != asked[0]
        ]
        stated = asked[0]
        if others:
            notes.append(
                f"the decision is fitted as {first.name} asked for; "
                f"{', '.join(others)} asked for another"
            )
    settings = RunSettings.from_dict({"decision": stated}).decision
    check_decision(settings, first.bundle.task, first.labels)
    return settings


def _asked(one: Candidate) -> dict[str, Any]:
    """Returns the settings of the decision in a bundle, those of today."""
    stored = one.bundle.read(SETTINGS).get("decision", {})
    known = DecisionSettings.model_fields
    return {name: value for name, value in stored.items() if name in known}


def _refuse_twins(runs: Sequence[str | Path], bundles: Sequence[Bundle]) -> None:
    seen: dict[Path, str | Path] = {}
    for run, bundle in zip(runs, bundles, strict=True):
        place = bundle.path.resolve()
        if place in seen:
            raise SettingsError(
                f"Expected every run once, for it would count twice. Received: "
                f"{str(seen[place])!r} and {str(run)!r}, which are one. Leave one of "
                f"them out."
            )
        seen[place] = run


def _difference(first: Bundle, bundle: Bundle, same_names: bool) -> str:
    """Returns in what a bundle differs from the first, and how; "" for in nothing."""
    if bundle.task is not first.task:
        return f"is {bundle.task} and not {first.task} as"
    lacks = [name for name in first.label_set if name not in bundle.label_set]
    more = [name for name in bundle.label_set if name not in first.label_set]
    if lacks or more:
        told = [f"lacks {_listed(lacks)}"] * bool(lacks)
        told += [f"has also {_listed(more)}"] * bool(more)
        return f"{' and '.join(told)}, compared with"
    ours, theirs = (one.input_spec.text_columns for one in (bundle, first))
    if len(ours) != len(theirs) or (same_names and ours != theirs):
        return f"reads {', '.join(ours)} and not {', '.join(theirs)} as"
    return ""


def _listed(names: Sequence[str], limit: int = 10) -> str:
    more = len(names) - limit
    shown = ", ".join(repr(name) for name in names[:limit])
    return f"{shown} and {more} more" if more > 0 else shown


def _notes(one: Candidate) -> list[str]:
    notes = []
    status = one.facts.get("status", "done")
    if status != "done":
        notes.append(f"{one.name} is {status}: its bundle is of its best epoch so far")
    notes += [
        f"{one.name} has an 8-bit {name} export, and predicts by that"
        for name, export in one.bundle.exports.items()
        if export.get("int8")
    ]
    return notes


def _twin_notes(candidates: Sequence[Candidate]) -> list[str]:
    """Returns lines on classifiers of the same weights: to have both adds nothing."""
    seen: dict[str, str] = {}
    notes = []
    for one in candidates:
        file = read_json(one.bundle.path / MANIFEST)["files"].get(WEIGHTS)
        if file is None:  # an ensemble
            continue
        if (before := seen.setdefault(file["sha256"], one.name)) != one.name:
            notes.append(f"{one.name} has the same weights as {before}")
    return notes
