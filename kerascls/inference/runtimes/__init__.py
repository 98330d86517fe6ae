"""What turns batches into logits for a bundle."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kerascls.errors import BundleError, SettingsError
from kerascls.system.extras import is_installed, require, require_keras
from kerascls.system.tables import known_name, named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from kerascls.inference.bundle import Bundle


class Runtime(Protocol):
    """Computes logits; knows nothing of texts or labels."""

    def logits(self, inputs: "dict[str, np.ndarray]") -> "np.ndarray":
        """Computes logits; several threads may call it.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, each int32
                `(batch, tokens)`, with windows `(batch, windows, tokens)`, with at
                least one row.

        Returns:
            float32 `(batch, num_classes)`.
        """


class TextRuntime(Protocol):
    """Computes logits of texts; knows nothing of labels."""

    def text_logits(
        self,
        texts: "Sequence[tuple[str, ...]]",
        on_progress: "Callable[[int, int], None] | None" = None,
    ) -> "np.ndarray":
        """Computes logits; several threads may call it.

        Args:
            texts: The text fields of each row.
            on_progress: Called with rows done and all rows.

        Returns:
            float32 `(rows, num_classes)`.
        """


@dataclass(frozen=True, kw_only=True)
class RuntimeKind:
    """One way to compute the logits of a bundle.

    Args:
        opener: `module:name` that returns a `Runtime`, of a bundle; of
            `(path, int8)` where it runs an exported file. A `TextRuntime` where
            it reads texts.
        export: Format of the file in the bundle that it runs; None where it reads the
            bundle's own weights.
        packages: What it imports that may be missing; see `EXTRAS`.
        needs_keras: Whether it computes with Keras.
        reads_texts: Whether it runs models that read texts, not tokens.
        features: `module:name` of `(bundle, number)` that returns for each label what
            in a text speaks for it most, with weights; None where that is not known.
    """

    opener: str
    export: str | None = None
    packages: tuple[str, ...] = ()
    needs_keras: bool = False
    reads_texts: bool = False
    features: str | None = None

    def suits(self, bundle: "Bundle") -> bool:
        """Returns whether it is what to prefer: there is a file, and the packages."""
        installed = all(is_installed(name) for name in self.packages)
        return self.export in bundle.exports and installed

    def open(self, bundle: "Bundle", name: str) -> Runtime | TextRuntime:
        """Returns what computes a bundle's logits.

        Raises:
            BundleError: When the bundle lacks the file that it needs.
            SettingsError: When it is for other models, or a package is not installed.
        """
        # A model of tokens may run in several ways, one of texts in its own.
        is_other = self.reads_texts and name != bundle.runtime
        if is_other or self.reads_texts == bundle.input_spec.has_tokens:
            raise SettingsError(
                f"Expected the runtime of such a model, {bundle.runtime!r}. Received: "
                f"runtime={name!r} for {str(bundle.path)!r}. Leave the runtime out."
            )
        if self.export is not None and self.export not in bundle.exports:
            raise BundleError(
                f"Expected a bundle with an exported file for runtime={name!r}. "
                f"Received: {str(bundle.path)!r}, which has none. Make it with "
                f"`kerascls export OUT --format {self.export}`."
            )
        if self.needs_keras:
            _require_keras(bundle)
        require(f"runtime={name!r}", *self.packages)
        if self.export is None:
            return named(self.opener)(bundle)
        export = bundle.exports[self.export]
        path, int8 = bundle.path / export["file"], export.get("int8", False)
        return named(self.opener)(path, int8)


AUTO = "auto"
RUNTIMES = {
    "keras": RuntimeKind(
        opener="kerascls.inference.runtimes.keras_runtime:KerasRuntime",
        needs_keras=True,
    ),
    "onnx": RuntimeKind(
        opener="kerascls.inference.runtimes.onnx_runtime:OnnxRuntime",
        export="onnx",
    ),
    "linear": RuntimeKind(
        opener="kerascls.inference.runtimes.linear_runtime:LinearRuntime",
        reads_texts=True,
        features="kerascls.inference.runtimes.linear_runtime:top_ngrams",
    ),
    "ensemble": RuntimeKind(
        opener="kerascls.inference.runtimes.ensemble_runtime:EnsembleRuntime",
        reads_texts=True,
    ),
}


def open_runtime(bundle: "Bundle", runtime: str = AUTO) -> Runtime | TextRuntime:
    """Returns what computes a bundle's logits.

    Args:
        bundle: A checked bundle.
        runtime: One of `RUNTIMES`, or `"auto"`: one that runs an exported file if the
            bundle has it, else what the bundle asks for.

    Raises:
        BundleError: When this version has no such runtime, the bundle lacks the file
            that it needs, or this processor would compute that inexactly.
        SettingsError: When the runtime is unknown, or a package is not installed.
    """
    if bundle.runtime not in RUNTIMES:
        raise BundleError(
            f"Expected a runtime out of {', '.join(RUNTIMES)}. Received: "
            f"runtime={bundle.runtime!r} in {str(bundle.path)!r}. Update kerascls."
        )
    known_name((AUTO, *RUNTIMES), runtime, "runtime")
    if runtime == AUTO:
        runtime = preferred_runtime(bundle)
    return RUNTIMES[runtime].open(bundle, runtime)


def preferred_runtime(bundle: "Bundle") -> str:
    """Returns what `"auto"` is: what runs an exported file, or the bundle asks for."""
    suitable = (name for name, kind in RUNTIMES.items() if kind.suits(bundle))
    return next(suitable, bundle.runtime)


def features_of(bundle: "Bundle", number: int) -> dict[str, dict[str, float]] | None:
    """Returns for each label what speaks for it most, or None where that is not known.

    Args:
        bundle: A checked bundle.
        number: How many of each label at most.
    """
    reference = RUNTIMES[bundle.runtime].features
    if reference is None:
        return None
    found = named(reference)(bundle, number)
    return dict(zip(bundle.label_set.names, found, strict=True))


def _require_keras(bundle: "Bundle") -> None:
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
