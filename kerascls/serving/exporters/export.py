"""`export`: a classifier in another format, used only if it does the same."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack, cast

from kerascls.data.readers.frame_kinds import as_source
from kerascls.data.readers.read_options import ColumnKeywords, ReadOptions
from kerascls.errors import BundleError, SettingsError
from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle, add_export, open_bundle
from kerascls.inference.runtimes import Runtime, open_runtime
from kerascls.serving.exporters.acceptance import Limits
from kerascls.serving.exporters.comparison import Comparison, compare
from kerascls.serving.exporters.formats import FORMATS
from kerascls.serving.exporters.texts import ComparedTexts, read_texts, sample_texts
from kerascls.serving.exporters.work_folder import (
    check_free,
    copy,
    num_bytes,
    work_folder,
)
from kerascls.system.disk import told_when_full
from kerascls.system.extras import EXTRAS, require_keras
from kerascls.system.files import move
from kerascls.system.machine import package_versions
from kerascls.system.tables import known_name


@dataclass(frozen=True)
class ExportResult:
    """What `export` wrote.

    Args:
        bundle: The bundle.
        format: One of `FORMATS`.
        int8: Whether it has 8-bit weights.
        place: The file in the bundle, or where it was written instead.
        out: The place outside that was asked for; None for none.
        source: What it was compared on.
        num_bytes: Its size.
        reference_bytes: Size of the Keras model's weights and configuration.
        comparison: What came out of it.
        note: What the user should know about it, if anything.
    """

    bundle: Path
    format: str
    int8: bool
    place: Path
    out: Path | None
    source: str
    num_bytes: int
    reference_bytes: int
    comparison: Comparison
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as plain JSON types."""
        return {
            "bundle": str(self.bundle),
            "format": self.format,
            "int8": self.int8,
            "place": str(self.place),
            "out": None if self.out is None else str(self.out),
            "source": self.source,
            "bytes": self.num_bytes,
            "reference_bytes": self.reference_bytes,
            "comparison": self.comparison.to_dict(),
            "note": self.note,
        }


def export(
    bundle: str | Path,
    *,
    format: str = "onnx",
    int8: bool = False,
    out: str | Path | None = None,
    input: Any = None,
    input_format: str | None = None,
    max_changed: float = Limits.max_changed,
    max_f1_drop: float = Limits.max_f1_drop,
    on_progress: Callable[[int, int], None] | None = None,
    **reading: Unpack[ColumnKeywords],
) -> ExportResult:
    """Writes a classifier in another format and compares it with the Keras model.

    Without int8 no probability may differ by more than 1e-4. An ONNX file goes into
    the bundle, where the predictor finds and prefers it; if the comparison fails,
    what was there stays.

    Args:
        bundle: The bundle, or the run directory that holds it.
        format: One of `FORMATS`.
        int8: Whether weights have 8 bits: smaller and faster, and not quite the same.
        out: Where a copy goes, a file or directory that is replaced. Formats that do
            not live in the bundle need it.
        input: Texts to compare on, with or without labels, a file or a table in
            memory; by default the packaged sample. With int8 give some hundreds like
            those to be labelled, best with their labels.
        input_format: Of that file; by default its ending.
        max_changed: With int8, the share of rows that may get other labels.
        max_f1_drop: With int8, the macro F1 that may be lost where there are labels.
        on_progress: Called with rows done and all rows.
        **reading: How that file is read, see `kerascls.data.readers.ReadOptions`:
            `text`, `label` (if the file has it), `label_separator` and `task`, by
            default as in training, `encoding`, `skip_bad_rows`.

    Returns:
        The `ExportResult`.

    Raises:
        BundleError: When the bundle cannot be read, or needs no other form.
        DataError: When the file cannot be used.
        ExportError: When the exported model differs too much.
        SettingsError: When what is wanted is unknown, contradicts itself, or needs a
            package that is not installed.

    Example:
        >>> kerascls.export("runs/news", int8=True, input="test.csv")
    """
    options = ReadOptions.from_keywords(export, reading)
    limits = Limits(max_changed, max_f1_drop)
    job = _Job(open_bundle(bundle), format, int8, None if out is None else Path(out))
    job.check()
    if not int8 and limits != Limits():
        raise SettingsError(
            f"Expected int8 beside its limits. Received: int8=False, "
            f"max_changed={max_changed}, max_f1_drop={max_f1_drop}. Add --int8, or "
            f"leave them out."
        )
    unread = [*reading, *(["input_format"] if input_format else [])]
    if input is None and unread:
        raise SettingsError(
            f"Expected an input beside how it is read. Received: {', '.join(unread)}, "
            f"input=None. Name the file with --input, or leave them out."
        )
    if input is None:
        texts = sample_texts(job.bundle)
    else:
        source = as_source(input)
        texts = read_texts(job.bundle, source, replace(options, format=input_format))
    return job.run(texts, limits, on_progress)


