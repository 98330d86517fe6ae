"""What to compute with: device, number format and compilation, chosen and told."""

import os
from dataclasses import dataclass

import keras

from kerascls.errors import SettingsError

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
    """

    backend: str
    device: str
    precision: str
    jit_compile: bool

    @property
    def policy(self) -> str:
        """The Keras dtype policy; weights stay float32 in all of them."""
        return POLICIES[self.precision]

    @property
    def fixed_shapes(self) -> bool:
        """Whether batches should have few different shapes."""
        return self.jit_compile

    def __str__(self) -> str:
        compiled = "compiled with XLA" if self.jit_compile else "not compiled"
        return f"{self.backend} on {self.device}, {self.precision}, {compiled}"


def choose_compute(precision: str = "auto", compile: str = "auto") -> Compute:
    """Chooses what a device does best, unless it is stated.

    A GPU gets bfloat16 (float16 where its hardware lacks it) and XLA; a CPU gets
    float32, and XLA only under JAX, which always compiles.

    Args:
        precision: `"auto"` or a number format.
        compile: `"auto"`, `"on"` or `"off"`.

    Raises:
        SettingsError: When JAX is asked not to compile.
    """
    backend = keras.backend.backend()
    device, has_bfloat16 = _device(backend)
    if precision == "auto":
        precision = "float32"
        if device == "gpu":
            precision = "bfloat16" if has_bfloat16 else "float16"
    if backend == "jax" and compile == "off":
        raise SettingsError(
            "JAX always compiles. Received: compile='off' with KERAS_BACKEND=jax. "
            "Leave it at auto."
        )
    compiles_well = backend == "jax" or device == "gpu"
    jit = compile == "on" or (compile == "auto" and compiles_well)
    return Compute(backend, device, precision, jit)


def limit_threads():
    """Makes TensorFlow run one operation at a time on all cores.

    Its default, as many operations at once as there are cores, each on all cores,
    is slower for these models. Must be called before TensorFlow starts computing;
    settings made by the user or through the environment stay as they are.
    """
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    if "TF_NUM_INTEROP_THREADS" in os.environ:
        return
    threading = tf.config.threading
    if threading.get_inter_op_parallelism_threads() == 0:
        try:
            threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:
            return  # started already, by the program that calls us


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
