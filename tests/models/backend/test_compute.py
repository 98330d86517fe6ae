"""What a run computes with: chosen by the device unless stated."""

import os
import subprocess
import sys
from dataclasses import replace

import keras
import pytest

from kerascls.errors import SettingsError
from kerascls.models.backend import compute
from kerascls.models.backend.compute import (
    Compute,
    choose_compute,
    data_parallel,
    limit_threads,
)
from kerascls.system.machine import num_cores

CPU, OLD_GPU, NEW_GPU = ("cpu", False), ("gpu", False), ("gpu", True)


@pytest.fixture
def machine(monkeypatch):
    """Returns a function that makes the package see a backend and a device."""

    def pretend(backend, device):
        monkeypatch.setattr(keras.backend, "backend", lambda: backend)
        monkeypatch.setattr(compute, "_device", lambda backend: device)

    return pretend


@pytest.mark.parametrize(
    ("backend", "device", "precision", "jit_compile"),
    [
        ("tensorflow", CPU, "float32", False),
        ("tensorflow", OLD_GPU, "float16", True),
        ("tensorflow", NEW_GPU, "bfloat16", True),
        ("jax", CPU, "float32", True),
        ("jax", OLD_GPU, "float16", True),
        ("jax", NEW_GPU, "bfloat16", True),
    ],
)
def test_a_device_gets_what_it_does_best(
    machine, backend, device, precision, jit_compile
):
    machine(backend, device)
    expected = Compute(backend, device[0], precision, jit_compile)
    assert choose_compute() == expected


@pytest.mark.parametrize("device", [CPU, NEW_GPU])
def test_what_is_stated_is_kept(machine, device):
    machine("tensorflow", device)
    for precision in ("float32", "bfloat16", "float16"):
        assert choose_compute(precision, "on").precision == precision
        assert choose_compute(precision, "on").jit_compile
        assert not choose_compute(precision, "off").jit_compile


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_more_devices_than_there_are_is_an_error(machine, backend):
    machine(backend, CPU)
    with pytest.raises(SettingsError, match="devices=99, where .* sees 1"):
        choose_compute(num_devices=99)


def test_tensorflow_does_not_compile_for_several_devices(machine, monkeypatch):
    machine("tensorflow", NEW_GPU)
    monkeypatch.setattr(compute, "_devices", lambda _: ["a", "b"])
    assert not choose_compute(num_devices=2).jit_compile
    with pytest.raises(SettingsError, match="compile='on', devices=2"):
        choose_compute(compile="on", num_devices=2)


def test_one_device_is_used_as_ever():
    with data_parallel(ALONE):
        assert keras.distribution.distribution() is None


def test_jax_cannot_be_told_not_to_compile(machine):
    machine("jax", CPU)
    with pytest.raises(SettingsError, match="compile='off' with KERAS_BACKEND=jax"):
        choose_compute(compile="off")


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_a_policy_keeps_weights_in_float32(precision):
    policy = keras.DTypePolicy(Compute("tensorflow", "cpu", precision, False).policy)
    assert policy.variable_dtype == "float32"
    assert policy.compute_dtype == precision


def test_only_compiled_runs_need_fixed_shapes():
    assert Compute("jax", "cpu", "float32", True).fixed_shapes
    assert not Compute("tensorflow", "cpu", "float32", False).fixed_shapes


def test_a_choice_is_told_in_words():
    text = str(Compute("tensorflow", "gpu", "bfloat16", True))
    assert text == "tensorflow on gpu, bfloat16, compiled with XLA"
    assert "not compiled" in str(Compute("tensorflow", "cpu", "float32", False))


def test_this_machine_can_be_told_by_its_backend():
    found = choose_compute()
    assert found.backend == keras.backend.backend()
    assert found.device in ("cpu", "gpu")


class Threading:
    """Stands for `tf.config.threading`."""

    def __init__(self, inter_op=0, intra_op=0, started=False):
        self.numbers = [inter_op, intra_op]
        self.started = started

    def get_inter_op_parallelism_threads(self):
        return self.numbers[0]

    def get_intra_op_parallelism_threads(self):
        return self.numbers[1]

    def set_inter_op_parallelism_threads(self, number):
        self._set(0, number)

    def set_intra_op_parallelism_threads(self, number):
        self._set(1, number)

    def _set(self, place, number):
        if self.started:
            raise RuntimeError("cannot be modified after initialization")
        self.numbers[place] = number


