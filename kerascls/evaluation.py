"""Scores of a trained classifier on labelled text."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kerascls.bundle import SETTINGS, Bundle, open_bundle
from kerascls.errors import DataError, SettingsError
from kerascls.metrics import pad_columns, score
from kerascls.predictor import Predictor
from kerascls.readers import Dataset, read
from kerascls.report import Report, majority_label, majority_scores, write_report
from kerascls.targets import Targets
from kerascls.token_store import build_token_store


def report_on(
    bundle: Bundle, logits: np.ndarray, rows: Sequence[Sequence[str]], source: str
) -> Report:
    """Scores logits against the true labels.

    Labels that training did not have count as misses: no model can give them.

    Args:
        bundle: Whose rule turns logits into labels.
        logits: float32 `(rows, num_classes)`.
        rows: The true labels of each row.
        source: Where the rows came from, for people.

    Raises:
        DataError: When there are no rows.
    """
    if not len(rows):
        raise DataError(f"Scores need at least one row. Received: none from {source}.")
    counts = Counter(name for row in rows for name in row)
    known = set(bundle.label_set)
    unseen = {name: counts[name] for name in sorted(set(counts) - known)}
    labels = bundle.label_set.extended(unseen)
    targets = Targets.from_labels(rows, labels).dense(np.arange(len(rows))) > 0
    chosen = bundle.rule.apply(bundle.decision.probabilities(logits, bundle.task))
    support = np.array(list(bundle.train_support.values()))
    return Report(
        task=bundle.task,
        scores=score(targets, pad_columns(chosen, len(labels)), labels),
        baseline=majority_scores(targets, support, labels),
        baseline_label=majority_label(support, labels),
        rule=bundle.rule,
        train_support=bundle.train_support,
        unseen=unseen,
        source=source,
    )


def evaluate(
    bundle: str | Path,
    test: str | Path,
    *,
    text: Sequence[str] = (),
    label: str | None = None,
    label_separator: str | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    skip_bad_rows: bool = False,
    out: str | Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Scores a bundle on a labelled file.

    Args:
        bundle: The bundle, or the run directory that holds it.
        test: csv, tsv, xlsx or jsonl with texts and labels.
        text: Text columns, as many as in training; by default the same.
        label: Label column; by default that of training.
        label_separator: Between the names in a cell; by default that of training.
        format: Of the file; by default its ending.
        encoding: Of the file.
        skip_bad_rows: Whether rows that cannot be used are left out.
        out: Directory for report.csv, report.md and report.json; none by default.
        on_progress: Called with rows done and all rows.

    Raises:
        BundleError: When the bundle cannot be read.
        DataError: When the file cannot be used.
        SettingsError: When text columns are more or fewer than in training.

    Example:
        >>> evaluate("runs/news", "test.csv").scores.macro.f1
    """
    opened = open_bundle(bundle)
    dataset = read_labelled(
        opened,
        test,
        text=text,
        label=label,
        label_separator=label_separator,
        format=format,
        encoding=encoding,
        skip_bad_rows=skip_bad_rows,
    )
    predictor = Predictor(opened)  # loading the model takes seconds: after the data
    texts = [example.texts for example in dataset.examples]
    store = build_token_store(texts, predictor.tokenizer)
    logits = predictor.logits(store, on_progress=on_progress)
    labels = [example.labels for example in dataset.examples]
    report = report_on(opened, logits, labels, dataset.path.name)
    if out is not None:
        write_report(out, report)
    return report


def read_labelled(
    bundle: Bundle,
    path: str | Path,
    *,
    text: Sequence[str] = (),
    label: str | None = None,
    label_separator: str | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    skip_bad_rows: bool = False,
) -> Dataset:
    """Reads labelled text the way a bundle's training text was read.

    Args:
        bundle: What is not stated is as in its training.
        path: csv, tsv, xlsx or jsonl with texts and labels.
        text: Text columns, as many as in training.
        label: Label column.
        label_separator: Between the names in a cell.
        format: Of the file; by default its ending.
        encoding: Of the file.
        skip_bad_rows: Whether rows that cannot be used are left out.

    Raises:
        DataError: When the file cannot be used.
        SettingsError: When text columns are more or fewer than in training.
    """
    trained = bundle.read(SETTINGS)["data"]
    dataset = read(
        path,
        text=text or bundle.text["text_columns"],
        label=label or bundle.text["label_column"],
        task=bundle.task,
        label_separator=label_separator or trained["label_separator"],
        format=format,
        encoding=encoding,
        errors="skip" if skip_bad_rows else "raise",
    )
    _check_columns(bundle, dataset)
    return dataset


def _check_columns(bundle: Bundle, dataset: Dataset):
    trained, given = bundle.text["text_columns"], dataset.text_columns
    if len(given) != len(trained):
        raise SettingsError(
            f"Expected {len(trained)} text column(s), as in training "
            f"({', '.join(trained)}). Received: text={', '.join(given)}. Name as many "
            f"with --text, in the same order."
        )
