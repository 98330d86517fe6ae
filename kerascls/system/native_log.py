"""Keeps start-up messages of TensorFlow's native code off the screen."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_ERRORS_ONLY = {LEVEL: "2", "GRPC_VERBOSITY": "ERROR", "GLOG_minloglevel": "2"}
_NOISE = re.compile(
    rb"[IW]\d{4} [\d:.]+ +\d+ [\w./-]+:\d+\]"
    rb"|WARNING: All log messages before absl"
    rb"|To enable the following instructions:"
    # No driver, so no GPU; and what versions of TensorFlow register twice.
    rb"|E\d{4} [^]]+\] failed call to cuInit: .*\(303\)"
    rb"|E\d{4} [^]]+\] Unable to register cu\w+ factory"
)


def quiet_backends() -> None:
    """Lets TensorFlow say errors only, whenever it is imported from now on.

    Nothing is changed where `TF_CPP_MIN_LOG_LEVEL` asks for more, or after TensorFlow
    was imported. Version 2.21 logs to file descriptor 2 while it is imported, whatever
    its environment variables say; so the import itself is watched.
    """
    if os.environ.get(LEVEL, "2") in ("0", "1") or "tensorflow" in sys.modules:
        return
    if not _has_avx():
        return  # it will say so and end the process, before anything could be passed on
    for name, value in _ERRORS_ONLY.items():
        os.environ.setdefault(name, value)
    if not any(isinstance(finder, _QuietImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, _QuietImport())


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Drops start-up messages from file descriptor 2, and passes on all other lines."""
    try:
        screen = os.dup(2)
    except OSError:  # there is none, as in a service
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            if sys.stderr is not None:
                sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
            held.seek(0)
            for line in held:
                if not _NOISE.match(line):
                    os.write(2, line)


def _has_avx(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether this processor can run TensorFlow's builds, as far as is known."""
    try:
        told = cpuinfo.read_text("utf-8", "replace")
    except OSError:
        return True
    flags = re.findall(r"^flags\s*:(.*)$", told, re.MULTILINE)
    return all("avx" in line.split() for line in flags)


class _QuietImport(MetaPathFinder):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != "tensorflow":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


class _QuietLoader(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        with quiet_stderr():
            self._loader.exec_module(module)
            if not any(Path("/dev").glob("nvidia[0-9]*")):
                # Or the first operation would say that there is no driver. Where there
                # is one, asking would settle which devices are visible.
                module.config.list_physical_devices()
