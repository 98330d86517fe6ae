"""Signals wait for the end of a step; none is lost."""

import gc
import signal
import sys
import threading
import time
import weakref

import pytest

from kerascls.system.interrupts import Interrupts, undisturbed


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def number(request):
    """A signal somebody listens to: as the command line does, by KeyboardInterrupt."""
    before = signal.signal(request.param, signal.default_int_handler)
    yield request.param
    signal.signal(request.param, before)


def test_a_signal_within_a_step_waits_for_its_end(number):
    with Interrupts() as interrupts:
        interrupts.hold()
        signal.raise_signal(number)
        assert interrupts.waiting == number
        with pytest.raises(KeyboardInterrupt):
            interrupts.release()


def test_a_signal_comes_through_once(number):
    with Interrupts() as interrupts:
        interrupts.hold()
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            interrupts.release()
        interrupts.hold()
        interrupts.release()


def test_a_second_signal_does_not_wait(number):
    with Interrupts() as interrupts:
        interrupts.hold()
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


@pytest.mark.parametrize("steps_before", [0, 1])
def test_a_signal_between_steps_does_not_wait(number, steps_before):
    with Interrupts() as interrupts:
        for _ in range(steps_before):
            interrupts.hold()
            interrupts.release()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


def test_who_listened_before_listens_again(number):
    with Interrupts():
        assert signal.getsignal(number) is not signal.default_int_handler
    assert signal.getsignal(number) is signal.default_int_handler


def test_a_signal_nobody_listens_to_is_left_alone():
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with Interrupts():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_threads_can_train_too(number):
    found = []

    def work():
        with Interrupts() as interrupts:
            interrupts.hold()
            interrupts.release()
            found.append(signal.getsignal(number))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


def test_a_signal_is_not_lost_while_objects_are_freed(number):
    class Freed:
        pass

    def free():
        one = Freed()
        reference = weakref.ref(one, lambda _: signal.raise_signal(number))
        del one
        assert reference() is None

    with pytest.raises(KeyboardInterrupt):
        undisturbed(free)


def collect_with(number):
    """Collects garbage; the signal comes within a callback of the collector."""

    def callback(phase, info):
        gc.callbacks.remove(callback)
        signal.raise_signal(number)

    gc.callbacks.append(callback)
    gc.collect()


def test_a_signal_within_the_garbage_collector_comes_again(number, capfd):
    with pytest.raises(KeyboardInterrupt), Interrupts():
        collect_with(number)
        time.sleep(10)
    assert "Traceback" not in capfd.readouterr().err


def test_one_that_comes_again_waits_for_the_end_of_a_step(number):
    with Interrupts() as interrupts:
        collect_with(number)
        interrupts.hold()
        end = time.monotonic() + 10
        while interrupts.waiting is None and time.monotonic() < end:
            time.sleep(0.01)
        with pytest.raises(KeyboardInterrupt):
            interrupts.release()


def test_other_things_that_are_dropped_are_told_as_before(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    class Unwilling:
        def __del__(self):
            raise ValueError

    with Interrupts():
        Unwilling()
    assert [one.exc_type for one in told] == [ValueError]
    assert sys.unraisablehook == told.append
