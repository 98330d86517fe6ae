"""What a process may use of its machine."""

import os
import platform
from contextlib import suppress
from pathlib import Path

from kerascls.system.words import count


def num_cores() -> int:
    """Returns how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Returns processor, cores that this process may use, and system, for people."""
    try:
        told = cpuinfo.read_text("utf-8", "replace")
    except OSError:  # not on Linux
        told = ""
    lines = (line.partition(":") for line in told.splitlines())
    models = (value.strip() for name, _, value in lines if name.strip() == "model name")
    processor = next(models, "") or platform.processor() or platform.machine()
    return f"{processor}, {count(num_cores(), 'core')}, {platform.system()}"


def package_versions() -> dict[str, str]:
    """Returns the versions of what computes, as far as it is installed."""
    from importlib.metadata import PackageNotFoundError, version

    versions = {}
    names = ("kerascls", "keras", "tensorflow", "jax", "numpy", "tokenizers")
    for name in (*names, "onnxruntime"):
        with suppress(PackageNotFoundError):  # it may be "tensorflow-cpu"
            versions[name] = version(name)
    return versions
