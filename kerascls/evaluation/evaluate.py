"""Scores of a trained classifier on labelled text."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from kerascls.data.joined import join, told_of_several
from kerascls.data.label_checks.column import notes_or_refusal
from kerascls.data.label_checks.compare import compare
from kerascls.data.labels import Task
from kerascls.data.readers import Dataset, ReadKeywords, ReadOptions, read
from kerascls.data.readers.frame_kinds import as_sources
from kerascls.data.readers.read_options import DEFAULTS
from kerascls.data.targets import Targets
from kerascls.errors import DataError, SettingsError
from kerascls.evaluation.metrics.distributions import task_scores
from kerascls.evaluation.metrics.scores import pad_columns
from kerascls.evaluation.reports.at_half import scores_at_half
from kerascls.evaluation.reports.baselines import LinearBaseline, all_labels_baseline
from kerascls.evaluation.reports.csv_markdown_json import MARKDOWN_FILE, write_report
from kerascls.evaluation.reports.details import details_of
from kerascls.evaluation.reports.distributions import (
    TRAINING_MEAN,
    distribution_details,
    mean_baseline,
)
from kerascls.evaluation.reports.errors import write_errors
from kerascls.evaluation.reports.features import SHOWN_FEATURES, Features
from kerascls.evaluation.reports.html.page import HTML_FILE, write_report_html
from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.evaluation.reports.plots.write_plots import PLOTS_FOLDER, write_plots
from kerascls.evaluation.reports.report import Report, majority_baseline
from kerascls.evaluation.scored_rows import TEST_ROWS_FILE, ScoredRows, rows_sha256
from kerascls.evaluation.seen_texts import seen_notes
from kerascls.inference.bundle import Bundle, open_bundle
from kerascls.inference.bundle.files import RUN_FILE
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes import features_of
from kerascls.settings.training import LANGUAGES
from kerascls.system.extras import require
from kerascls.system.files import staged
from kerascls.system.places import check_folder, first_in
from kerascls.system.tables import known_name


def scored_rows_of(
    bundle: Bundle, logits: np.ndarray, dataset: Dataset, rows: np.ndarray | None = None
) -> ScoredRows:
    """Puts what a bundle says beside what is true.

    Args:
        bundle: What turns logits into labels.
        logits: float32 `(rows, num_classes)`.
        dataset: The labelled text.
        rows: int64, which of its examples; all by default.

    Raises:
        DataError: When there are no rows.
    """
    examples, names = dataset.examples, dataset.file_names
    rows = np.arange(len(examples)) if rows is None else rows
    if not len(rows):
        raise DataError(
            f"Scores need at least one row. Received: none from {dataset.name}. Give a "
            f"file with rows."
        )
    texts, truth = examples.texts.take(rows), examples.labels.take(rows)
    labels = bundle.label_set.extended({name for row in truth for name in row})
    probabilities = bundle.decision.probabilities(logits, bundle.task)
    targets = Targets.from_labels(truth, labels, truth.weights)
    return ScoredRows(
        task=bundle.task,
        labels=labels.names,
        targets=targets.multi_hot(),
        probabilities=pad_columns(probabilities, len(labels)),
        chosen=pad_columns(bundle.rule.apply(probabilities), len(labels)),
        known=len(bundle.label_set),
        rows_sha256=rows_sha256(texts, truth, truth.weights),
        lines=examples.lines[rows],
        files=[names[row] for row in rows] if names else (),
        texts=texts,
        decision_sha256=bundle.decision.sha256,
        logits=logits,
        weights=targets.all_dense() if bundle.task.has_weights else None,
    )


def report_on(
    bundle: Bundle,
    scored: ScoredRows,
    source: str,
    notes: Iterable[str] = (),
    linear: LinearBaseline | None = None,
    label_effects: LabelEffects | None = None,
) -> Report:
    """Scores rows against their true labels.

    Labels that training did not have count as misses: no model can give them.

    Args:
        bundle: What the rows were labelled with.
        scored: The rows.
        source: Where they came from, for people.
        notes: What should be known of the rows and their labels, a line each.
        linear: How a linear model does on the same rows, if one was trained.
        label_effects: What training did about skewed labels, if anything.
    """
    counts = np.count_nonzero(scored.targets, axis=0)[scored.known :].tolist()
    support = np.array(list(bundle.train_support.values()))
    label, baseline = majority_baseline(scored.targets, support, scored.labels)
    distribution = None
    if bundle.train_shares is not None:
        shares = np.array(list(bundle.train_shares.values()))
        label, baseline = TRAINING_MEAN, mean_baseline(scored, shares, bundle.rule)
        distribution = distribution_details(scored, shares)
    thresholds = bundle.decision.fitted_thresholds(bundle.label_set.names)
    weights = features_of(bundle, SHOWN_FEATURES)
    all_labels = None
    if bundle.task is Task.MULTILABEL:
        all_labels = all_labels_baseline(scored.targets, scored.known, scored.labels)
    return Report(
        task=bundle.task,
        scores=task_scores(
            *(bundle.task, scored.truth, scored.probabilities),
            *(scored.chosen, scored.labels),
        ),
        baseline=baseline,
        baseline_label=label,
        rule=bundle.rule,
        train_support=bundle.train_support,
        unseen=dict(zip(scored.labels[scored.known :], counts, strict=True)),
        source=source,
        details=details_of(scored, thresholds),
        notes=tuple(notes),
        all_labels=all_labels,
        linear=linear,
        features=None if weights is None else Features(weights),
        at_half=scores_at_half(scored, bundle.decision),
        label_effects=label_effects,
        distribution=distribution,
    )


def write_results(
    directory: str | Path,
    report: Report,
    scored: ScoredRows,
    text_columns: Sequence[str],
    history_csv: Path | None = None,
    language: str = "en",
) -> None:
    """Writes all there is to know about scored rows, or nothing where that fails.

    Args:
        directory: Where to; made if it does not exist.
        report: Their report: report.csv, report.md, report.json, report.html, and
            the pictures in plots/.
        scored: The rows: errors.csv, and test.safetensors for `kerascls diff`.
        text_columns: Names of their text fields.
        history_csv: Scores of every epoch of the training, for report.html.
        language: That of report.html, report.md and the pictures, of `LANGUAGES`.
    """
    with staged(directory) as work:
        write_report(work, report, language=language)
        write_report_html(
            work / HTML_FILE, report, scored, history_csv, language=language
        )
        write_plots(work / PLOTS_FOLDER, report, scored, history_csv, language=language)
        write_errors(work, scored, text_columns)
        # A decision is never fitted to what is scored: no logits are kept.
        replace(scored, logits=None).save(work / TEST_ROWS_FILE)


def check_report_folder(out: str | Path) -> None:
    """Checks that a report can be written and that only an earlier one is replaced.

    Raises:
        SettingsError: When it cannot be made, or a run or other files are there.
    """
    out = Path(out)
    check_folder(out, "report")
    if (out / RUN_FILE).exists():
        holds = "which holds a run with a report of its own"
    elif (out / TEST_ROWS_FILE).exists() or not out.is_dir() or not any(out.iterdir()):
        return
    else:
        holds = f"which holds other files, such as {first_in(out)!r}"
    raise SettingsError(
        f"Expected an empty directory or one of an earlier report. Received: "
        f"out={str(out)!r}, {holds}. Choose another with --report."
    )


def evaluate(
    bundle: str | Path,
    test: Any = None,
    *,
    runtime: str = "auto",
    out: str | Path | None = None,
    language: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    **reading: Unpack[ReadKeywords],
) -> Report:
    """Scores a bundle on a labelled file.

    Args:
        bundle: The bundle, or the run directory that holds it.
        test: Texts and labels: a file, a pattern of files, a table in memory, or a
            list of several, see `kerascls.data.readers.frame_kinds.as_sources`. It is
            needed.
        runtime: What computes, see `Predictor.load`.
        out: Directory for what `write_results` writes; none by default.
        language: That of what people read there, `"en"` (default) or `"zh"`.
        on_progress: Called with rows done and all rows.
        **reading: How the file is read, see `kerascls.data.readers.ReadOptions`:
            `text`, `label`, `label_separator` and `task`, by default as in training,
            `format`, `encoding`, `skip_bad_rows`.

    Raises:
        BundleError: When the bundle cannot be read.
        DataError: When the file cannot be used.
        SettingsError: When there is nothing to score on, a keyword is unknown, text
            columns are more or fewer than in training, or matplotlib, which draws the
            plots in `out`, is not installed.

    Example:
        >>> evaluate("runs/news", "test.csv").scores.macro.f1
    """
    options = ReadOptions.from_keywords(evaluate, reading)
    _check_language(language, out)
    if out is not None:
        require("A report with plots", "matplotlib")
        check_report_folder(out)
    opened = open_bundle(bundle)
    if test is None:
        raise _nothing_to_score_on(opened)
    dataset = read_labelled(opened, test, options)
    logits = logits_of(opened, dataset, on_progress, runtime)
    scored = scored_rows_of(opened, logits, dataset)
    notes = (*dataset.notes, *seen_notes(opened, dataset))
    report = report_on(opened, scored, dataset.name, notes)
    if out is not None:
        columns = dataset.text_columns
        write_results(out, report, scored, columns, language=language or "en")
    return report


def _check_language(language: str | None, out: str | Path | None) -> None:
    if language is None:
        return
    known_name(LANGUAGES, language, "language")
    if out is None:
        raise SettingsError(
            f"Expected a report to write in a language. Received: "
            f"language={language!r} without its directory. Name that with --report "
            f"(out=), or leave the language out: the screen is English."
        )


def _nothing_to_score_on(bundle: Bundle) -> SettingsError:
    own = bundle.path.parent / MARKDOWN_FILE
    scored = f" What its run left for testing is scored in {own}." * own.is_file()
    return SettingsError(
        f"Expected labelled text to score {str(bundle.path)!r} on. Received: "
        f"test=None. Name it: --test FILE, in Python test=.{scored}"
    )


def logits_of(
    bundle: Bundle,
    dataset: Dataset,
    on_progress: Callable[[int, int], None] | None = None,
    runtime: str = "auto",
) -> np.ndarray:
    """Loads a bundle's model, which takes seconds, and runs it over labelled text.

    Args:
        bundle: The bundle.
        dataset: The text.
        on_progress: Called with rows done and all rows.
        runtime: What computes, see `Predictor.load`.

    Returns:
        float32 `(rows, num_classes)`, in the order of the file.
    """
    texts = dataset.examples.texts
    return Predictor(bundle, runtime).text_logits(texts, on_progress)


def read_labelled(
    bundle: Bundle, path: Any, options: ReadOptions = DEFAULTS
) -> Dataset:
    """Reads labelled text the way a bundle's training text was read.

    Args:
        bundle: What is not stated of the columns is as in its training.
        path: One or several files, or tables in memory, with texts and labels.
        options: What is stated.

    Raises:
        DataError: When the file cannot be used, or the classifier knows none of its
            labels.
        SettingsError: When text columns are more or fewer than in training.
    """
    options = options.as_in(bundle.read_options)
    sources = as_sources(path)
    with told_of_several(sources):
        dataset = join([read(source, options) for source in sources])
    counts = Counter(name for row in dataset.examples.labels for name in row)
    found = compare(dataset.name, counts, bundle.label_set, "the classifier")
    return replace(dataset, notes=(*dataset.notes, *notes_or_refusal(found)))
