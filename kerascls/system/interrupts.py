"""Ctrl-C and SIGTERM between steps rather than within one."""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


class Interrupts:
    """Holds signals back while a step is computed, so that it is done or not begun.

    Outside a step, and at the second signal within one, what was installed before
    is called at once. Signals that nobody listens to are left alone, and in threads
    other than the main one nothing is changed.

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

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                before = signal.getsignal(number)
                if callable(before):
                    self._before[number] = before
                    signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
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


def undisturbed(function: Callable[[], object]) -> None:
    """Calls a function that frees objects; a signal waits for its end.

    Python drops what a handler raises while a weak reference is told that its object
    is gone.
    """
    with Interrupts() as interrupts:
        interrupts.hold()
        function()
        interrupts.release()
