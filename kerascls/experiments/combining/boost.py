"""`boost`: a stack of models, each trained more on what those before it got wrong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.decision.fit_decision import decide
from kerascls.decision.mixing import logits_of
from kerascls.errors import SettingsError
from kerascls.experiments.combining.asking import refuse_shares
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
ROUNDS = 3
# Weights that the next model gets, shown.
SHOWN_LABELS = 10


@checked_keywords(OPTION_KEYS)
def boost(
    settings: RunSettings | None = None,
    *,
    rounds: int | None = None,
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
        rounds: How many models at most, two or more; by default 3, and with `resume`
            as many as at first. It ends early where nothing is left to correct.
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
    if rounds is not None and rounds < 2:
        raise SettingsError(
            f"Expected two rounds or more, for one corrects another. Received: rounds="
            f"{rounds}. Give more, or use `kerascls fit`."
        )
    refuse_shares(settings.data.task, "boost")
    folder = Path(out) if out else free_directory(Path("runs"), "boost")
    settings, rounds = _begin(folder, settings, rounds, overwrite, resume)
    showing: dict[str, Any] = {"quiet": quiet, "console": console}
    options = {"overwrite": overwrite, "resume": resume, "cache": cache, **showing}
    runs, result = _train_rounds(folder, settings, rounds, options)
    if len(runs) == 1:
        note = f"one round was enough: {runs[0]} is all there is"
        return Combined(folder, result.bundle, (), result.report, (note,))
    best_by = settings.train.best_by
    with _ends_of(folder, settings, resume):
        return ensemble(
            runs,
            out=folder / ENSEMBLE_FOLDER,
            best_by=best_by,
            overwrite=overwrite or resume,
            **showing,
        )


def _train_rounds(
    folder: Path, settings: RunSettings, rounds: int, options: dict[str, Any]
) -> tuple[list[Path], Any]:
    """Returns the directory of each round, and what `fit` said of the last.

    Args:
        folder: Where to.
        settings: Those of the first round.
        rounds: How many at most.
        options: Those of `fit`, to which `boost` hands them on.
    """
    screen, resume = Screen(options["console"], options["quiet"]), options["resume"]
    runs: list[Path] = []
    weights: dict[str, float] | None = dict(settings.train.label_weights)
    for number in range(1, rounds + 1):
        path = folder / f"round-{number}"
        own = options | {"resume": resume and path.exists()}
        with _ends_of(folder, settings, resume):
            result = training.fit(
                settings.with_options(label_weights=weights), out=path, **own
            )
        runs.append(path)
        if number == rounds:
            break
        weights = _next(runs, settings, weights or {})
        if weights is None:
            screen.say(f"round {number}: nothing is left that another could correct")
            break
        screen.say(f"round {number + 1} with {_shown(weights)}")
    return runs, result


def _begin(
    folder: Path,
    settings: RunSettings,
    rounds: int | None,
    overwrite: bool,
    resume: bool,
) -> tuple[RunSettings, int]:
    """Makes the directory of a stack.

    Returns:
        The settings of the first round, and how many rounds there are at most.
    """
    if resume:
        if not (folder / BOOST_FILE).is_file() or overwrite:
            raise SettingsError(
                f"Expected the directory of a stack to go on with, and no --overwrite. "
                f"Received: out={str(folder)!r}, overwrite={overwrite}. Name one that "
                f"`kerascls boost` began, with --out."
            )
        return _earlier(folder, settings, rounds)
    if is_earlier(folder, BOOST_FILE, "stack") and not overwrite:
        raise SettingsError(
            f"There is a stack already. Received: out={str(folder)!r}. Choose another "
            f"--out, go on with --resume, or replace it with --overwrite."
        )
    folder.mkdir(parents=True, exist_ok=True)
    stated = settings.model_dump(mode="json", exclude_unset=True)
    rounds = rounds or ROUNDS
    facts = {"directory": os.getcwd(), "rounds": rounds, "settings": stated}
    write_json(folder / BOOST_FILE, facts)
    return settings, rounds


def _earlier(
    folder: Path, settings: RunSettings, rounds: int | None
) -> tuple[RunSettings, int]:
    """Returns the settings with which a stack began, whatever there is of it by now.

    So many rounds are remembered as are asked for now.
    """
    known = facts_in(folder / BOOST_FILE)
    begun_with, begun_in = known.get("settings", {}), known.get("directory", ".")
    whose = f"the stack in {str(folder)!r}, which goes on with them"
    groups = same_settings(begun_with, begun_in, settings, whose)
    settings = RunSettings.from_dict(with_tables(groups, settings, folder, "boost"))
    asked = _rounds(folder, known.get("rounds"), rounds)
    write_json(folder / BOOST_FILE, known | {"rounds": asked})
    return settings, asked


def _rounds(folder: Path, at_first: object, rounds: int | None) -> int:
    """Returns how many rounds a stack gets: those asked for now, or at first."""
    if rounds is None:
        if isinstance(at_first, int) and at_first > 1:
            return at_first
        raise SettingsError(
            f"Expected a stack that knows how many rounds it gets. Received: out="
            f"{str(folder)!r} with rounds={at_first!r} in {BOOST_FILE}. Say it with "
            f"--rounds."
        )
    begun = sum(path.is_dir() for path in folder.glob("round-*"))
    if rounds < begun:
        raise SettingsError(
            f"Expected as many rounds as there are, or more. Received: rounds="
            f"{rounds}, where {str(folder)!r} has {begun}. Leave --rounds out, or make "
            f"a stack of fewer with another --out."
        )
    return rounds


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
def _ends_of(folder: Path, settings: RunSettings, resume: bool) -> Iterator[None]:
    """Says how to go on after Ctrl-C; leaves nothing of a stack that is refused."""
    try:
        yield
    except KeyboardInterrupt:
        line = how_to_go_on(settings, folder, "boost")
        raise KeyboardInterrupt(line) from None
    except BaseException:
        # Refused before it began.
        if not resume and not any(folder.glob("round-*")):
            (folder / BOOST_FILE).unlink(missing_ok=True)
            with suppress(OSError):  # it holds what is not ours
                folder.rmdir()
        raise
