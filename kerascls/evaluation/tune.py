"""`tune`: another decision for a trained classifier, fitted without training."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.data.examples import Labels
from kerascls.data.labels import in_natural_order
from kerascls.data.readers import ReadOptions
from kerascls.data.readers.read_options import DEFAULTS
from kerascls.data.targets import Targets, rescaled
from kerascls.decision.decision import Decision
from kerascls.decision.fit_decision import check_decision, decide
from kerascls.errors import BundleError, SettingsError
from kerascls.evaluation.evaluate import logits_of, read_labelled
from kerascls.evaluation.metrics.distributions import task_scores
from kerascls.evaluation.metrics.scores import Scores
from kerascls.evaluation.reports.notebook import scores_html
from kerascls.evaluation.scored_rows import VALID_ROWS_FILE, ScoredRows
from kerascls.evaluation.seen_texts import seen_notes
from kerascls.inference.bundle import (
    Bundle,
    open_bundle,
    rewrite_decision,
    undo_decision,
)
from kerascls.settings.decision import DecisionSettings
from kerascls.settings.run_settings import RunSettings
from kerascls.system.notebooks import html_lines

OWN_ROWS = "the run's validation part"


@dataclass(frozen=True, eq=False)
class TuneResult:
    """What `tune` changed.

    Args:
        bundle: Where the bundle is.
        decision: What it decides by now.
        decision_before: What it decided by until now.
        unknown: Rows of each label that training lacked; they are left out.
        before: Scores of the decision before, on the rows that were used; None where
            something was undone and there were none.
        after: Scores of the new one on the same rows. It was fitted to them: on other
            rows it will do a little worse.
        source: Where the rows came from, for people.
        notes: What should be known of them and their labels, a line each.
    """

    bundle: Path
    decision: Decision
    decision_before: Decision
    unknown: dict[str, int]
    before: Scores | None
    after: Scores | None
    source: str = ""
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        tables = [
            scores_html(scores, f"{title}, on {self.source}")
            for title, scores in (("Before", self.before), ("After", self.after))
            if scores is not None
        ]
        return "".join(tables) + html_lines([*self.decision.lines(), *self.notes])

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as plain JSON types."""
        return {
            "bundle": str(self.bundle),
            "decision": self.decision.to_dict(),
            "decision_before": self.decision_before.to_dict(),
            "unknown": self.unknown,
            "source": self.source,
            "notes": list(self.notes),
            "before": self.before and self.before.to_dict(),
            "after": self.after and self.after.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class FittingRows:
    """What a decision is fitted to: logits, and labels as far as training had them."""

    targets: np.ndarray
    logits: np.ndarray
    unknown: dict[str, int]
    source: str
    notes: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        bundle: Bundle,
        valid: Any,
        reading: ReadOptions,
        on_progress: Callable[[int, int], None] | None,
        runtime: str,
    ) -> "FittingRows":
        """Reads labelled text and runs the model over it."""
        dataset = read_labelled(bundle, valid, reading)
        rows = dataset.examples.labels
        targets = _known_targets(bundle, rows, dataset.name)
        counts = Counter(name for row in rows for name in row)
        names = in_natural_order(counts)
        unknown = {n: counts[n] for n in names if n not in bundle.label_set}
        notes = (*dataset.notes, *seen_notes(bundle, dataset, for_choice=True))
        logits = logits_of(bundle, dataset, on_progress, runtime)
        return cls(targets, logits, unknown, dataset.name, notes)

    @classmethod
    def of_run(cls, bundle: Bundle) -> "FittingRows":
        """Returns the validation part that the run kept.

        Raises:
            BundleError: When the bundle lies in no run that did.
        """
        file = bundle.path.parent / VALID_ROWS_FILE
        if not file.is_file():
            raise BundleError(
                f"Expected a run that keeps its validation part, or labelled text to "
                f"fit on. Received: {str(bundle.path)!r} without {file.name} beside "
                f"it, as copied bundles and runs of earlier versions are. Give the "
                f"text, as in `kerascls tune RUN valid.csv`."
            )
        rows, labels = ScoredRows.load(file), bundle.label_set.names
        if rows.logits is None or rows.labels[: rows.known] != labels:
            raise BundleError(
                f"Expected the validation part of the classifier beside it. Received: "
                f"{str(file)!r} of another one. Give labelled text to fit on."
            )
        counts = np.count_nonzero(rows.targets, axis=0)[rows.known :].tolist()
        unknown = dict(zip(rows.labels[rows.known :], counts, strict=True))
        rounded = [name for name, file in bundle.exports.items() if file.get("int8")]
        notes = tuple(
            f"fitted to the model before its 8-bit {name} export rounded it; "
            f"`kerascls tune RUN valid.csv` fits to what predicts"
            for name in rounded
        )
        known = rows.truth[:, : rows.known]
        return cls(known, rows.logits, unknown, OWN_ROWS, notes)

    def score(self, bundle: Bundle, decision: Decision) -> Scores:
        """Scores a decision on the rows."""
        probabilities = decision.probabilities(self.logits, bundle.task)
        labels, truth = bundle.label_set.names, self.targets
        chosen = decision.rule.apply(probabilities)
        if bundle.task.has_weights:
            known = truth.any(axis=1)
            probabilities, chosen = probabilities[known], chosen[known]
            truth = rescaled(truth[known])
        return task_scores(bundle.task, truth, probabilities, chosen, labels)


