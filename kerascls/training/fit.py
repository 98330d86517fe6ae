"""From labelled text to a run directory: train, choose, ship, score once."""

import json
import os
import shlex
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labelled_text import LabelledText
from kerascls.decision.fit_decision import decide
from kerascls.errors import CheckpointError, DataError, DiskFullError, SettingsError
from kerascls.evaluation.evaluate import report_on, scored_rows_of, write_results
from kerascls.evaluation.reports import render_report
from kerascls.evaluation.reports.csv_markdown_json import REPORT_FILE
from kerascls.evaluation.reports.history import HISTORY_FILE
from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.evaluation.reports.report import TEST_PART, Report
from kerascls.evaluation.reports.rules import decision_line
from kerascls.evaluation.scored_rows import VALID_ROWS_FILE, ScoredRows
from kerascls.evaluation.seen_texts import SeenTexts, seen_notes
from kerascls.inference.bundle import Bundle, write_bundle
from kerascls.inference.bundle.files import BUNDLE_FOLDER
from kerascls.settings.applicable import require_steps
from kerascls.settings.run_settings import OPTION_KEYS, RunSettings
from kerascls.system.console import LOG_FILE, Screen
from kerascls.system.keywords import checked_keywords
from kerascls.system.machine import package_versions
from kerascls.system.notebooks import html_lines
from kerascls.system.words import count
from kerascls.training.job import prepare
from kerascls.training.linear.baseline import Baseline, fit_baseline
from kerascls.training.resume import (
    earlier_run,
    how_to_go_on,
    require_same_start,
    with_labels_of,
)
from kerascls.training.run_directory import RunDirectory, free_directory
from kerascls.training.trainable import Trainable, Trained

if TYPE_CHECKING:
    from keras.callbacks import Callback
    from rich.console import Console


# What somebody asked for cannot be had.
_REFUSALS = (SettingsError, DataError, CheckpointError)


