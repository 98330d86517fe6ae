"""What a process may use of its machine."""

import os
from contextlib import suppress


def num_cores() -> int:
    """Returns how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def package_versions() -> dict[str, str]:
    """Returns the versions of what computes, as far as it is installed."""
    from importlib.metadata import PackageNotFoundError, version

    versions = {}
    names = ("kerascls", "keras", "tensorflow", "jax", "numpy", "tokenizers")
    for name in (*names, "onnxruntime"):
        with suppress(PackageNotFoundError):  # it may be "tensorflow-cpu"
            versions[name] = version(name)
    return versions
