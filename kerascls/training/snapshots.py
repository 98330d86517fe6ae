"""All that Keras remembers of a training, as arrays: taken, and put back."""

import keras
import numpy as np

from kerascls.errors import SettingsError

GROUPS = ("model", "optimizer", "metrics")


def take_snapshot(model: keras.Model) -> dict[str, np.ndarray]:
    """Returns copies of all variables of a compiled model, by group and number.

    Weights, the counters of random layers, the optimiser's moments and counters, and
    the sums behind the mean loss of an epoch.

    Args:
        model: May be in the middle of `fit`, at the end of a step.
    """
    if keras.backend.backend() == "jax":
        model.jax_state_sync()
    return {
        f"{group}/{number:05d}": array
        for group in GROUPS
        for number, array in enumerate(values(variables_of(model, group)))
    }


def put_snapshot(
    model: keras.Model, arrays: dict[str, np.ndarray], groups: tuple[str, ...] = GROUPS
):
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


def variables_of(model: keras.Model, group: str) -> list:
    """Returns the variables of a group, in a fixed order."""
    if group == "optimizer":
        return model.optimizer.variables
    return model.variables if group == "model" else model.metrics_variables


def values(variables: list) -> list[np.ndarray]:
    """Returns copies of variables as arrays of their own dtype."""
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
