"""What `ensemble` and `soup` are asked for: checked and read, and nothing written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.data.labels import Task
from kerascls.data.readers import ReadOptions
from kerascls.errors import SettingsError
from kerascls.experiments.combining.candidates import (
    Candidate,
    decision_settings,
    open_candidates,
    refuse_inside,
)
from kerascls.experiments.combining.held_out import HeldOut, rows_to_score
from kerascls.experiments.combining.valid_rows import ValidRows, kept_rows, read_rows
from kerascls.experiments.combining.weighing import Judge
from kerascls.inference.bundle.files import SETTINGS
from kerascls.settings.decision import DecisionSettings
from kerascls.settings.training import LANGUAGES, checked_score
from kerascls.system.console import Screen
from kerascls.system.tables import known_name
from kerascls.training.run_directory import RunDirectory, free_directory


@dataclass(frozen=True, eq=False)
class Asked:
    """Everything that is known before weights are sought.

    Args:
        candidates: The runs.
        judge: The validation rows, and what is good on them.
        held: The rows to score on, if there are any.
        out: The directory to write.
        language: Of the report.
        notes: What should be known, a line each.
    """

    candidates: list[Candidate]
    judge: Judge
    held: HeldOut | None
    out: Path
    language: str
    notes: list[str]


@dataclass(frozen=True, kw_only=True)
class Files:
    """What `ensemble` and `soup` read and write.

    Args:
        out: The directory to write; None for a new one.
        valid: Labelled text to choose on; None for the validation part of the runs.
        test: Labelled text to score on; None for the test part of the runs.
        language: Of the report; None for the first run's.
        overwrite: Whether an earlier run in `out` may be replaced.
    """

    out: str | Path | None
    valid: Any
    test: Any
    language: str | None
    overwrite: bool


def stated(
    function: Callable, options: Mapping[str, Any], files: Files, best_by: str
) -> tuple[ReadOptions, dict[str, Any]]:
    """Returns how files are read, and the fields of `DecisionSettings` that are stated.

    Args:
        function: That was called with the options.
        options: Both, by name.
        files: What is read and written.
        best_by: The score to choose by.

    Raises:
        SettingsError: When something is unknown, or says how a file is read that there
            is not.
    """
    fields = DecisionSettings.model_fields
    reading = ReadOptions.from_keywords(function, options, fields)
    decision = {name: options[name] for name in fields if name in options}
    checked_score(best_by)
    if files.language is not None:
        known_name(LANGUAGES, files.language, "language")
    names = [name for name in options if name not in decision]
    if names and files.valid is None and files.test is None:
        raise SettingsError(
            f"Expected labelled text beside how it is read. Received: "
            f"{', '.join(names)}, valid=None, test=None. Name it with --valid or "
            f"--test, or leave these out."
        )
    return reading, decision


def ask(
    name: str,
    runs: Any,
    files: Files,
    how: tuple[ReadOptions, dict[str, Any]],
    best_by: str,
    screen: Screen,
    check: Callable[[Sequence[Candidate]], None] | None = None,
) -> Asked:
    """Opens the runs and lets them score the validation rows.

    Args:
        name: Of the new directory, where none is named.
        runs: Their directories.
        files: What is read and written.
        how: As `stated` returned it.
        best_by: The score to choose by.
        screen: Shows progress.
        check: Called with the candidates; refuses those that cannot be used.

    Raises:
        KerasclsError: When runs do not go together, or a file cannot be used.
    """
    reading, decision = how
    out = Path(files.out) if files.out else free_directory(Path("runs"), name)
    RunDirectory.check(out, files.overwrite)
    notes: list[str] = []
    listed = [runs] if isinstance(runs, str | Path) else list(runs)
    has_file = files.valid is not None
    candidates = open_candidates(listed, notes, same_names=has_file)
    refuse_shares(candidates[0].bundle.task, name)
    if check is not None:
        check(candidates)
    refuse_inside(out, candidates)
    settings = decision_settings(candidates, decision, notes)
    judge = Judge(_rows(candidates, files, reading, notes, screen), settings, best_by)
    judge.check()
    held = rows_to_score(candidates, files.test, reading, notes)
    language = files.language or language_of(candidates)
    return Asked(candidates, judge, held, out, language, notes)


def refuse_shares(task: Task | None, name: str) -> None:
    """Refuses distributions, whose truth is no outcome that could be weighed on.

    Raises:
        SettingsError: When the task is one.
    """
    if task is not None and task.has_weights:
        raise SettingsError(
            f"Expected classifiers of labels that a row has or not, for {name}. "
            f"Received: task={task.value!r}. Compare them, `kerascls compare RUN RUN "
            f"--by kl`, and take the best."
        )


def language_of(candidates: Sequence[Candidate]) -> str:
    """Returns the language of the first run's reports."""
    train = candidates[0].bundle.read(SETTINGS).get("train", {})
    return train.get("language") or "en"


def _rows(
    candidates: Sequence[Candidate],
    files: Files,
    reading: ReadOptions,
    notes: list[str],
    screen: Screen,
) -> ValidRows:
    if files.valid is None:
        return kept_rows(candidates)
    with screen.bars() as bars:
        progress = bars and bars("Scoring the validation rows")
        return read_rows(candidates, files.valid, reading, notes, progress)
