"""Ctrl-C and SIGTERM between steps rather than within one."""

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, cast

# Long enough for a garbage collection that drops an exception to be over.
_SEND_AGAIN_S = 0.05


class Interrupts:
    """Holds signals back while a step is computed, so that it is done or not begun.

    Outside a step, and at the second signal within one, what was installed before
    is called at once. Signals that nobody listens to are left alone, and in threads
    other than the main one nothing is changed. One that Python drops comes again, as
    `resend_dropped` says.

    `waiting` is the signal that is held back, if any.

    Example:
        >>> with Interrupts() as interrupts:
        ...     interrupts.hold()
        ...     step()
        ...     interrupts.release()  # raises KeyboardInterrupt, if it came
    """

    def __init__(self) -> None:
        self.waiting: int | None = None
        self._held = False
        self._before: dict[int, Callable[[int, FrameType | None], Any]] = {}
        self._hook_before: Callable[[Any], Any] | None = None

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            self._hook_before = resend_dropped()
            for number in (signal.SIGINT, signal.SIGTERM):
                before = signal.getsignal(number)
                if callable(before):
                    self._before[number] = before
                    signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        if self._hook_before is not None:
            sys.unraisablehook = self._hook_before
        self._before.clear()

    def hold(self) -> None:
        """Holds signals back from now on."""
        self._held = True

    def release(self) -> None:
        """Lets through a signal that came meanwhile, and those to come."""
        self._held = False
        number, self.waiting = self.waiting, None
        if number is not None:
            self._before[number](number, None)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._held and self.waiting is None:
            self.waiting = number
        else:
            self._before[number](number, frame)


def resend_dropped() -> Callable[[Any], Any]:
    """Makes a KeyboardInterrupt that Python drops come again; returns the old hook.

    What a handler raises in a callback of the garbage collector (JAX has one), of a
    weak reference or in `__del__` is printed as "Exception ignored" and forgotten.
    """
    before = sys.unraisablehook

    def hook(dropped: Any) -> None:
        if dropped.exc_type is not KeyboardInterrupt:
            before(dropped)
            return
        # What runs in the background of a shell listens to SIGTERM alone.
        heard = callable(signal.getsignal(signal.SIGINT))
        number = signal.SIGINT if heard else signal.SIGTERM
        threading.Timer(_SEND_AGAIN_S, _send, [number]).start()

    sys.unraisablehook = hook
    return before


def _send(number: int) -> None:
    """Sends a signal to the main thread, which sleeps on when another one gets it."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(cast("int", threading.main_thread().ident), number)
    else:  # Windows
        signal.raise_signal(number)


def undisturbed(function: Callable[[], object]) -> None:
    """Calls a function that frees objects; a signal waits for its end.

    Python drops what a handler raises while a weak reference is told that its object
    is gone.
    """
    with Interrupts() as interrupts:
        interrupts.hold()
        function()
        interrupts.release()
