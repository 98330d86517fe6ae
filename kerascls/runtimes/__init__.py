"""What turns batches into logits for a bundle, by the name in its manifest."""

from importlib import import_module
from typing import Protocol

import numpy as np

from kerascls.bundle import Bundle
from kerascls.errors import BundleError

RUNTIMES = {"keras": "kerascls.runtimes.keras_runtime:KerasRuntime"}


class Runtime(Protocol):
    """Computes logits; knows nothing of texts or labels."""

    def logits(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Returns float32 `(batch, num_classes)` for a collated batch."""


def open_runtime(bundle: Bundle) -> Runtime:
    """Returns the runtime that a bundle asks for.

    Raises:
        BundleError: When this version has no such runtime.
    """
    if bundle.runtime not in RUNTIMES:
        raise BundleError(
            f"Expected a runtime out of {', '.join(RUNTIMES)}. Received: "
            f"runtime={bundle.runtime!r} in {str(bundle.path)!r}. Update kerascls."
        )
    module, _, name = RUNTIMES[bundle.runtime].partition(":")
    return getattr(import_module(module), name)(bundle)
