"""Finished runs as entries of a leaderboard: grouped by settings, with their costs."""

import json
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from kerascls.errors import SettingsError
from kerascls.evaluation.diff import tuned_since
from kerascls.evaluation.leaderboard import Costs, Entry
from kerascls.evaluation.reports.csv_markdown_json import REPORT_FILE
from kerascls.evaluation.scored_rows import TEST_ROWS_FILE, ScoredRows
from kerascls.settings.run_settings import RunSettings
from kerascls.system.runs import BUNDLE_FOLDER, RUN_FILE, facts_in, line_to_resume
from kerascls.training.preparation import load_labelled_text
from kerascls.training.resume import FREE, absolute, flat

_OF_A_SEED = ("train.seed", "data.split_seed", *FREE)
_NO_WEIGHTS = (OSError, SafetensorError, KeyError)

Texts = Sequence[tuple[str, ...]]


def grouped(runs: Sequence[Path]) -> dict[str, list[Path]]:
    """Returns runs by the name of their model; those of one differ in the seed alone.

    A directory without run.json, such as one that `evaluate --report` wrote, is alone.

    Raises:
        SettingsError: When one is named twice, is none or has not come to its end.
    """
    _check_runs(runs)
    by_settings: dict[str, list[Path]] = {}
    for run in runs:
        by_settings.setdefault(_settings_key(run), []).append(run)
    groups = list(by_settings.values())
    names = [_model_name(group[0]) for group in groups]
    folders = [_folder_name(group) for group in groups]
    own = [
        name if name and names.count(name) == 1 else folder
        for name, folder in zip(names, folders, strict=True)
    ]
    return {
        name if own.count(name) == 1 else str(group[0]): group
        for name, group in zip(own, groups, strict=True)
    }


def entry_of(name: str, runs: Sequence[Path]) -> Entry:
    """Returns what a leaderboard needs to know of a model with these runs.

    Raises:
        BundleError: When scored rows are missing or damaged.
    """
    facts = [facts_in(run / RUN_FILE) for run in runs]
    # Earlier versions told of the whole run alone.
    minutes = [one.get("train_minutes", one.get("minutes")) for one in facts]
    known = [number for number in minutes if number is not None]
    sizes = [size for run in runs if (size := _bundle_bytes(run)) is not None]
    return Entry(
        name=name,
        runs=tuple(map(str, runs)),
        rows=tuple(_scored(run) for run in runs),
        costs=Costs(
            parameters=_parameters(runs[0]),
            minutes=float(np.mean(known)) if known else None,
            bundle_bytes=round(float(np.mean(sizes))) if sizes else None,
        ),
    )


def notes_on(entries: Iterable[Entry]) -> list[str]:
    """Returns lines on what should be known of the runs.

    These are the notes of their reports, each once, with the models that it is about;
    and which have another decision by now than was scored.
    """
    entries = list(entries)
    about: dict[str, dict[str, None]] = {}
    for entry in entries:
        for run in entry.runs:
            for note in facts_in(Path(run) / REPORT_FILE).get("notes", ()):
                about.setdefault(str(note), {})[entry.name] = None
    notes = [
        note if len(names) == len(entries) else f"{', '.join(names)}: {note}"
        for note, names in about.items()
    ]
    return notes + [
        f"{run} was tuned since: these are the scores of its old rule. Evaluate it "
        f"with --report once more."
        for entry in entries
        for run, rows in zip(entry.runs, entry.rows, strict=True)
        if tuned_since(run, rows)
    ]


def texts_of(run: Path) -> Texts:
    """Returns the texts of the test part of a run, read anew.

    Raises:
        KerasclsError: When they are not there any more.
    """
    facts = facts_in(run / RUN_FILE)
    groups: dict[str, dict[str, Any]] = {}
    settings = RunSettings.from_dict(facts.get("settings", {})).to_dict()
    known = absolute(flat(settings), facts.get("directory", os.getcwd()))
    for key, value in known.items():
        group, _, name = key.partition(".")
        groups.setdefault(group, {})[name] = value
    stated = RunSettings.from_dict(groups)
    return load_labelled_text(stated.data, stated.split_seed).parts["test"].texts


def _check_runs(runs: Sequence[Path]) -> None:
    real = [os.path.realpath(run) for run in runs]
    if len(runs) < 2 or len(set(real)) < len(real):
        raise SettingsError(
            f"Expected two runs or more, each of them once. Received: "
            f"runs={', '.join(map(str, runs))}. Name others."
        )
    for run in runs:
        inner = sorted(file.parent.name for file in run.glob(f"*/{RUN_FILE}"))
        if inner and not (run / TEST_ROWS_FILE).is_file():
            names = ", ".join(inner[:10])
            raise SettingsError(
                f"Expected runs. Received: {str(run)!r}, a directory of several: "
                f"{names}. Name those to compare, all as in {run}/*-*."
            )
        status = facts_in(run / RUN_FILE).get("status", "done")
        if status != "done":
            line = line_to_resume(run)
            raise SettingsError(
                f"Expected runs that have come to their end. Received: {str(run)!r}, "
                f"whose status is {status!r}. "
                f"{f'Go on with it: {line}' if line else 'Train it anew'}."
            )


def _settings_key(run: Path) -> str:
    facts = facts_in(run / RUN_FILE)
    if "settings" not in facts:
        return os.path.realpath(run)
    settings = flat(RunSettings.from_dict(facts["settings"]).to_dict())
    settings = absolute(settings, facts.get("directory", os.getcwd()))
    told = {key: value for key, value in settings.items() if key not in _OF_A_SEED}
    return json.dumps([told, facts.get("weights")], sort_keys=True)


def _model_name(run: Path) -> str:
    model = facts_in(run / RUN_FILE).get("settings", {}).get("model", {})
    return model.get("name") or Path(model.get("checkpoint") or "").name


def _folder_name(runs: Sequence[Path]) -> str:
    """Returns what the directory of the first is called, without its seed."""
    run = runs[0].resolve()
    seed = facts_in(run / RUN_FILE).get("seed")
    if len(runs) > 1 and run.name == f"seed-{seed}":
        return run.parent.name
    return run.name if len(runs) == 1 else run.name.removesuffix(f"-{seed}")


def _scored(run: Path) -> ScoredRows:
    scored = ScoredRows.load(run / TEST_ROWS_FILE)
    if scored.weights is not None:
        return scored
    # Probabilities are the most of it, and not compared.
    return replace(scored, probabilities=np.zeros((0, 0), np.float32))


def _bundle_bytes(run: Path) -> int | None:
    files = [one for one in (run / BUNDLE_FOLDER).rglob("*") if one.is_file()]
    return sum(one.stat().st_size for one in files) if files else None


def _parameters(run: Path) -> int | None:
    """Returns how many numbers the weights of a bundle are, those of members too."""
    total = 0
    for path in (run / BUNDLE_FOLDER).rglob("*.safetensors"):
        try:
            with safe_open(path, "numpy") as file:
                slices = [file.get_slice(name) for name in file.keys()]
                total += sum(math.prod(one.get_shape()) for one in slices)
        except _NO_WEIGHTS:
            return None
    return total or None
