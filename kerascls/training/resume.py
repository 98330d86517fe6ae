"""Going on with a run: the same settings, the same data, or a clear refusal."""

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

from kerascls.data.readers.frames import Frame
from kerascls.data.readers.rows import TableName
from kerascls.data.splits.parts import PARTS
from kerascls.errors import SettingsError
from kerascls.settings.run_settings import RunSettings
from kerascls.training.run_directory import RunDirectory

PATHS = (
    *("data.train", "data.valid", "data.test"),
    *("model.checkpoint", "model.vocab", "model.word_vectors"),
)
# What may differ, because the weights at the end do not depend on it.
FREE = (
    *("train.max_minutes", "train.save_minutes", "train.save_steps"),
    "train.language",
)


def earlier_run(
    out: Path | None, settings: RunSettings, overwrite: bool = False
) -> tuple[RunDirectory, RunSettings]:
    """Returns the run to go on with, and its settings.

    Args:
        out: Its directory.
        settings: Those given now: none, or the same as at first, but for `FREE`.
        overwrite: Whether it was asked for, too; it contradicts.

    Raises:
        SettingsError: When there is no run, or it was made with other settings.
    """
    if out is None or overwrite:
        raise SettingsError(
            f"Expected the directory of a run to go on with, and no --overwrite. "
            f"Received: out={None if out is None else str(out)!r}, "
            f"overwrite={overwrite}. Name it with --out."
        )
    run = RunDirectory.open(out)
    if "members" in run.facts:
        raise SettingsError(
            f"Expected a run of `kerascls fit` to go on with. Received: out="
            f"{str(out)!r}, which was made of other runs. Make it once more, with "
            f"`kerascls {run.facts.get('kind')}` and --overwrite."
        )
    begun_with = run.facts.get("settings")
    if begun_with is None:
        raise SettingsError(
            f"Expected a run that had begun to train. Received: out={str(out)!r}, "
            f"which ended before. Start it anew with --overwrite."
        )
    # A setting that the version of then lacked had its default.
    begun_with = RunSettings.from_dict(begun_with).to_dict()
    begun_in = run.facts.get("directory", os.getcwd())
    going_on = f"the run in {str(out)!r}, which goes on with them"
    groups = same_settings(begun_with, begun_in, settings, going_on)
    return run, RunSettings.from_dict(with_tables(groups, settings, run.path))


def same_settings(
    begun_with: dict[str, dict[str, Any]],
    begun_in: str,
    settings: RunSettings,
    whose: str,
) -> dict[str, dict[str, Any]]:
    """Returns the settings to go on with, by group.

    Args:
        begun_with: Those that were stated, by group; others had their defaults.
        begun_in: The working directory of then.
        settings: Those given now.
        whose: What goes on, for the message.

    Raises:
        SettingsError: When some that are given now are others, but for `FREE`.
    """
    given = flat(settings.model_dump(mode="json", exclude_unset=True))
    given = absolute(given, os.getcwd())
    stored = flat(begun_with)
    known = absolute(flat(RunSettings.from_dict(begun_with).to_dict()), begun_in)
    different = [
        f"{key}={value!r}, not {known.get(key)!r}"
        for key, value in given.items()
        if key not in FREE and value != known.get(key)
    ]
    if different:
        raise SettingsError(
            f"Expected the settings of {whose}. Received: {'; '.join(different)}. "
            f"Leave them out, or choose another --out."
        )
    changed = {key: given[key] for key in FREE if key in given}
    if begun_in != os.getcwd():
        stored = {key: known[key] for key in stored if key in known}
    groups: dict[str, dict[str, Any]] = {}
    for key, value in (stored | changed).items():
        group, _, name = key.partition(".")
        groups.setdefault(group, {})[name] = value
    return groups


