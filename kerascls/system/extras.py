"""Packages that only some uses need, and how to get them."""

from collections.abc import Iterable
from importlib.util import find_spec

from kerascls.errors import SettingsError

# Extra of pyproject.toml -> what is imported from it.
EXTRAS = {
    "audit": ("cleanlab",),
    "litert": ("ai_edge_litert",),
    "mlflow": ("mlflow",),
    "onnx": ("onnx", "onnxruntime"),
    "search": ("optuna", "tomli_w"),
    "wandb": ("wandb",),
}


def require_extra(extra: str, needed_by: str):
    """Checks, without importing them, that the packages of an extra are there.

    Args:
        extra: A key of `EXTRAS`.
        needed_by: What the user asked for, for the message.

    Raises:
        SettingsError: When one is missing; it says how to install it.
    """
    missing = [name for name in EXTRAS[extra] if not is_installed(name)]
    if missing:
        raise SettingsError(
            f"{needed_by} needs a package that is not installed. Received: no "
            f'{" and no ".join(missing)}. Install it with pip install "kerascls'
            f'[{extra}]".'
        )


def has_extra(extra: str) -> bool:
    """Returns whether the packages of an extra are there, without importing them."""
    return all(is_installed(name) for name in EXTRAS[extra])


def require_trackers(names: Iterable[str]):
    """Checks that what `train.track` names can be used.

    Raises:
        SettingsError: When a package is missing; it says how to install it.
    """
    for name in names:
        if name in EXTRAS:
            require_extra(name, f"track={name}")


def is_installed(name: str) -> bool:
    """Returns whether a package is there, without importing it."""
    spec = find_spec(name)
    # A folder of that name in the working directory is no package: both trackers
    # write into one.
    return spec is not None and spec.origin is not None
