"""Keeps off the screen what is not for people: start-up messages, places in code."""

import warnings
from typing import Any

import click

from kerascls.cli.exit_codes import debugging
from kerascls.system.native_log import quiet_backends

_FOR_DEVELOPERS = (
    DeprecationWarning,
    FutureWarning,
    PendingDeprecationWarning,
    ResourceWarning,
)


def silence_backends() -> None:
    """Keeps start-up messages away, unless KERASCLS_DEBUG asks for everything."""
    if not debugging():
        quiet_backends()


def simplify_warnings() -> None:
    """Shows warnings as one line each, without the place in the code they came from."""
    if not debugging():
        warnings.showwarning = _show_warning


def _show_warning(
    message: Warning | str, category: type[Warning], *_: Any, **__: Any
) -> None:
    if not issubclass(category, _FOR_DEVELOPERS):
        click.echo(f"note: {message}", err=True)
