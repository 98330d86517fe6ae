"""What turns batches into logits for a bundle."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kerascls.errors import BundleError
from kerascls.system.extras import is_installed, require_extra
from kerascls.system.tables import known_name, named

if TYPE_CHECKING:
    import numpy as np

    from kerascls.inference.bundle import Bundle


class Runtime(Protocol):
    """Computes logits; knows nothing of texts or labels."""

    def logits(self, inputs: "dict[str, np.ndarray]") -> "np.ndarray":
        """Returns float32 `(batch, num_classes)` for a collated batch."""


@dataclass(frozen=True, kw_only=True)
class RuntimeKind:
    """One way to compute the logits of a bundle.

    Args:
        opener: `module:name` that returns a `Runtime`, of a bundle; of
            `(place, int8)` where it runs an exported file.
        export: Format of the file in the bundle that it runs; None where it reads the
            bundle's own weights.
        extra: Extra of pyproject.toml with the package that it needs; None for none.
        package: That package.
    """

    opener: str
    export: str | None = None
    extra: str | None = None
    package: str | None = None

    def suits(self, bundle: "Bundle") -> bool:
        """Returns whether it is what to prefer: there is a file, and a package."""
        return self.export in bundle.exports and is_installed(self.package)

    def open(self, bundle: "Bundle", name: str) -> Runtime:
        """Returns what computes a bundle's logits.

        Raises:
            BundleError: When the bundle lacks the file that it needs.
            SettingsError: When a package is not installed.
        """
        if self.export is not None and self.export not in bundle.exports:
            raise BundleError(
                f"Expected a bundle with an exported file for runtime={name!r}. "
                f"Received: {str(bundle.path)!r}, which has none. Make it with "
                f"`kerascls export OUT --format {self.export}`."
            )
        if self.package is not None and not is_installed(self.package):
            require_extra(self.extra, f"runtime={name!r}")
        if self.export is None:
            return named(self.opener)(bundle)
        facts = bundle.exports[self.export]
        return named(self.opener)(bundle.path / facts["file"], facts.get("int8", False))


AUTO = "auto"
RUNTIMES = {
    "keras": RuntimeKind(
        opener="kerascls.inference.runtimes.keras_runtime:KerasRuntime"
    ),
    "onnx": RuntimeKind(
        opener="kerascls.inference.runtimes.onnx_runtime:OnnxRuntime",
        export="onnx",
        extra="onnx",
        package="onnxruntime",
    ),
}


def open_runtime(bundle: "Bundle", runtime: str = AUTO) -> Runtime:
    """Returns what computes a bundle's logits.

    Args:
        bundle: A checked bundle.
        runtime: One of `RUNTIMES`, or `"auto"`: one that runs an exported file if the
            bundle has it and the package is installed, else what the bundle asks for.

    Raises:
        BundleError: When this version has no such runtime, or the bundle lacks the
            file that it needs.
        SettingsError: When the runtime is unknown, or a package is not installed.
    """
    if bundle.runtime not in RUNTIMES:
        raise BundleError(
            f"Expected a runtime out of {', '.join(RUNTIMES)}. Received: "
            f"runtime={bundle.runtime!r} in {str(bundle.path)!r}. Update kerascls."
        )
    known_name((AUTO, *RUNTIMES), runtime, "runtime")
    if runtime == AUTO:
        suitable = (name for name, kind in RUNTIMES.items() if kind.suits(bundle))
        runtime = next(suitable, bundle.runtime)
    return RUNTIMES[runtime].open(bundle, runtime)
