"""A search under way: which trial is next, and what all of them left."""

import math
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kerascls.evaluation.reports.history import epoch_text
from kerascls.experiments.search.directory import (
    CONFIG_FILE,
    DATA_FOLDER,
    JOURNAL_FILE,
    TABLE_FILE,
    TRIALS_FOLDER,
    open_directory,
)
from kerascls.experiments.search.journal import Journal
from kerascls.experiments.search.proxy_data import Stage, write_trial_data
from kerascls.experiments.search.results import (
    SearchResult,
    describe,
    ranked,
    settings_toml,
    trials_csv,
)
from kerascls.experiments.search.space import Space, search_space, with_values
from kerascls.experiments.search.trials import (
    Goal,
    PruningCallback,
    Trial,
    run_trial,
)
from kerascls.inference.bundle.files import BUNDLE_FOLDER
from kerascls.settings.data import DataSettings
from kerascls.settings.run_settings import RunSettings, setting_of
from kerascls.system.files import write_atomically
from kerascls.system.runs import STATE_FOLDER
from kerascls.training.job import Job

PROXY_EPOCHS_SHARE = 1 / 2


@dataclass(frozen=True, eq=False)
class Study:
    """A search under way, in the directory `out`.

    The trials vary the job's settings, which have the preset's values; `data` says how
    the files of each stage are read.
    """

    out: Path
    job: Job
    space: Space
    goal: Goal
    journal: Journal
    data: dict[Stage, DataSettings]

    @classmethod
    def begin(
        cls,
        job: Job,
        stated: RunSettings,
        out: Path,
        proxy_rows: int,
        overwrite: bool,
    ) -> "Study":
        """Makes the directory, or opens that of the same search.

        What is `stated` is not varied. Raises SettingsError when `out` has another
        search that may not be replaced, or other files.
        """
        from_scratch = job.start.checkpoint is None
        if from_scratch:  # the sample's trials need to be told, too
            job = replace(job, settings=job.settings.with_options(from_scratch=True))
        space = search_space(
            job.settings,
            stated,
            from_scratch=from_scratch,
            shared_layers=job.start.config.shares_layers,
        )
        open_directory(out, _metadata(job, space, proxy_rows), overwrite)
        goal, seed = Goal(job.settings.train.best_by), stated.train.seed
        return cls(
            out=out,
            job=job,
            space=space,
            goal=goal,
            journal=Journal(out / JOURNAL_FILE, space, goal, seed),
            data=write_trial_data(
                out / DATA_FOLDER, job.data, stated.data, proxy_rows, seed
            ),
        )

    def count(self, stage: Stage) -> int:
        """Returns how many trials of a stage have ended."""
        return sum(trial.stage is stage for trial in self.journal.trials())

    def try_next(self, stage: Stage, trials: int) -> None:
        """Does one trial, and records it."""
        started_s, screen = time.monotonic(), self.job.screen
        ended = self.journal.trials()
        optuna_trial, values = self.journal.ask(stage, self._wanted(stage, ended))
        number = len(ended) + 1
        screen.say(f"trial {number} of {trials} ({stage}): {describe(values)}")
        pruning = PruningCallback(optuna_trial, self.goal, screen.say)
        try:
            settings, cache = self.settings_of(stage, values), self.job.cache
            outcome = run_trial(settings, self.folder(number), pruning, cache)
        except BaseException:
            self.journal.forget(optuna_trial, stage)
            raise
        trial = Trial(
            number=number,
            stage=stage,
            outcome=outcome,
            values=values,
            score=pruning.score,
            best_epoch=pruning.best_epoch,
            epochs=pruning.epochs,
            minutes=(time.monotonic() - started_s) / 60,
        )
        self.journal.tell(optuna_trial, trial)
        screen.say(f"  {outcome}, {trial.minutes:.1f} minutes")
        self.write()

    def settings_of(self, stage: Stage, values: dict[str, Any]) -> RunSettings:
        """Returns all settings of a trial."""
        settings = with_values(self.job.settings, values)
        if stage is Stage.PROXY:
            epochs = setting_of(settings, "train.epochs") * PROXY_EPOCHS_SHARE
            settings = settings.with_options(epochs=math.ceil(epochs))
        return RunSettings.from_dict(
            settings.model_dump(exclude_unset=True)
            | {"data": self.data[stage].model_dump(exclude_unset=True)}
        )

    def folder(self, number: int) -> Path:
        """Returns the run directory of a trial."""
        return self.out / TRIALS_FOLDER / f"{number:03}"

    def write(self) -> SearchResult:
        """Writes the table and the best settings so far; frees the others' disk."""
        trials = self.journal.trials()
        table = self.out / TABLE_FILE
        content = trials_csv(trials, list(self.space), self.goal)
        write_atomically(table, content.encode("utf-8-sig"))
        best = next(iter(ranked(trials, Stage.FULL, self.goal)), None)
        for trial in trials:
            if best is None or trial.number != best.number:
                for name in (BUNDLE_FOLDER, STATE_FOLDER):
                    shutil.rmtree(self.folder(trial.number) / name, ignore_errors=True)
        if best is None:
            return SearchResult(self.out, tuple(trials), table)
        settings = with_values(self.job.settings, best.values)
        comment = (
            f"The best of {len(trials)} trials: trial {best.number}, {self.goal.key} "
            f"{best.score:.4f} in epoch {epoch_text(best.best_epoch or 0)}.",
            f"kerascls fit --config {self.out / CONFIG_FILE}",
        )
        config = self.out / CONFIG_FILE
        write_atomically(config, settings_toml(settings, comment).encode())
        bundle = self.folder(best.number) / BUNDLE_FOLDER
        return SearchResult(
            self.out, tuple(trials), table, best, settings, config, bundle
        )

    def _wanted(self, stage: Stage, ended: list[Trial]) -> dict[str, Any] | None:
        """Returns what must be tried next; None leaves it to Optuna."""
        tried = [trial.values for trial in ended if trial.stage is stage]
        start = self.job.settings
        wanted = [{key: setting_of(start, key) for key in self.space}]
        if stage is Stage.FULL:
            proxies = ranked(ended, Stage.PROXY, self.goal)
            wanted += [trial.values for trial in proxies]
        return next((values for values in wanted if values not in tried), None)


def _metadata(job: Job, space: Space, proxy_rows: int) -> dict[str, Any]:
    """Returns what must be the same when a search goes on."""
    settings = job.settings.to_dict()
    for name in ("train", "valid", "test"):  # the files may have moved
        del settings["data"][name]
    hashes = {name: part.dataset.sha256 for name, part in job.data.parts.items()}
    return {
        **settings,
        "files": hashes,
        "space": {key: str(choice) for key, choice in space.items()},
        "search": {"proxy_rows": proxy_rows},
    }
