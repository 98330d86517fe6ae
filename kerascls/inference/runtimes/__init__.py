"""What turns batches into logits for a bundle."""

from typing import Protocol

import numpy as np

from kerascls.errors import BundleError, SettingsError
from kerascls.inference.bundle import Bundle
from kerascls.system.extras import require_keras


class Runtime(Protocol):
    """Computes logits; knows nothing of texts or labels."""

    def logits(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Returns float32 `(batch, num_classes)` for a collated batch."""


def open_runtime(bundle: Bundle, runtime: str = "auto") -> Runtime:
    """Returns what computes a bundle's logits.

    Args:
        bundle: A checked bundle.
        runtime: One of `RUNTIMES`, or `"auto"`: ONNX if the bundle has such a file,
            else what the bundle asks for.

    Raises:
        BundleError: When this version has no such runtime, the bundle lacks the file
            that it needs, or this processor would compute that inexactly.
        SettingsError: When the runtime is unknown, or Keras is not installed.
    """
    if bundle.runtime not in RUNTIMES:
        raise BundleError(
            f"Expected a runtime out of {', '.join(RUNTIMES)}. Received: "
            f"runtime={bundle.runtime!r} in {str(bundle.path)!r}. Update kerascls."
        )
    if runtime not in (AUTO, *RUNTIMES):
        raise SettingsError(
            f"Expected a runtime out of {', '.join((AUTO, *RUNTIMES))}. Received: "
            f"runtime={runtime!r}. Choose one of them."
        )
    if runtime == AUTO:
        runtime = "onnx" if "onnx" in bundle.exports else bundle.runtime
    return RUNTIMES[runtime](bundle)


def _keras(bundle: Bundle) -> Runtime:
    if "onnx" in bundle.exports:
        needed_by = "runtime='keras'"
        otherwise = "Or leave the runtime out: the bundle has an ONNX file."
    else:
        needed_by = f"{str(bundle.path)!r}, which has no ONNX file,"
        otherwise = (
            "Or write that file where it was trained, with `kerascls export OUT`, and "
            "copy the bundle again."
        )
    require_keras(needed_by, otherwise=otherwise)
    from kerascls.inference.runtimes.keras_runtime import KerasRuntime

    return KerasRuntime(bundle)


def _onnx(bundle: Bundle) -> Runtime:
    if "onnx" not in bundle.exports:
        raise BundleError(
            f"Expected a bundle with an ONNX file. Received: {str(bundle.path)!r}, "
            f"which has none. Make it with `kerascls export OUT --format onnx`."
        )
    from kerascls.inference.runtimes.onnx_runtime import OnnxRuntime

    facts = bundle.exports["onnx"]
    return OnnxRuntime(bundle.path / facts["file"], facts.get("int8", False))


AUTO = "auto"
RUNTIMES = {"keras": _keras, "onnx": _onnx}