@dataclass(frozen=True)
class RunResult:
    """What `fit` leaves.

    Args:
        out: The run directory.
        bundle: The directory to ship.
        report: Scores on the test part; None where there is no test part.
        best_epoch: Epochs done when the kept weights were scored; None for a model
            that is not trained in epochs.
        minutes: How long it took.
    """

    out: Path
    bundle: Path
    report: Report | None
    best_epoch: float | None
    minutes: float

    def _repr_html_(self) -> str:
        report = "" if self.report is None else self.report._repr_html_()
        epoch = "" if self.best_epoch is None else f"best epoch {self.best_epoch:g}, "
        line = f"{self.bundle}: {epoch}{self.minutes:.1f} minutes"
        return html_lines([line]) + report

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as plain JSON types."""
        return {
            "out": str(self.out),
            "bundle": str(self.bundle),
            "best_epoch": self.best_epoch,
            "minutes": self.minutes,
            "report": None if self.report is None else self.report.to_dict(),
        }


@checked_keywords(OPTION_KEYS)
def fit(
    settings: RunSettings | None = None,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    cache: bool = True,
    quiet: bool = False,
    console: "Console | None" = None,
    callbacks: "Sequence[Callback]" = (),
    **options: Any,
) -> RunResult:
    """Trains a classifier and writes a run directory with a bundle and a report.

    Weights and threshold are chosen on the validation part; the test part is scored
    once, with the written bundle, after everything was chosen.

    Args:
        settings: All settings; the defaults train on the shipped sample.
        out: The run directory; by default a new one in `runs/`.
        overwrite: Whether an earlier run in `out` may be replaced.
        resume: Go on with the run in `out`, which was interrupted or killed, from its
            last state, to the same end as if nothing had happened. Its settings are
            known; any that are given must be the same, but for `max_minutes`,
            `save_minutes` and `save_steps`. A finished run is only read.
        cache: Whether token ids are kept for the next run on the same file.
        quiet: Whether to show nothing.
        console: Where to show; standard output by default.
        callbacks: More Keras callbacks for the training; they come after our own and
            see the validation's scores in `logs`, `val_macro_f1` for example. With
            `train.validate_steps`, what Keras numbers and ends as an epoch is a round
            between validations; `logs` then also has `epochs` and `steps`, those
            done: 2.5 and 1250 for example. Where only those rows of the word
            embeddings are trained that texts have, `self.model` is a `UsedRowsModel`:
            a text with tokens that neither train nor valid has gets NaN from it, and
            it has the classifier's `head` but not its `encoder`.
        **options: Settings by flat name, as on the command line: `train="news.csv"`,
            `model="electra_small"`, `task="multilabel"`, `epochs=3`.

    Returns:
        The `RunResult`.

    Raises:
        KerasclsError: When data, settings or checkpoint cannot be used.
        KeyboardInterrupt: After Ctrl-C; the run directory is valid, and holds the
            bundle of the best epoch so far if there was one. Says how to go on.

    Example:
        >>> result = kerascls.fit(train="news.csv", model="albert_small")
        >>> result.report.scores.macro.f1
    """
    started_s = time.monotonic()
    settings = RunSettings.stated(settings).with_options(**options)
    screen = Screen(console, quiet)
    folder = None if out is None else Path(out)
    earlier = None
    if resume:
        earlier, settings = earlier_run(folder, settings, overwrite)
        if earlier.facts["status"] == "done":
            earlier.remove_states()
            screen.say(_is_done(earlier))
            return _finished(earlier)
    elif folder is not None:
        RunDirectory.check(folder, overwrite)  # before reading, which may take long
    if callbacks:
        require_steps(settings, "callbacks")
    job: Trainable = prepare(settings, screen, cache)
    job, run = _begin(job, earlier, folder, overwrite)
    screen.log_to(run.path / LOG_FILE)
    try:
        return _run(job, run, started_s, resume, callbacks)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_interrupted(job, run)) from None
    except BaseException as error:
        _failed(job, run, error)
        raise


def _is_done(run: RunDirectory) -> str:
    line = f"{run.path} is done, there is nothing to go on with: these are its results."
    if run.facts["best_epoch"] is None:  # it is not trained in epochs
        return line
    return f"{line} More epochs need a run of their own, another --out."


def _begin(
    job: Trainable, earlier: RunDirectory | None, folder: Path | None, overwrite: bool
) -> tuple[Trainable, RunDirectory]:
    """Returns the directory of a new run or of one that goes on, and what it trains."""
    facts = _facts(job)
    if earlier is None:
        folder = folder or free_directory(Path("runs"), job.name)
        return job, RunDirectory.create(folder, overwrite, **facts)
    require_same_start(earlier.path, earlier.facts, facts)
    job = with_labels_of(earlier, job)
    earlier.go_on()
    return job, earlier


def _interrupted(job: Trainable, run: RunDirectory) -> str:
    """Leaves a valid run directory; returns what to tell of it."""
    if run.replaces and not run.has_trained:
        run.discard()
        return f"Nothing was trained yet; {run.path} is still the earlier run."
    run.finish("interrupted")
    return how_to_go_on(job.settings, run.path)


def _failed(job: Trainable, run: RunDirectory, error: BaseException) -> None:
    """Leaves a valid run directory, or none of a run that was refused."""
    refused = isinstance(error, _REFUSALS) or run.replaces
    if refused and not run.has_trained:
        run.discard()  # or it would be in the way of the corrected command
        return
    with suppress(DiskFullError):  # told already
        run.finish("failed", error=f"{type(error).__name__}: {error}")
    if isinstance(error, DiskFullError) and run.has_states:
        raise DiskFullError(
            f"{error} {how_to_go_on(job.settings, run.path)}"
        ) from error


def _finished(run: RunDirectory) -> RunResult:
    file, report = run.path / REPORT_FILE, None
    if file.is_file():
        report = Report.from_dict(json.loads(file.read_text("utf-8")))
    epoch, minutes = run.facts["best_epoch"], run.facts["minutes"]
    return RunResult(run.path, run.path / BUNDLE_FOLDER, report, epoch, minutes)


def _run(
    job: Trainable,
    run: RunDirectory,
    started_s: float,
    resume: bool,
    callbacks: "Sequence[Callback]",
) -> RunResult:
    data, screen = job.data, job.screen
    sizes = ", ".join(f"{name} {len(part.rows)}" for name, part in data.parts.items())
    summary = f"{data.task}, {count(len(data.label_set), 'label')}, rows: {sizes}"
    screen.say("\n".join([summary, *data.notes, *job.notes, job.chosen]))
    if job.token_notes:  # tokens are made here, before Keras takes time and memory
        screen.say("\n".join(job.token_notes))
        run.update(notes=[*_notes(job), *job.token_notes])
    linear = fit_baseline(job)
    train_started_s = time.monotonic()
    trained = job.train(run.path, resume, callbacks)
    train_s = time.monotonic() - train_started_s + trained.seconds_before
    bundle = _ship(job, run.path / BUNDLE_FOLDER, trained, replace=resume)
    run.forget_earlier()
    _keep_parts(run.path, bundle, data, trained)
    if bundle.decision.calibration.kind != "none":
        epochs = (
            "Thresholds of the epochs above are of probabilities before calibration."
        )
        line = decision_line(bundle.decision)
        screen.say(f"{line} {epochs}" if trained.best_epoch is not None else line)
    run.update(
        best_epoch=trained.best_epoch,
        train_minutes=round(train_s / 60, 3),
        **_training_facts(trained, linear),
    )
    if trained.interrupted:
        screen.say(f"Interrupted; {bundle.path} has the weights of the best epoch.")
        raise KeyboardInterrupt
    report = None
    if "test" in data.parts:
        report, scored = _score(job, bundle, linear, trained.label_effects)
        columns = data.parts["test"].dataset.text_columns
        history = run.path / HISTORY_FILE
        write_results(
            *(run.path, report, scored, columns),
            history if history.is_file() else None,
            job.settings.train.language,
        )
        screen.say(render_report(report))
    minutes = (time.monotonic() - started_s + trained.seconds_before) / 60
    run.finish("done", minutes=round(minutes, 3))
    run.remove_states()
    if bundle.runtime == "keras":
        line = shlex.join(["kerascls", "export", str(run.path)])
        screen.say(f"Predictions start in a second, without Keras, after: {line}")
    return RunResult(run.path, bundle.path, report, trained.best_epoch, minutes)


def _facts(job: Trainable) -> dict[str, Any]:
    settings, data = job.settings, job.data
    return {
        "command": shlex.join(sys.argv),
        "python": sys.version.split()[0],
        "versions": package_versions(),
        "settings": settings.to_dict(),
        "seed": settings.train.seed,
        "task": data.task.value,
        "data": {
            name: part.dataset.facts() | {"rows": len(part.rows)}
            for name, part in data.parts.items()
        },
        "directory": os.getcwd(),
        "weights": job.weights and str(job.weights.resolve()),
        "labels": list(data.label_set),
        "notes": _notes(job),
    }


def _training_facts(trained: Trained, linear: Baseline | None) -> dict[str, Any]:
    facts = dict(trained.facts)
    if linear is not None:
        facts["baseline"] = linear.facts
    if trained.label_effects is not None:
        facts["label_effects"] = trained.label_effects.to_dict()
    return facts


def _notes(job: Trainable) -> list[str]:
    return [*job.data.notes, *job.notes]


def _ship(job: Trainable, folder: Path, trained: Trained, replace: bool) -> Bundle:
    settings, data = job.settings, job.data
    labels = tuple(data.label_set)
    targets = data.targets("train")
    support, shares = LabelCounts.of(targets).positives, None
    if data.task.has_weights:
        shares = dict(zip(labels, targets.mean_weights().tolist(), strict=True))
    known = data.targets("valid").for_task(data.task)[:, : len(labels)]
    decision = decide(settings.decision, data.task, labels, known, trained.valid_logits)
    return write_bundle(
        folder,
        runtime=trained.runtime,
        task=data.task,
        label_set=data.label_set,
        decision=decision,
        input_spec=job.input_spec,
        train_support=dict(zip(labels, support.tolist(), strict=True)),
        settings=settings.to_dict(),
        write_model=trained.write_model,
        train_shares=shares,
        replace=replace,
    )


def _keep_parts(
    run: Path, bundle: Bundle, data: LabelledText, trained: Trained
) -> None:
    """Keeps what `tune` fits to, and by what the texts of training are known again."""
    train, valid = data.parts["train"], data.parts["valid"]
    logits = trained.valid_logits
    scored = scored_rows_of(bundle, logits, valid.dataset, valid.rows)
    scored.save(run / VALID_ROWS_FILE)
    learned = [*train.texts, *(valid.texts if trained.trained_on_valid else ())]
    test = data.parts["test"].texts if "test" in data.parts else ()
    SeenTexts.of(learned, valid.texts, test).save(run)


def _score(
    job: Trainable,
    bundle: Bundle,
    linear: Baseline | None,
    effects: LabelEffects | None,
) -> tuple[Report, ScoredRows]:
    part = job.data.parts["test"]
    with job.screen.bars() as bars:
        progress = bars and bars("Scoring the test part")
        logits = job.logits(bundle, "test", progress)
    scored = scored_rows_of(bundle, logits, part.dataset, part.rows)
    source = f"{part.dataset.name}{TEST_PART}"
    compared = None if linear is None else linear.compared(scored)
    seen = seen_notes(bundle, part.dataset, part.rows)
    notes = [*job.data.label_notes, *job.token_notes, *seen]
    return report_on(bundle, scored, source, notes, compared, effects), scored
