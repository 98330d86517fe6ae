"""Which formats there are: how each one is written, and how it is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kerascls.system.tables import named

if TYPE_CHECKING:
    from kerascls.inference.bundle import Bundle
    from kerascls.inference.runtimes import Runtime


@dataclass(frozen=True, kw_only=True)
class Format:
    """One form in which a classifier leaves Keras.

    Args:
        suffix: Of its file, e.g. `".onnx"`; empty where it is a directory.
        writer: `module:function` of `(bundle, path, int8)` that writes it there;
            nothing is there before.
        opener: `module:name` of `(path, int8)` that returns a `Runtime`.
        marker: A file that shows a directory to be of this format, so that it may be
            replaced; None where the format is a file.
        extra: Extra of pyproject.toml that writes it; None where TensorFlow does.
        in_bundle: Whether it lives in the bundle, where the predictor finds it. The
            others go where `out` says.
        has_int8: Whether it can be written with 8-bit weights.
        checker: `module:function` of `(path, bundle, texts)` that raises an
            `ExportError` when what a runtime does not show is wrong; None for none.
    """

    suffix: str
    writer: str
    opener: str
    marker: str | None = None
    extra: str | None = None
    in_bundle: bool = False
    has_int8: bool = False
    checker: str | None = None

    def write(self, bundle: "Bundle", path: Path, int8: bool) -> str | None:
        """Writes the bundle's model to a new path; returns what to tell the user."""
        return named(self.writer)(bundle, path, int8)

    def open(self, path: Path, int8: bool) -> "Runtime":
        """Returns what computes logits from what was written."""
        return named(self.opener)(path, int8)

    def check(
        self, path: Path, bundle: "Bundle", texts: Sequence[tuple[str, ...]]
    ) -> None:
        """Checks on texts what the comparison of logits does not show.

        Raises:
            ExportError: When it is wrong.
        """
        if self.checker is not None:
            named(self.checker)(path, bundle, texts)


FORMATS = {
    "onnx": Format(
        suffix=".onnx",
        extra="onnx",
        in_bundle=True,
        has_int8=True,
        writer="kerascls.serving.exporters.onnx.model:write_onnx",
        opener="kerascls.inference.runtimes.onnx_runtime:OnnxRuntime",
    ),
    "savedmodel": Format(
        suffix="",
        marker="saved_model.pb",
        writer="kerascls.serving.exporters.saved_model.model:write_saved_model",
        opener="kerascls.inference.runtimes.saved_model_runtime:SavedModelRuntime",
        checker="kerascls.serving.exporters.saved_model.string_check:check_strings",
    ),
    "tflite": Format(
        suffix=".tflite",
        has_int8=True,
        writer="kerascls.serving.exporters.tflite:write_tflite",
        opener="kerascls.inference.runtimes.tflite_runtime:TFLiteRuntime",
    ),
}
