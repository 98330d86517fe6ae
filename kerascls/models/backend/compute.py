"""What to compute with: device, number format and compilation, chosen and told."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import keras

from kerascls.errors import SettingsError
from kerascls.system.machine import num_cores

POLICIES = {
    "float32": "float32",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",
}


@dataclass(frozen=True)
class Compute:
    """How a run computes.

    Args:
        backend: Keras's backend.
        device: `"cpu"` or `"gpu"`.
        precision: `"float32"`, `"bfloat16"` or `"float16"`.
        jit_compile: Whether XLA compiles the step.
        num_devices: How many devices share each batch.
        may_halve: Whether the model computes both halves of a batch apart, if asked.
    """

    backend: str
    device: str
    precision: str
    jit_compile: bool
    num_devices: int = 1
    may_halve: bool = True

    @property
    def policy(self) -> str:
        """The Keras dtype policy; weights stay float32 in all of them."""
        return POLICIES[self.precision]

    @property
    def in_halves(self) -> bool:
        """Whether both halves of a batch are best computed at the same time.

        On a CPU TensorFlow waits after each operation until all its threads are done,
        which takes long where operations are small. Two halves that know nothing of
        each other wait less; on two cores, one for each, they need not wait at all.
        How much faster that is: benchmarks/halves.py.
        """
        return (
            self.may_halve
            and (self.backend, self.device, self.num_devices)
            == ("tensorflow", "cpu", 1)
            and not self.jit_compile
            and num_cores() > 1
        )

    @property
    def fixed_shapes(self) -> bool:
        """Whether batches should have few different shapes."""
        return self.jit_compile

    def __str__(self) -> str:
        compiled = "compiled with XLA" if self.jit_compile else "not compiled"
        several = self.num_devices > 1
        device = f"{self.num_devices} {self.device}s" if several else self.device
        halves = ", batches in halves" if self.in_halves else ""
        return f"{self.backend} on {device}, {self.precision}, {compiled}{halves}"


def choose_compute(
    precision: str = "auto",
    compile: str = "auto",
    num_devices: int = 1,
    may_halve: bool = True,
) -> Compute:
    """Chooses what a device does best, unless it is stated.

    A GPU gets bfloat16 (float16 where its hardware lacks it) and XLA; a CPU gets
    float32, and XLA only under JAX, which always compiles.

    Args:
        precision: `"auto"` or a number format.
        compile: `"auto"`, `"on"` or `"off"`. With several devices TensorFlow cannot
            compile.
        num_devices: How many devices share each batch.
        may_halve: Whether the model computes both halves of a batch apart, if asked.

    Raises:
        SettingsError: When JAX is asked not to compile, TensorFlow to compile or to
            compute in float16 on several devices, or there are not so many.
    """
    backend = keras.backend.backend()
    device, has_bfloat16 = _device(backend)
    if precision == "auto":
        precision = "float32"
        if device == "gpu":
            half = "float16" if num_devices == 1 or backend == "jax" else "float32"
            precision = "bfloat16" if has_bfloat16 else half
    if backend == "jax" and compile == "off":
        raise SettingsError(
            "JAX always compiles. Received: compile='off' with KERAS_BACKEND=jax. "
            "Leave it at auto."
        )
    if num_devices > 1:
        _check_devices(backend, precision, compile, num_devices)
    compiles_well = backend == "jax" or (device == "gpu" and num_devices == 1)
    jit = compile == "on" or (compile == "auto" and compiles_well)
    return Compute(backend, device, precision, jit, num_devices, may_halve)


def _check_devices(
    backend: str, precision: str, compile: str, num_devices: int
) -> None:
    available = len(_devices(backend))
    if available < num_devices:
        raise SettingsError(
            f"Expected {num_devices} devices of one kind. Received: devices="
            f"{num_devices}, where {backend} sees {available}. Give fewer."
        )
    if backend == "tensorflow" and precision == "float16":
        # Its loss scaling looks at the gradients of the first device alone.
        raise SettingsError(
            "TensorFlow cannot scale the loss over several devices. Received: "
            f"precision='float16', devices={num_devices}. Choose bfloat16 or float32."
        )
    if backend == "tensorflow" and compile == "on":
        raise SettingsError(
            "TensorFlow cannot compile for several devices. Received: compile='on', "
            f"devices={num_devices}. Leave compile at auto, or use KERAS_BACKEND=jax."
        )


def _devices(backend: str) -> list[Any]:
    """Returns the GPUs if there are any, else the CPUs."""
    if backend == "jax":
        import jax

        return jax.local_devices()
    import tensorflow as tf

    names = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices()
    return [device.name for device in names]


@contextmanager
def data_parallel(compute: Compute) -> Iterator[None]:
    """Lets models built and trained inside share each batch over several devices.

    Every device has all weights; gradients are summed over them after each step. With
    one device nothing is done.

    References:
        - `tf.distribute.MirroredStrategy`, `keras.distribution.DataParallel`
    """
    if compute.num_devices == 1:
        yield
        return
    devices = _devices(compute.backend)[: compute.num_devices]
    if compute.backend == "tensorflow":
        import tensorflow as tf

        with tf.distribute.MirroredStrategy(devices).scope():
            yield
        return
    before = keras.distribution.distribution()
    names = [f"{device.platform}:{device.id}" for device in devices]
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=names))
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


def limit_threads(compute: Compute) -> None:
    """Makes TensorFlow run an operation of either half of a batch at once.

    Its default, as many operations at once as there are cores, each on all cores,
    is slower for these models. On two cores each half gets one of its own; more cores
    are shared, as TensorFlow has one pool of threads for all operations. Must be
    called before TensorFlow starts computing; settings made by the user or through the
    environment stay as they are.

    Args:
        compute: What is computed with. Without halves, operations run one by one on
            all cores; several devices wait for each other and keep the default.
    """
    if compute.backend != "tensorflow" or compute.num_devices > 1:
        return
    import tensorflow as tf

    threading = tf.config.threading
    stated = os.environ.keys() & {"TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS"}
    if (
        stated
        or threading.get_inter_op_parallelism_threads()
        or threading.get_intra_op_parallelism_threads()
    ):
        return
    at_once = 2 if compute.in_halves else 1
    with suppress(RuntimeError):  # started already, by the program that calls us
        threading.set_inter_op_parallelism_threads(at_once)
        if num_cores() == at_once:
            threading.set_intra_op_parallelism_threads(1)


def has_own_operations(tensor: Any) -> bool:
    """Whether `tensorflow_ops` beats Keras on a tensor: in float32, on a CPU."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    is_float = tf.is_tensor(tensor) and tensor.dtype == tf.float32
    return is_float and not tf.config.list_physical_devices("GPU")


def _device(backend: str) -> tuple[str, bool]:
    if backend == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        if not gpus:
            return "cpu", False
        details = tf.config.experimental.get_device_details(gpus[0])
        return "gpu", details.get("compute_capability", (0, 0)) >= (8, 0)
    if backend == "jax":
        import jax

        device = jax.devices()[0]
        if device.platform != "gpu":
            return "cpu", False
        return "gpu", float(getattr(device, "compute_capability", "0")) >= 8.0
    return "cpu", False
