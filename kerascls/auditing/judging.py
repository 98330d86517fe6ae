"""Where the probabilities come from that labels are judged by."""

from collections.abc import Callable

import numpy as np

from kerascls.auditing.cross_validation import (
    affordable_rows,
    out_of_sample_probabilities,
)
from kerascls.auditing.findings import listed
from kerascls.auditing.label_errors import Judged
from kerascls.auditing.rows import Rows
from kerascls.data.labels import LabelSet, Task
from kerascls.data.targets import Targets
from kerascls.evaluation.seen_texts import SeenTexts, run_files
from kerascls.inference.bundle import Bundle
from kerascls.inference.predictor import Predictor

ROWS_AT_ONCE = 1024
# Share of rows: some texts are in every file, "no" for example.
FEW_SEEN = 0.05
Progress = Callable[[int, int], None]


def judged_by_cross_validation(
    rows: Rows,
    bundle: Bundle | None,
    folds: int,
    seed: int,
    on_progress: Progress | None = None,
) -> Judged | None:
    """Judges labels by linear models, each trained on the other folds.

    Labels with fewer different texts to learn from than folds are not judged: some
    fold would have to do without. Nor are empty texts.

    Returns:
        None when fewer than two labels of a multi-class task, or none of a
        multi-label one, are frequent enough.
    """
    affordable = affordable_rows(rows.one_text_of(np.arange(len(rows))), seed)
    names = _frequent(rows, affordable, folds)
    rare = sorted(set().union(*rows.labels) - set(names))
    if len(names) < (2 if rows.task is Task.MULTICLASS else 1):
        return None
    judged, targets = _targets(rows, LabelSet(tuple(names)))
    texts = rows.one_text_of(judged)
    learned = np.flatnonzero(np.isin(judged, affordable))
    probabilities = out_of_sample_probabilities(
        texts,
        targets,
        rows.task,
        folds=folds,
        seed=seed,
        learned=learned,
        on_progress=on_progress,
    )
    lines = [f"by cross-validation of a linear model in {folds} folds, seed {seed}"]
    if len(learned) < len(judged):
        lines.append(
            f"the models learned from {len(learned):,} of these rows, drawn by lot, "
            f"for more of such long texts take too much memory"
        )
    if rare:
        of_these = " among them" if len(learned) < len(judged) else ""
        lines.append(
            f"not judged, for they have fewer than {folds} texts{of_these}: "
            f"{listed(rare)}"
        )
    return Judged(judged, tuple(names), targets, probabilities, tuple(lines))


def _frequent(rows: Rows, learned: np.ndarray, folds: int) -> list[str]:
    """Returns the labels with as many different texts as folds, of some rows."""
    texts_with: dict[str, set[tuple[str, ...]]] = {}
    texts, labels = rows.texts.take(learned), rows.labels.take(learned)
    for fields, names in zip(texts, labels, strict=True):
        for name in names:
            known = texts_with.setdefault(name, set())
            if len(known) < folds and "".join(fields).strip():
                known.add(fields)
    return sorted(name for name, known in texts_with.items() if len(known) >= folds)


def judged_by_bundle(
    rows: Rows,
    bundle: Bundle,
    folds: int,
    seed: int,
    on_progress: Progress | None = None,
) -> Judged:
    """Judges labels by the probabilities of a trained classifier.

    Labels it does not know are not judged.
    """
    judged, targets = _targets(rows, bundle.label_set)
    predictor = Predictor(bundle)
    probabilities = np.zeros(targets.shape)
    for start in range(0, len(judged), ROWS_AT_ONCE):
        chunk = slice(start, start + ROWS_AT_ONCE)
        texts = [rows.texts[row] for row in judged[chunk]]
        probabilities[chunk] = predictor.predict_proba(texts)
        if on_progress:
            on_progress(start + len(texts), len(judged))
    names = tuple(bundle.label_set)
    unknown = sorted(set().union(*rows.labels) - set(names))
    lines = [f"by the probabilities of {bundle.path}", trained_on(rows, bundle)]
    if unknown:
        lines.append(f"not judged, for the bundle lacks them: {listed(unknown)}")
    return Judged(judged, names, targets, probabilities, tuple(lines))


def trained_on(rows: Rows, bundle: Bundle) -> str:
    """Returns the warning about rows that the bundle was trained on."""
    advice = (
        "a classifier believes the labels it was trained on, right or wrong; for these "
        "rows use --label-errors cross-validation"
    )
    seen = _seen_rows(rows, bundle)
    if seen is None:
        return f"whether the bundle was trained on these rows is not known: {advice}"
    if not seen:
        return "the bundle was trained on none of the rows"
    return f"WARNING: the bundle was trained on {_counted(seen, rows)}; {advice}"


def default_judge(rows: Rows, bundle: Bundle) -> tuple[str, tuple[str, ...]]:
    """Returns what judges by default where there is a bundle, and lines saying why.

    The bundle, but for files of which it has seen more than a few rows.
    """
    seen = _seen_rows(rows, bundle)
    if not seen or sum(seen.values()) <= FEW_SEEN * len(rows):
        return "bundle", ()
    return "cross-validation", (
        f"not by the bundle, for it was trained on {_counted(seen, rows)} and believes "
        f"their labels, right or wrong",
    )


def _seen_rows(rows: Rows, bundle: Bundle) -> dict[str, int] | None:
    """Returns how many rows of each file were in training or validation, if any.

    Runs of earlier versions kept no hashes of texts: then the files' are compared.

    Returns:
        None where it is not known.
    """
    seen = SeenTexts.beside(bundle)
    if seen is not None:
        is_seen = seen.trained_on(rows.texts) | seen.chosen_on(rows.texts)
        counts = {n: int(is_seen[r].sum()) for n, r in rows.by_file().items()}
        return {name: count for name, count in counts.items() if count}
    used = run_files(bundle, ("train", "valid"))
    if not used:
        return None
    sizes = {name: len(of_file) for name, of_file in rows.by_file().items()}
    datasets = rows.datasets.items()
    return {name: sizes[name] for name, data in datasets if data.sha256 in used}


def _counted(seen: dict[str, int], rows: Rows) -> str:
    of = {name: len(of_file) for name, of_file in rows.by_file().items()}
    return listed([f"{n:,} of {of[name]:,} rows of {name}" for name, n in seen.items()])


def _targets(rows: Rows, labels: LabelSet) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows that can be judged and their labels among `labels`."""
    known = rows.labels.among(labels)
    multilabel = rows.task is Task.MULTILABEL
    can_be_judged = (
        bool(names or multilabel) and bool("".join(texts).strip())
        for names, texts in zip(known, rows.texts, strict=True)
    )
    judged = np.flatnonzero(np.fromiter(can_be_judged, np.bool_, len(rows)))
    return judged, Targets.from_labels(known.take(judged), labels).multi_hot()