@dataclass(frozen=True)
class _Job:
    bundle: Bundle
    format: str
    int8: bool
    out: Path | None

    def check(self) -> None:
        """Refuses what cannot be done before anything is computed."""
        chosen = FORMATS[known_name(FORMATS, self.format, "format")]
        if inner := _with_tokens(self.bundle):
            lines = [shlex.join(["kerascls", "export", str(path)]) for path in inner]
            raise BundleError(
                f"Expected one model of tokens. Received: {str(self.bundle.path)!r}, "
                f"an ensemble, which runs each member's own ONNX file where it has "
                f"one. Write those: {'; '.join(lines)}."
            )
        if not self.bundle.input_spec.has_tokens:
            raise BundleError(
                f"Expected a model of tokens, for a format of such. Received: "
                f"{str(self.bundle.path)!r} of the runtime {self.bundle.runtime!r}, "
                f"which needs no other form: numpy alone runs it, without Keras, "
                f"TensorFlow and scikit-learn. Copy the bundle as it is: `pip install "
                f"kerascls` is enough for `kerascls predict` and Predictor.load."
            )
        if self.int8 and not chosen.has_int8:
            raise SettingsError(
                f"Expected int8 with a format that has it. Received: format="
                f"{self.format!r}, int8=True. Leave int8 out, or choose another format."
            )
        packages = EXTRAS[chosen.extra] if chosen.extra else ("tensorflow",)
        require_keras(f"format={self.format}", *packages)
        if self.out is None:
            if chosen.in_bundle:
                return
            raise SettingsError(
                f"Expected a place for the exported model. Received: format="
                f"{self.format!r}, out=None. Name one with --out."
            )
        if self.out.resolve().is_relative_to(self.bundle.path.resolve()):
            raise SettingsError(
                f"Expected a place outside the bundle. Received: out="
                f"{str(self.out)!r}, in {str(self.bundle.path)!r}. Choose another "
                f"--out."
            )
        check_free(self.out, chosen.marker, chosen.suffix)

    def run(
        self,
        texts: ComparedTexts,
        limits: Limits,
        on_progress: Callable[[int, int], None] | None,
    ) -> ExportResult:
        chosen = FORMATS[self.format]
        outside = None if chosen.in_bundle else self.out
        made_in = outside.parent if outside else self.bundle.path
        with work_folder(made_in) as work:
            made = work / f"model{chosen.suffix}"
            with told_when_full(outside or made_in):
                note, comparison = self._make(made, texts, limits, on_progress)
            weights = (self.bundle.path / name for name in (WEIGHTS, ENCODER))
            sizes = num_bytes(made), sum(map(num_bytes, weights))
            path = self._put(made, texts, comparison)
        return ExportResult(
            *(self.bundle.path, self.format, self.int8, path, self.out),
            *(texts.source, *sizes, comparison, note),
        )

    def _make(
        self,
        made: Path,
        texts: ComparedTexts,
        limits: Limits,
        on_progress: Callable[[int, int], None] | None,
    ) -> tuple[str | None, Comparison]:
        """Writes the model and compares it; returns the exporter's note, too."""
        chosen = FORMATS[self.format]
        # Before TensorFlow computes anything, so that it gets its threads.
        reference = cast("Runtime", open_runtime(self.bundle, "keras"))
        note = chosen.write(self.bundle, made, self.int8)
        comparison = compare(
            *(reference, chosen.open(made, self.int8), texts.texts),
            *(self.bundle, texts.truth, on_progress),
        )
        limits.check(comparison, self.format, self.int8)
        chosen.check(made, self.bundle, texts.texts)
        return note, comparison

    def _put(self, made: Path, texts: ComparedTexts, comparison: Comparison) -> Path:
        if self.out is not None:
            if not FORMATS[self.format].in_bundle:
                move(made, self.out)
                return self.out
            copy(made, self.out)
        metadata = {
            "int8": self.int8,
            "compared_on": texts.source,
            "comparison": comparison.to_dict(),
            "versions": package_versions(),
        }
        written = add_export(self.bundle, self.format, made, metadata)
        return written.path / written.exports[self.format]["file"]


def _with_tokens(bundle: Bundle) -> list[Path]:
    """Returns where the members of an ensemble are that read tokens."""
    found = []
    for inner in (member.bundle for member in bundle.members):
        is_one = inner.input_spec.has_tokens
        found += [inner.path] if is_one else _with_tokens(inner)
    return found
