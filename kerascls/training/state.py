"""States of a training on disk, from which it goes on: each complete or not there."""

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

from kerascls.errors import BundleError, SettingsError
from kerascls.system.files import flush, replaced, write_json

if TYPE_CHECKING:
    import keras

FORMAT_VERSION = 1
KEPT = 2
ARRAYS = "arrays.safetensors"
FACTS = "state.json"


@dataclass(frozen=True, eq=False)
class State:
    """All that a training depends on when `step` steps are done.

    Arrays have names of the writer's choice; facts are plain JSON types.
    """

    step: int
    arrays: dict[str, np.ndarray]
    facts: dict[str, Any]


def write_state(folder: Path, state: State) -> None:
    """Writes a state beside the others, and removes all but the newest two.

    It appears by rename when it is complete, so that a process killed at any moment
    leaves what was there before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for unfinished in folder.glob(".*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    # One that is there is damaged, or the training came here once before.
    with replaced(folder / f"step-{state.step:09d}") as work:
        work.mkdir(0o700)
        save_file(state.arrays, work / ARRAYS)
        flush(work / ARRAYS)
        facts = {"format_version": FORMAT_VERSION, "step": state.step}
        write_json(work / FACTS, facts | {"facts": state.facts})
    flush(folder)
    for old in _complete(folder)[KEPT:]:
        shutil.rmtree(old)


def read_state(folder: Path) -> State | None:
    """Returns the newest state that can be read, or None where none was written.

    Raises:
        BundleError: When there are states and none can be read.
    """
    problems = []
    for path in _complete(folder):
        try:
            return _read(path)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            problems.append(f"{path.name}: {error}")
    if not problems:
        return None
    raise BundleError(
        f"Expected a state to go on from. Received: {str(folder)!r}, all damaged: "
        f"{'; '.join(problems)}. Start the run anew with --overwrite."
    )


def _read(path: Path) -> State:
    facts = json.loads((path / FACTS).read_bytes())
    if facts["format_version"] != FORMAT_VERSION:
        raise ValueError(f"format_version={facts['format_version']!r}")
    return State(facts["step"], load_file(path / ARRAYS), facts["facts"])


def stored_shapes(folder: Path) -> set[tuple[int, ...]]:
    """Returns the shapes of the arrays in the newest state that can be read, if any."""
    for path in _complete(folder):
        with (
            suppress(OSError, SafetensorError),
            safe_open(path / ARRAYS, framework="numpy") as arrays,
        ):
            return {tuple(arrays.get_slice(name).get_shape()) for name in arrays.keys()}
    return set()


def _complete(folder: Path) -> list[Path]:
    """Returns the complete states, the newest first."""
    return sorted(folder.glob("step-*"), reverse=True)


GROUPS = ("model", "optimizer", "metrics")


def take_snapshot(model: "keras.Model") -> dict[str, np.ndarray]:
    """Returns copies of all variables of a compiled model, by group and number.

    Weights, the counters of random layers, the optimiser's moments and counters, and
    the sums behind the mean loss of an epoch, at the end of any step of `fit`.
    """
    import keras

    if keras.backend.backend() == "jax":
        model.jax_state_sync()  # within `fit`, Keras keeps JAX's values elsewhere
    return {
        f"{group}/{index:05d}": array
        for group in GROUPS
        for index, array in enumerate(values(_variables(model, group)))
    }


def put_snapshot(
    model: "keras.Model",
    arrays: dict[str, np.ndarray],
    groups: tuple[str, ...] = GROUPS,
) -> None:
    """Gives variables the values that `take_snapshot` returned, all or none.

    The model is compiled and its optimiser built; other names are left alone.

    Raises:
        SettingsError: When the snapshot is of another model or optimiser.
    """
    assignments = []
    for group in groups:
        variables = _variables(model, group)
        names = [f"{group}/{index:05d}" for index in range(len(variables))]
        stored = [name for name in arrays if name.startswith(f"{group}/")]
        shapes = {name: tuple(arrays[name].shape) for name in stored}
        if shapes != {n: tuple(v.shape) for n, v in zip(names, variables, strict=True)}:
            raise SettingsError(
                f"Expected a state of {len(names)} {group} variables of the same "
                f"shapes. Received: {len(stored)} arrays, or other shapes. Go on with "
                f"the settings and the version of kerascls that began the run."
            )
        assignments += [(v, arrays[n]) for v, n in zip(variables, names, strict=True)]
    for variable, array in assignments:
        variable.assign(array)


def _variables(model: "keras.Model", group: str) -> "list[keras.Variable]":
    if group == "optimizer":
        return model.optimizer.variables
    return model.variables if group == "model" else model.metrics_variables


def values(variables: "list[keras.Variable]") -> list[np.ndarray]:
    """Returns copies of variables as arrays of their own dtype."""
    import keras

    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