def with_tables(
    groups: dict[str, dict[str, Any]],
    given: RunSettings,
    out: Path,
    function: str = "fit",
) -> dict[str, dict[str, Any]]:
    """Returns settings with tables in memory, of which a run knows the name only.

    Raises:
        SettingsError: When they are not given; it says how, with the `function`.
    """
    data = dict(groups.get("data", {}))
    for part in PARTS:
        names = [name for name in data.get(part) or () if TableName.fits(name)]
        tables = getattr(given.data, part)
        if names and not tables:
            raise SettingsError(
                f"Expected the table in memory that the run in {str(out)!r} began "
                f"with. Received: {part}=None, where it had {', '.join(names)}. Give "
                f"it once more: kerascls.{function}({part}=..., out={str(out)!r}, "
                f"resume=True)."
            )
        if names:
            data[part] = tables
    return groups | {"data": data}


def require_same_start(
    out: Path, before: dict[str, Any], facts: dict[str, Any]
) -> None:
    """Checks that files and weights are those with which a run began.

    Args:
        out: Where it is.
        before: What its run.json says: `data` and `weights`.
        facts: What run.json would say of one that begins now.

    Raises:
        SettingsError: Naming what differs.
    """
    different = [
        f"{part.get('file')} ({name})"
        for name, part in facts["data"].items()
        if _content(part) != _content(before["data"].get(name, {}))
    ]
    if len(before["data"]) != len(facts["data"]):
        different.append("more or fewer parts")
    if facts["weights"] != before["weights"]:
        different.append(f"weights {facts['weights']}, not {before['weights']}")
    if different:
        raise SettingsError(
            f"Expected the data and weights with which the run in {str(out)!r} "
            f"began. Received others: {'; '.join(different)}. Put them back, or start "
            f"anew with --overwrite."
        )


def how_to_go_on(
    settings: RunSettings,
    out: Path,
    call: str = "fit",
    seeds: int | None = None,
) -> str:
    """Returns what to tell of something that was interrupted: a line to copy.

    Args:
        settings: Of what was interrupted.
        out: Where it is.
        call: The public function; its command has the same name, or for `fit_seeds`
            is `fit`.
        seeds: How many were asked for, where the command must be told.
    """
    given = {name: getattr(settings.data, name) for name in PARTS}
    in_memory = [
        f"{name}=..., "
        for name, sources in given.items()
        if any(isinstance(source, Frame) for source in sources)
    ]
    if in_memory:
        more = "" if seeds is None else f"seeds={seeds}, "
        arguments = f"{''.join(in_memory)}{more}out={str(out)!r}, resume=True"
        return f"To go on: kerascls.{call}({arguments})"
    command = call.partition("_")[0]
    words = [] if seeds is None else ["--seeds", str(seeds)]
    line = ["kerascls", command, "--resume", *words, "--out", str(out)]
    return f"To go on: {shlex.join(line)}"


def with_labels_of(run: RunDirectory, job: Any) -> Any:
    """Returns the `Trainable` with its labels in the order in which the run began."""
    names = job.data.label_set.names
    # Versions that did not write the labels down sorted them by their characters.
    order = run.facts.get("labels") or sorted(names)
    if tuple(order) == names:
        return job
    return replace(job, data=job.data.with_labels(order))


def _content(part: dict[str, Any]) -> tuple:
    return part.get("sha256"), part.get("rows")


def absolute(values: dict[str, Any], folder: str) -> dict[str, Any]:
    """Returns flat settings with paths that do not depend on where one is."""
    values = dict(values)
    for key in PATHS:
        path = values.get(key)
        if isinstance(path, list):
            values[key] = [
                one if TableName.fits(one) else os.path.abspath(Path(folder, one))
                for one in path
            ]
        elif path is not None:
            values[key] = os.path.abspath(os.path.join(folder, path))
    kind, colon, path = (values.get("decision.objective") or "").partition(":")
    if colon:  # cost:FILE
        path = os.path.abspath(os.path.join(folder, path))
        values["decision.objective"] = f"{kind}:{path}"
    return values


def flat(groups: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Returns `{"train.epochs": 3}` of `{"train": {"epochs": 3}}`."""
    return {
        f"{g}.{name}": v for g, fields in groups.items() for name, v in fields.items()
    }
