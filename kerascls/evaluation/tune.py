"""`tune`: another decision for a trained classifier, fitted without training."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.data.labels import in_natural_order
from kerascls.data.readers import ReadOptions
from kerascls.data.targets import Targets
from kerascls.decision.decision import Decision
from kerascls.decision.fit_decision import check_decision, decide
from kerascls.errors import SettingsError
from kerascls.evaluation.evaluate import logits_of, read_labelled
from kerascls.evaluation.metrics.scores import Scores, score
from kerascls.inference.bundle import Bundle, open_bundle, rewrite_decision
from kerascls.settings.decision import DecisionSettings
from kerascls.settings.run_settings import RunSettings


@dataclass(frozen=True, eq=False)
class TuneResult:
    """What `tune` changed.

    Args:
        bundle: Where the bundle is.
        decision: What it decides by now.
        decision_before: What it decided by until now.
        unknown: Rows of each label that training lacked; they are left out.
        before: Scores of the decision before, on the rows of `valid`.
        after: Scores of the new one on the same rows. It was fitted to them: on other
            rows it will do a little worse.
        notes: What is remarkable about the labels of `valid`, a line each.
    """

    bundle: Path
    decision: Decision
    decision_before: Decision
    unknown: dict[str, int]
    before: Scores
    after: Scores
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as plain JSON types."""
        return {
            "bundle": str(self.bundle),
            "decision": self.decision.to_dict(),
            "decision_before": self.decision_before.to_dict(),
            "unknown": self.unknown,
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "notes": list(self.notes),
        }


def tune(
    bundle: str | Path,
    valid: str | Path,
    *,
    runtime: str = "auto",
    on_progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> TuneResult:
    """Fits calibration and rule anew and writes them into a bundle; nothing is trained.

    Args:
        bundle: The bundle, or the run directory that holds it.
        valid: Labelled text to fit on. Not what the model was trained on, of which it
            is too sure, nor what it will be scored on.
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
        >>> kerascls.tune("runs/news", "valid.csv", objective="precision@0.95")
    """
    names = DecisionSettings.model_fields
    reading = ReadOptions.from_keywords(tune, options, names)
    decision = {name: options[name] for name in names if name in options}
    settings = RunSettings.from_dict({"decision": decision}).decision
    opened = open_bundle(bundle)
    labels = tuple(opened.label_set)
    check_decision(settings, opened.task, labels)
    dataset = read_labelled(opened, valid, reading)
    rows = [example.labels for example in dataset.examples]
    targets = _known_targets(opened, rows)
    counts = Counter(name for row in rows for name in row)
    unknown = {
        n: counts[n] for n in in_natural_order(counts) if n not in opened.label_set
    }
    logits = logits_of(opened, dataset, on_progress, runtime)
    both = opened.decision, decide(settings, opened.task, labels, targets, logits)
    chosen = [one.rule.apply(one.probabilities(logits, opened.task)) for one in both]
    before, after = (score(targets, cells, labels) for cells in chosen)
    rewritten = rewrite_decision(opened, both[1])
    return TuneResult(
        rewritten.path, both[1], both[0], unknown, before, after, dataset.notes
    )


def _known_targets(bundle: Bundle, rows: list[tuple[str, ...]]) -> np.ndarray:
    """Returns bool `(rows, num_classes)`; labels that training lacked are left out."""
    known = [[name for name in row if name in bundle.label_set] for row in rows]
    if not any(known):
        names = ", ".join(list(bundle.label_set)[:10])
        raise SettingsError(
            "Expected labels that the classifier knows, to fit a decision. Received: "
            f"none in {len(rows)} rows; it knows {names}. Check the label "
            "column and its separator."
        )
    return Targets.from_labels(known, bundle.label_set).multi_hot()
