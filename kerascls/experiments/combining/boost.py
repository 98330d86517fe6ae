"""`boost`: a stack of models, each trained more on what those before it got wrong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.decision.fit_decision import decide
from kerascls.decision.mixing import logits_of
from kerascls.errors import SettingsError
from kerascls.experiments.combining.boosting import label_errors, next_weights
from kerascls.experiments.combining.candidates import Candidate
from kerascls.experiments.combining.ensemble import ensemble
from kerascls.experiments.combining.shipping import Combined
from kerascls.experiments.combining.valid_rows import kept_rows
from kerascls.experiments.combining.weighing import Judge, mean_of, weigh
from kerascls.inference.bundle import open_bundle
from kerascls.settings.run_settings import OPTION_KEYS, RunSettings
from kerascls.system.console import Screen
from kerascls.system.files import write_json
from kerascls.system.keywords import checked_keywords
from kerascls.system.places import is_earlier
from kerascls.system.runs import facts_in
from kerascls.training import fit as training
from kerascls.training.resume import how_to_go_on, same_settings, with_tables
from kerascls.training.run_directory import free_directory

if TYPE_CHECKING:
    from rich.console import Console

BOOST_FILE = "boost.json"
ENSEMBLE_FOLDER = "ensemble"
# Weights that the next model gets, shown.
SHOWN_LABELS = 10


@checked_keywords(OPTION_KEYS)
def boost(
    settings: RunSettings | None = None,
    *,
    rounds: int = 3,
    out: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    cache: bool = True,
    quiet: bool = False,
    console: "Console | None" = None,
    **options: Any,
) -> Combined:
    """Trains one model after another, each more on what those before it got wrong.

    After each round the rows of labels that the stack misses on the validation part
    get more weight (`train.label_weights`). The last thing is an `ensemble` of all
    rounds, weighed on the validation part; its report says whether it surely beats the
    best of them. Writes `out/round-1/` and so on, and `out/ensemble/`.

    Args:
        settings: All settings, as for `kerascls.fit`.
        rounds: How many models at most, two or more. It ends early where nothing is
            left to correct.
        out: Where to; by default a new directory in `runs/`.
        overwrite: Whether an earlier stack in `out` may be replaced.
        resume: Go on where `out` was left, with its settings: finished rounds are only
            read.
        cache: Whether token ids are kept for the next round.
        quiet: Whether to show nothing.
        console: Where to show; standard output by default.
        **options: As for `kerascls.fit`.

    Returns:
        The `Combined` of the ensemble.

    Raises:
        KerasclsError: As `kerascls.fit` and `ensemble` do.

    References:
        SAMME and AdaBoost.MH, see `kerascls.experiments.combining.boosting`.

    Example:
        >>> kerascls.boost(train="news.csv", model="linear", rounds=4).members
    """
    settings = RunSettings.stated(settings).with_options(**options)
    if rounds < 2:
        raise SettingsError(
            f"Expected two rounds or more, for one corrects another. Received: rounds="
            f"{rounds}. Give more, or use `kerascls fit`."
        )
    folder = Path(out) if out else free_directory(Path("runs"), "boost")
    settings = _begin(folder, settings, overwrite, resume)
    screen = Screen(console, quiet)
    runs: list[Path] = []
    weights: dict[str, float] | None = dict(settings.train.label_weights)
    for number in range(1, rounds + 1):
        path = folder / f"round-{number}"
        with _ends_of(folder, settings, rounds, resume):
            result = training.fit(
                settings.with_options(label_weights=weights),
                out=path,
                overwrite=overwrite,
                resume=resume and path.exists(),
                cache=cache,
                quiet=quiet,
                console=console,
            )
        runs.append(path)
        if number == rounds:
            break
        weights = _next(runs, settings, weights or {})
        if weights is None:
            screen.say(f"round {number}: nothing is left that another could correct")
            break
        screen.say(f"round {number + 1} with {_shown(weights)}")
    if len(runs) == 1:
        note = f"one round was enough: {runs[0]} is all there is"
        return Combined(folder, result.bundle, (), result.report, (note,))
    best_by = settings.train.best_by
    with _ends_of(folder, settings, rounds, resume):
        return ensemble(
            runs,
            out=folder / ENSEMBLE_FOLDER,
            best_by=best_by,
            overwrite=overwrite or resume,
            quiet=quiet,
            console=console,
        )


def _begin(
    folder: Path, settings: RunSettings, overwrite: bool, resume: bool
) -> RunSettings:
    """Makes the directory of a stack; returns the settings of the first round."""
    if resume:
        if not (folder / BOOST_FILE).is_file() or overwrite:
            raise SettingsError(
                f"Expected the directory of a stack to go on with, and no --overwrite. "
                f"Received: out={str(folder)!r}, overwrite={overwrite}. Name one that "
                f"`kerascls boost` began, with --out."
            )
        return _earlier(folder, settings)
    if is_earlier(folder, BOOST_FILE, "stack") and not overwrite:
        raise SettingsError(
            f"There is a stack already. Received: out={str(folder)!r}. Choose another "
            f"--out, go on with --resume, or replace it with --overwrite."
        )
    folder.mkdir(parents=True, exist_ok=True)
    stated = settings.model_dump(mode="json", exclude_unset=True)
    write_json(folder / BOOST_FILE, {"directory": os.getcwd(), "settings": stated})
    return settings


def _earlier(folder: Path, settings: RunSettings) -> RunSettings:
    """Returns the settings with which a stack began, whatever there is of it by now."""
    known = facts_in(folder / BOOST_FILE)
    begun_with, begun_in = known.get("settings", {}), known.get("directory", ".")
    whose = f"the stack in {str(folder)!r}, which goes on with them"
    groups = same_settings(begun_with, begun_in, settings, whose)
    return RunSettings.from_dict(with_tables(groups, settings, folder, "boost"))


def _next(
    runs: list[Path], settings: RunSettings, weights: dict[str, float]
) -> dict[str, float] | None:
    """Returns label weights by what the stack so far misses on the validation part."""
    bundles = [open_bundle(run) for run in runs]
    labels, task = bundles[0].label_set.names, bundles[0].task
    stack = [
        Candidate(str(run), bundle, labels)
        for run, bundle in zip(runs, bundles, strict=True)
    ]
    rows = kept_rows(stack)
    judge = Judge(rows, settings.decision, settings.train.best_by)
    weighed = weigh(stack, judge, "fitted")
    logits = logits_of(mean_of(weighed, rows), task)
    targets = rows.known_targets
    decision = decide(settings.decision, task, labels, targets, logits)
    chosen = decision.rule.apply(decision.probabilities(logits, task))
    errors = label_errors(targets, chosen)
    return next_weights(weights, labels, errors, targets.sum(axis=0), task)


def _shown(weights: dict[str, float]) -> str:
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    listed = ", ".join(f"{name} {weight:.2f}" for name, weight in ranked[:SHOWN_LABELS])
    return f"label weights {listed}" + ", ..." * (len(ranked) > SHOWN_LABELS)


@contextmanager
def _ends_of(
    folder: Path, settings: RunSettings, rounds: int, resume: bool
) -> Iterator[None]:
    """Says how to go on after Ctrl-C; leaves nothing of a stack that is refused."""
    try:
        yield
    except KeyboardInterrupt:
        line = how_to_go_on(settings, folder, "boost", rounds=rounds)
        raise KeyboardInterrupt(line) from None
    except BaseException:
        # Refused before it began.
        if not resume and not any(folder.glob("round-*")):
            (folder / BOOST_FILE).unlink(missing_ok=True)
            with suppress(OSError):  # it holds what is not ours
                folder.rmdir()
        raise