ALONE = Compute("tensorflow", "cpu", "float32", False)
THREADS = ("TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS")


@pytest.fixture
def threading(monkeypatch):
    """Returns a function that puts a `Threading` in TensorFlow's place."""
    tf = pytest.importorskip("tensorflow")
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(compute, "num_cores", lambda: 2)

    def pretend(**options):
        fake = Threading(**options)
        monkeypatch.setattr(tf.config, "threading", fake)
        return fake

    return pretend


def test_each_half_of_a_batch_has_one_of_two_cores(threading):
    fake = threading()
    limit_threads(ALONE)
    assert fake.numbers == [2, 1]


def test_both_halves_share_more_cores(threading, monkeypatch):
    monkeypatch.setattr(compute, "num_cores", lambda: 6)
    fake = threading()
    limit_threads(ALONE)
    assert fake.numbers == [2, 0]


def test_without_halves_operations_run_one_at_a_time(threading):
    fake = threading()
    limit_threads(replace(ALONE, jit_compile=True))
    assert fake.numbers == [1, 0]


@pytest.mark.parametrize(
    ("changes", "cores", "expected"),
    [
        ({}, 2, True),
        ({}, 1, False),
        ({"backend": "jax", "jit_compile": True}, 2, False),
        ({"device": "gpu"}, 2, False),
        ({"jit_compile": True}, 2, False),
        ({"num_devices": 2}, 2, False),
    ],
)
def test_only_tensorflow_on_a_cpu_takes_batches_in_halves(
    changes, cores, expected, monkeypatch
):
    monkeypatch.setattr(compute, "num_cores", lambda: cores)
    assert replace(ALONE, **changes).in_halves is expected


def test_devices_that_wait_for_each_other_run_at_once(threading):
    fake = threading()
    limit_threads(replace(ALONE, num_devices=2))
    assert fake.numbers == [0, 0]


@pytest.mark.parametrize("numbers", [[3, 0], [0, 3]])
def test_threads_set_by_the_program_stay(threading, numbers):
    fake = threading(inter_op=numbers[0], intra_op=numbers[1])
    limit_threads(ALONE)
    assert fake.numbers == numbers


@pytest.mark.parametrize("name", THREADS)
def test_threads_set_by_the_environment_stay(threading, monkeypatch, name):
    fake = threading()
    monkeypatch.setenv(name, "2")
    limit_threads(ALONE)
    assert fake.numbers == [0, 0]


def test_a_tensorflow_that_has_started_is_left_alone(threading):
    fake = threading(started=True)
    limit_threads(ALONE)
    assert fake.numbers == [0, 0]


def test_other_backends_have_no_such_threads(threading):
    fake = threading()
    limit_threads(replace(ALONE, backend="jax"))
    assert fake.numbers == [0, 0]


@pytest.mark.slow
def test_tensorflow_itself_takes_the_limit():
    script = (
        "import tensorflow as tf\n"
        "from kerascls.models.backend.compute import choose_compute, limit_threads\n"
        "limit_threads(choose_compute()); tf.constant(1)\n"
        "threads = tf.config.threading\n"
        "print(threads.get_inter_op_parallelism_threads())\n"
        "print(threads.get_intra_op_parallelism_threads())\n"
    )
    known = {k: v for k, v in os.environ.items() if k not in THREADS}
    result = subprocess.run(
        [sys.executable, "-c", script],
        env=known | {"KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    at_once, each = map(int, result.stdout.split()[-2:])
    assert at_once == min(2, num_cores())
    assert each == (1 if num_cores() <= 2 else 0)


def test_tensorflow_scales_no_loss_for_several_devices(machine, monkeypatch):
    machine("tensorflow", NEW_GPU)
    monkeypatch.setattr(compute, "_devices", lambda _: ["a", "b"])
    with pytest.raises(SettingsError, match="precision='float16', devices=2"):
        choose_compute("float16", num_devices=2)


def test_a_model_that_has_no_halves_is_computed_whole():
    compute = Compute("tensorflow", "cpu", "float32", jit_compile=False)
    assert not replace(compute, may_halve=False).in_halves
    assert "halves" not in str(replace(compute, may_halve=False))
