"""The memory of a search: Optuna's journal, which survives an end at any moment."""

import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.experiments.search.proxy_data import Stage
from kerascls.experiments.search.space import LogRange, Space
from kerascls.experiments.search.trials import Goal, Trial

if TYPE_CHECKING:
    import optuna

# Before so many trials have come to their end there is not enough to compare with.
TRIALS_BEFORE_PRUNING = 3
RANDOM_TRIALS = 5
_RECORD = "kerascls"


class Journal:
    """Asks Optuna what to try, and tells it what came of it.

    What is asked is a function of the seed and of the trials that have ended, so that
    an interrupted trial is asked again, and a search that went on does what an
    uninterrupted one does. One process at a time may use a journal.
    """

    def __init__(self, path: Path, space: Space, goal: Goal, seed: int) -> None:
        import optuna
        from optuna.storages.journal import JournalFileBackend

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        _drop_torn_line(path)
        storage = optuna.storages.JournalStorage(JournalFileBackend(str(path)))
        self.space = space
        self.seed = seed
        self._studies = {
            stage: optuna.create_study(
                storage=storage,
                study_name=stage.value,
                direction=goal.direction,
                load_if_exists=True,
                pruner=optuna.pruners.MedianPruner(TRIALS_BEFORE_PRUNING),
            )
            for stage in Stage
        }
        for study in self._studies.values():
            # Those that a killed process began.
            for begun in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
                study.tell(begun.number, state=optuna.trial.TrialState.FAIL)

    def trials(self) -> list[Trial]:
        """Returns all trials that have ended, in their order."""
        from optuna.trial import TrialState

        ended = (TrialState.COMPLETE, TrialState.PRUNED)
        trials = [
            Trial.from_dict(optuna_trial.user_attrs[_RECORD])
            for study in self._studies.values()
            for optuna_trial in study.get_trials(deepcopy=False, states=ended)
        ]
        return sorted(trials, key=lambda trial: trial.number)

    def ask(
        self, stage: Stage, wanted: Mapping[str, Any] | None = None
    ) -> tuple["optuna.Trial", dict[str, Any]]:
        """Begins a trial; `wanted` or Optuna says of what. Returns its values, too."""
        study = self._studies[stage]
        study.sampler = _sampler(self.seed + len(self.trials()), wanted)
        optuna_trial = study.ask(_distributions(self.space))
        params = optuna_trial.params.items()
        return optuna_trial, {k: self.space[k].value_of(v) for k, v in params}

    def tell(self, optuna_trial: "optuna.Trial", trial: Trial) -> None:
        """Records how a trial ended."""
        from optuna.trial import TrialState

        optuna_trial.set_user_attr(_RECORD, asdict(trial))
        if trial.outcome == "done":
            self._studies[trial.stage].tell(optuna_trial, trial.score)
        else:
            self._studies[trial.stage].tell(optuna_trial, state=TrialState.PRUNED)

    def forget(self, optuna_trial: "optuna.Trial", stage: Stage) -> None:
        """Gives up a trial that was interrupted; it will be asked again."""
        from optuna.trial import TrialState

        self._studies[stage].tell(optuna_trial, state=TrialState.FAIL)


def _sampler(
    seed: int, wanted: Mapping[str, Any] | None
) -> "optuna.samplers.BaseSampler":
    from optuna import samplers
    from optuna.exceptions import ExperimentalWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        # A new one for each trial, so that its choice depends on no process's history.
        # Stated, because the defaults of Optuna 4 and 5 differ: a search goes on alike.
        sampler = samplers.TPESampler(
            seed=seed,
            n_startup_trials=RANDOM_TRIALS,
            multivariate=True,
            constant_liar=True,
        )
        if wanted is None:
            return sampler
        return samplers.PartialFixedSampler(dict(wanted), sampler)


def _distributions(space: Space) -> dict[str, "optuna.distributions.BaseDistribution"]:
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    return {
        key: FloatDistribution(choice.low, choice.high, log=True)
        if isinstance(choice, LogRange)
        else CategoricalDistribution(choice.values)
        for key, choice in space.items()
    }


def _drop_torn_line(path: Path) -> None:
    """Removes what a process that was killed wrote of its last line."""
    if not path.is_file():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with open(path, "r+b") as file:
            file.truncate(whole)
