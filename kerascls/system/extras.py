"""Packages that only some uses need, and how to get them."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from kerascls.errors import MissingPackageError, SettingsError

TRAINING = ("iterstrat", "matplotlib", "scipy", "sklearn")
BACKENDS = ("tensorflow", "jax")

# Extra of pyproject.toml -> what is imported from it. Where several bring what is
# missing, the first is named.
EXTRAS = {
    "evaluation": ("matplotlib", "sklearn"),
    "linear": TRAINING,
    "onnx": ("onnx", "tf2onnx"),
    "search": ("optuna", "tomli_w"),
    "tensorflow": ("h5py", "keras", *TRAINING, "onnx", "tensorflow", "tf2onnx"),
    "jax": ("h5py", "keras", *TRAINING, "onnx", "tf2onnx", "jax"),
    "parquet": ("pyarrow",),
    "audit": ("cleanlab", "iterstrat", "sklearn"),
    "imbalance": ("imblearn",),
    "litert": ("ai_edge_litert",),
    "jieba": ("rjieba",),
    "mlflow": ("mlflow",),
    "wandb": ("wandb",),
}
_TRACKERS = {"tensorboard": ("tensorflow",)}


def require(needed_by: str, *packages: str, otherwise: str = "") -> None:
    """Checks, without importing them, that packages are there.

    Args:
        needed_by: What the user asked for, for the message.
        packages: Import names out of `EXTRAS`.
        otherwise: Another way out, a sentence or more, for the message.

    Raises:
        SettingsError: When one is missing; it says how to install all that are.
    """
    missing = [name for name in dict.fromkeys(packages) if not is_installed(name)]
    if missing:
        extras = ",".join(_extras_with(set(missing)))
        advice = f'Install it with pip install "kerascls[{extras}]". {otherwise}'
        raise MissingPackageError(
            f"{needed_by} needs more than is installed. Received: no "
            f"{', no '.join(missing)}. {advice.strip()}"
        )


def require_keras(needed_by: str, *packages: str, otherwise: str = "") -> None:
    """Checks the same of Keras, its backend, and packages; arguments as of `require`.

    Raises:
        SettingsError: When one is missing; it says how to install all that are. Also
            when Keras is to run on another backend than `BACKENDS`.
    """
    backend = keras_backend()
    if backend not in BACKENDS:
        raise SettingsError(
            f"{needed_by} needs Keras on {' or '.join(BACKENDS)}. Received: "
            f"backend={backend!r}, of KERAS_BACKEND or keras.json. Set "
            f"KERAS_BACKEND={BACKENDS[0]}."
        )
    if not is_installed(backend) and not {*BACKENDS}.intersection(packages):
        (other,) = {*BACKENDS} - {backend}
        get = f", which is installed: set KERAS_BACKEND={other}"
        if not is_installed(other):
            get = f": name {other} in place of {backend}, and set KERAS_BACKEND={other}"
        otherwise = f"Keras can also run on {other}{get}. {otherwise}"
    require(needed_by, "keras", backend, *packages, otherwise=otherwise)


def keras_backend() -> str:
    """Returns the backend that Keras will take, found as it does, without Keras."""
    folder = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    try:
        stated = json.loads((Path(folder) / "keras.json").read_text("utf-8"))
    except (OSError, ValueError):
        stated = {}
    if not isinstance(stated, dict):  # what Keras itself does not survive
        stated = {}
    return os.environ.get("KERAS_BACKEND") or stated.get("backend", "tensorflow")


@contextmanager
def absence_explained(needed_by: str) -> Iterator[None]:
    """Turns a failed import of what an extra brings into the error of `require`."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in {"keras", keras_backend()}:
            require_keras(needed_by)
        elif any(name in packages for packages in EXTRAS.values()):
            require(needed_by, name)
        raise  # it is no package of an extra, or is there and broken


def stand_in(name: str, error: SettingsError) -> Callable:
    """Returns what a public name is where its packages are missing.

    Calling it raises the error, which says what to install.
    """

    def absent(*_: Any, **__: Any) -> NoReturn:
        raise type(error)(str(error))

    absent.__name__ = absent.__qualname__ = name
    absent.__doc__ = str(error)
    return absent


def has_extra(extra: str) -> bool:
    """Returns whether the packages of an extra are there, without importing them."""
    return all(is_installed(name) for name in EXTRAS[extra])


def require_trackers(names: Iterable[str]) -> None:
    """Checks, as `require` does, that what `train.track` names can be used."""
    for name in names:
        require(f"track={name}", *(EXTRAS | _TRACKERS).get(name, ()))


def is_installed(name: str) -> bool:
    """Returns whether a package is there, without importing it."""
    spec = find_spec(name)
    # A folder of that name in the working directory is no package: both trackers
    # write into one.
    return spec is not None and spec.origin is not None


def _extras_with(packages: set[str]) -> list[str]:
    """Returns few extras that bring packages; Keras comes with its backend."""
    if not packages:
        return []
    if "keras" in packages:
        packages = packages | ({keras_backend()} & {*BACKENDS})
    best = max(EXTRAS, key=lambda extra: len(packages.intersection(EXTRAS[extra])))
    return [best, *_extras_with(packages.difference(EXTRAS[best]))]