def tune(
    bundle: str | Path,
    valid: Any = None,
    *,
    undo: bool = False,
    runtime: str = "auto",
    on_progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> TuneResult:
    """Fits calibration and rule anew and writes them into a bundle; nothing is trained.

    Args:
        bundle: The bundle, or the run directory that holds it.
        valid: Labelled text to fit on, as in `evaluate`. Not what the model
            was trained on, of which it is too sure, nor what it will be scored on. By
            default the validation part of the run, which its directory keeps.
        undo: Bring the decision before the last `tune` back instead, step by step to
            that of the training.
        runtime: What computes, see `Predictor.load`.
        on_progress: Called with rows done and all rows.
        **options: How the file is read, see `kerascls.data.readers.ReadOptions`:
            `text`, `label`, `label_separator` and `task`, by default as in training,
            `format`, `encoding`, `skip_bad_rows`. And the fields of
            `DecisionSettings`: `objective`, of which `"f1"`, `"f2"`,
            `"precision@0.95"`, `"recall@0.9"` and `"cost:FILE"` give each label a
            threshold of its own, `"macro_f1"` (default) and `"micro_f1"` one to all;
            `shrinkage`, `calibration`; or `threshold`, `top_k`, `mass`, which are not
            fitted; `min_labels`, `max_labels`, `abstain_below`.

    Returns:
        The `TuneResult`.

    Raises:
        BundleError: When the bundle cannot be read, or changes meanwhile.
        DataError: When a file cannot be used.
        SettingsError: When a keyword is unknown, or what is wanted contradicts itself
            or the task.

    Example:
        >>> kerascls.tune("runs/news", objective="precision@0.95")
        >>> kerascls.tune("runs/news", undo=True)
    """
    names = DecisionSettings.model_fields
    reading = ReadOptions.from_keywords(tune, options, names)
    decision = {name: options[name] for name in names if name in options}
    settings = RunSettings.from_dict({"decision": decision}).decision
    opened = open_bundle(bundle)
    if undo:
        return _undone(opened, valid, options)
    labels = tuple(opened.label_set)
    check_decision(settings, opened.task, labels)
    if valid is None:
        _refuse_reading(reading, runtime)
        rows = FittingRows.of_run(opened)
    else:
        rows = FittingRows.read(opened, valid, reading, on_progress, runtime)
    fitted = decide(settings, opened.task, labels, rows.targets, rows.logits)
    return _result(opened, rewrite_decision(opened, fitted), rows)


def _undone(opened: Bundle, valid: Any, options: dict[str, Any]) -> TuneResult:
    if valid is not None or options:
        given = [*(["valid"] if valid is not None else []), *options]
        raise SettingsError(
            f"Expected undo alone: what was before needs nothing to be fitted. "
            f"Received: undo=True, {', '.join(given)}. Leave them out."
        )
    rows = None
    with suppress(BundleError):  # without rows, nothing is scored
        rows = FittingRows.of_run(opened)
    return _result(opened, undo_decision(opened), rows)


def _refuse_reading(reading: ReadOptions, runtime: str) -> None:
    if reading != DEFAULTS or runtime != "auto":
        raise SettingsError(
            f"Expected labelled text beside how it is read and computed. Received: "
            f"valid=None, runtime={runtime!r}, {reading}. Name the file, or leave "
            f"these out: the run keeps what its validation part came to."
        )


def _result(before: Bundle, now: Bundle, rows: FittingRows | None) -> TuneResult:
    return TuneResult(
        now.path,
        now.decision,
        before.decision,
        unknown=rows.unknown if rows else {},
        before=None if rows is None else rows.score(now, before.decision),
        after=None if rows is None else rows.score(now, now.decision),
        source=rows.source if rows else "",
        notes=rows.notes if rows else (),
    )


def _known_targets(bundle: Bundle, rows: Labels, source: str) -> np.ndarray:
    """Returns what a decision is fitted to; labels that training lacked are left out.

    bool `(rows, num_classes)`, or float32 where labels have weights.
    """
    known = rows.among(bundle.label_set)
    if not any(known):
        names = ", ".join(list(bundle.label_set)[:10])
        raise SettingsError(
            "Expected labels that the classifier knows, to fit a decision. Received: "
            f"none in {len(rows)} rows of {source}; it knows {names}. Check the "
            "label column and its separator."
        )
    targets = Targets.from_labels(known, bundle.label_set, known.weights)
    return targets.for_task(bundle.task)
