"""States of a training on disk, from which it goes on: each complete or not there."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from kerascls.errors import BundleError, SettingsError
from kerascls.system.files import flush, replaced, write_json

if TYPE_CHECKING:
    import keras

STATE_FOLDER = "state"
FORMAT_VERSION = 1
KEPT = 2
ARRAYS = "arrays.safetensors"
FACTS = "state.json"


@dataclass(frozen=True, eq=False)
class State:
    """All that a training depends on, at the end of a step.

    Args:
        step: Steps done.
        arrays: Values of variables, by a name of the writer's choice.
        facts: What else there is to know, as plain JSON types.
    """

    step: int
    arrays: dict[str, np.ndarray]
    facts: dict[str, Any]


def write_state(folder: Path, state: State) -> None:
    """Writes a state beside the others, and removes all but the newest two.

    It appears by rename when it is complete, so that a process killed at any moment
    leaves what was there before.

    Args:
        folder: Where states are; made if missing.
        state: What to write.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(folder)
    # One that is there is damaged, or the training came here once before.
    with replaced(folder / f"step-{state.step:09d}") as work:
        work.mkdir(0o700)
        save_file(state.arrays, work / ARRAYS)
        flush(work / ARRAYS)
        facts = {"format_version": FORMAT_VERSION, "step": state.step}
        write_json(work / FACTS, facts | {"facts": state.facts})
    flush(folder)
    for old in _places(folder)[KEPT:]:
        shutil.rmtree(old)


def read_state(folder: Path) -> State | None:
    """Returns the newest state that can be read, or None where none was written.

    Args:
        folder: Where states are; need not exist.

    Raises:
        BundleError: When there are states and none can be read.
    """
    places, problems = _places(folder), []
    for place in places:
        try:
            return _read(place)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            problems.append(f"{place.name}: {error}")
    if not places:
        return None
    raise BundleError(
        f"Expected a state to go on from. Received: {str(folder)!r}, all damaged: "
        f"{'; '.join(problems)}. Start the run anew with --overwrite."
    )


def _read(place: Path) -> State:
    facts = json.loads((place / FACTS).read_bytes())
    if facts["format_version"] != FORMAT_VERSION:
        raise ValueError(f"format_version={facts['format_version']!r}")
    return State(facts["step"], load_file(place / ARRAYS), facts["facts"])


def _places(folder: Path) -> list[Path]:
    """Returns the complete states, the newest first."""
    return sorted(folder.glob("step-*"), reverse=True)


def _remove_unfinished(folder: Path) -> None:
    for item in folder.glob(".*"):
        shutil.rmtree(item, ignore_errors=True)


GROUPS = ("model", "optimizer", "metrics")


def take_snapshot(model: "keras.Model") -> dict[str, np.ndarray]:
    """Returns copies of all variables of a compiled model, by group and number.

    Weights, the counters of random layers, the optimiser's moments and counters, and
    the sums behind the mean loss of an epoch.

    Args:
        model: May be in the middle of `fit`, at the end of a step.
    """
    import keras

    if keras.backend.backend() == "jax":
        model.jax_state_sync()
    return {
        f"{group}/{number:05d}": array
        for group in GROUPS
        for number, array in enumerate(values(variables_of(model, group)))
    }


def put_snapshot(
    model: "keras.Model",
    arrays: dict[str, np.ndarray],
    groups: tuple[str, ...] = GROUPS,
) -> None:
    """Gives variables the values that `take_snapshot` returned, all or none.

    Args:
        model: Compiled and its optimiser built, like the one it was taken from.
        arrays: The snapshot; other names in it are left alone.
        groups: Which groups.

    Raises:
        SettingsError: When the snapshot is of another model or optimiser.
    """
    todo = []
    for group in groups:
        variables = variables_of(model, group)
        known = [name for name in arrays if name.startswith(f"{group}/")]
        names = [f"{group}/{number:05d}" for number in range(len(variables))]
        given = [arrays[name].shape for name in names if name in arrays]
        if len(known) != len(names) or given != [tuple(v.shape) for v in variables]:
            raise SettingsError(
                f"Expected a state of {len(names)} {group} variables of the same "
                f"shapes. Received: {len(known)} arrays, or other shapes. Go on with "
                f"the settings and the version of kerascls that began the run."
            )
        todo += [(v, arrays[n]) for v, n in zip(variables, names, strict=True)]
    for variable, array in todo:
        variable.assign(array)


def variables_of(model: "keras.Model", group: str) -> list:
    """Returns the variables of a group, in a fixed order."""
    if group == "optimizer":
        return model.optimizer.variables
    return model.variables if group == "model" else model.metrics_variables


def values(variables: list) -> list[np.ndarray]:
    """Returns copies of variables as arrays of their own dtype."""
    import keras

    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
