"""What a user sees and a shell gets when a command ends, well or not."""

import errno
import os
import sys
import traceback
from collections.abc import Callable

import click

from kerascls.cli.output import show
from kerascls.errors import ExportError, KerasclsError
from kerascls.system.disk import is_full
from kerascls.system.extras import absence_explained

DEBUG_VARIABLE = "KERASCLS_DEBUG"
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)
DONE, FAILURE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def exit_code_of(command: Callable[[], int | None]) -> int:
    """Runs a command; every error becomes one message on standard error.

    Returns:
        The int it returns, else 0 done, 2 bad input, 1 failure, 130 interrupted.
    """
    try:
        with absence_explained("This command"):
            code = command()
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 - the one place where all errors end
        return _report(error)
    except KeyboardInterrupt as end:
        return _interrupted(str(end))
    return code if isinstance(code, int) else DONE


def _report(error: Exception) -> int:
    if isinstance(error, BrokenPipeError):  # whoever read our output is gone
        # Python flushes standard output once more at exit, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    if isinstance(error, click.Abort):  # what click makes of an interrupt
        return _interrupted(str(error.__cause__ or error.__context__ or ""))
    if debugging():
        traceback.print_exception(error)
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, KerasclsError):
        show(f"error: {error}", err=True)
        return FAILURE if isinstance(error, ExportError) else BAD_INPUT
    show(f"error: {_describe(error)}", err=True)
    return BAD_INPUT if is_full(error) or _is_forbidden(error) else FAILURE


def debugging() -> bool:
    """Returns whether tracebacks and the backends' own messages are wanted."""
    return os.environ.get(DEBUG_VARIABLE, "0") not in ("", "0")


def _describe(error: Exception) -> str:
    if isinstance(error, OSError) and is_full(error):
        file = f" while writing {error.filename}" if error.filename else ""
        return f"the disk is full{file}. Free some space and run the command again."
    if isinstance(error, OSError) and _is_forbidden(error):
        # What is written beside its place has a name of its own, which says nothing.
        path = str(error.filename or "")
        folder, name = os.path.split(path)
        place = folder if name.startswith(".") else path
        return (
            f"Expected a place that can be written to. Received: {place!r}: "
            f"{error.strerror}. Choose another, or allow it."
        )
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename or 'no file name given'}"
    if isinstance(error, MemoryError):
        return "out of memory. Try a smaller --batch-size or --max-tokens."
    hint = "" if debugging() else f". Set {DEBUG_VARIABLE}=1 for the traceback."
    return f"{type(error).__name__}: {error}{hint}"


def _is_forbidden(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in _FORBIDDEN


def _interrupted(advice: str = "") -> int:
    click.echo(f"interrupted{': ' if advice else ''}{advice}", err=True)
    return INTERRUPTED
