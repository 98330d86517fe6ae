"""Keeps off the screen what is not for people: start-up messages, places in code."""

import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

import click

from kerascls.cli.exit_codes import debugging

_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "GRPC_VERBOSITY": "ERROR",
    "GLOG_minloglevel": "3",
    "ABSL_MIN_LOG_LEVEL": "3",
}
_FOR_DEVELOPERS = (
    DeprecationWarning,
    FutureWarning,
    PendingDeprecationWarning,
    ResourceWarning,
)
_LOG_LINE = re.compile(
    rb"[IWE]\d{4} [\d:.]+ +\d+ [\w./-]+:\d+\]"
    rb"|WARNING: All log messages before absl"
    rb"|To enable the following instructions:"
)


def silence_backends() -> None:
    """Sets what TensorFlow reads, and hushes its import, whenever that happens.

    TensorFlow 2.21 logs to file descriptor 2 while it is imported, whatever its
    environment variables say; so the import itself is watched.
    """
    if debugging():
        return
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    if not any(isinstance(finder, _HushedImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, _HushedImport())


def simplify_warnings() -> None:
    """Shows warnings as one line each, without the place in the code they came from."""
    if not debugging():
        warnings.showwarning = _show_warning


def _show_warning(
    message: Warning | str, category: type[Warning], *_: Any, **__: Any
) -> None:
    if not issubclass(category, _FOR_DEVELOPERS):
        click.echo(f"note: {message}", err=True)


@contextmanager
def hushed_stderr() -> Iterator[None]:
    """Drops native log lines from file descriptor 2, and passes on all others."""
    sys.stderr.flush()
    screen = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
            held.seek(0)
            for line in held:
                if not _LOG_LINE.match(line):
                    os.write(2, line)


class _HushedImport(MetaPathFinder):
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
            spec.loader = _HushedLoader(spec.loader)
        return spec


class _HushedLoader(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        with hushed_stderr():
            self._loader.exec_module(module)
