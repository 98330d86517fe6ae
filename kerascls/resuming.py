"""Going on with a run: the same settings, the same data, or a clear refusal."""

from pathlib import Path
from typing import Any

from kerascls.errors import SettingsError
from kerascls.preparation import LabelledText
from kerascls.run_directory import RunDirectory
from kerascls.settings import RunSettings

# What may differ, because the weights at the end do not depend on it.
FREE = ("train.max_minutes", "train.save_minutes", "train.save_steps")


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
    stored = run.facts.get("settings")
    if stored is None:
        raise SettingsError(
            f"Expected a run that had begun to train. Received: out={str(out)!r}, "
            f"which ended before. Start it anew with --overwrite."
        )
    given = _flat(settings.model_dump(mode="json", exclude_unset=True))
    known = _flat(stored)
    other = [
        f"{key}={value!r}, not {known.get(key)!r}"
        for key, value in given.items()
        if key not in FREE and value != known.get(key)
    ]
    if other:
        raise SettingsError(
            f"Expected the settings of the run in {str(out)!r}, which goes on with "
            f"them. Received: {'; '.join(other)}. Leave them out, or choose another "
            f"--out."
        )
    changed = {key: given[key] for key in FREE if key in given}
    merged = RunSettings.from_dict(_nested(known | changed))
    return run, merged


def require_same_data(run: RunDirectory, data: LabelledText):
    """Checks that the files hold what they held when the run began.

    Raises:
        SettingsError: Naming the files that differ.
    """
    differ = [
        f"{part.dataset.path} ({name})"
        for name, part in data.parts.items()
        if _identity(run.facts["data"].get(name, {}))
        != {"sha256": part.dataset.sha256, "rows": len(part.rows)}
    ]
    if differ or len(run.facts["data"]) != len(data.parts):
        raise SettingsError(
            f"Expected the same data as when the run began. Received: other content "
            f"in {', '.join(differ) or 'more or fewer parts'}. Put the files back, or "
            f"start anew with --overwrite."
        )


def _identity(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: facts.get(key) for key in ("sha256", "rows")}


def _flat(groups: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        f"{g}.{name}": v for g, fields in groups.items() for name, v in fields.items()
    }


def _nested(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        group, _, name = key.partition(".")
        groups.setdefault(group, {})[name] = value
    return groups
