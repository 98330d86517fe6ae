"""`kerascls.compare`: one leaderboard of models, trained for it or found."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.data.labelled_text import LabelledText
from kerascls.errors import SettingsError
from kerascls.evaluation.leaderboard import Leaderboard
from kerascls.evaluation.metrics.resampling import HEADLINE
from kerascls.experiments.comparison.board import ranked
from kerascls.experiments.comparison.contenders import (
    check_contenders,
    contenders,
    named_models,
)
from kerascls.experiments.comparison.directory import (
    Comparison,
    check_free,
    earlier_comparison,
    require_same_data,
)
from kerascls.experiments.comparison.runs import grouped, texts_of
from kerascls.experiments.series import fit_next, require_test_part
from kerascls.settings.run_settings import OPTION_KEYS, RunSettings
from kerascls.settings.training import DISTANCES
from kerascls.system.console import LOG_FILE, Screen
from kerascls.system.extras import require
from kerascls.system.keywords import checked_keywords
from kerascls.system.places import check_folder
from kerascls.system.runs import RUN_FILE, facts_in
from kerascls.system.tables import known_name
from kerascls.training.preparation import load_labelled_text
from kerascls.training.resume import earlier_run, how_to_go_on

if TYPE_CHECKING:
    from rich.console import Console

SEEDS = 3


@checked_keywords(OPTION_KEYS)
def compare(
    runs: Sequence[str | Path] = (),
    *,
    models: str | Sequence[str] | None = None,
    model_options: Mapping[str, Mapping[str, Any]] | None = None,
    settings: RunSettings | None = None,
    seeds: int | None = None,
    by: str | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    speed: bool = True,
    resamples: int = 1000,
    cache: bool = True,
    quiet: bool = False,
    console: "Console | None" = None,
    **options: Any,
) -> Leaderboard:
    """Ranks models by their scores on the same test rows, with costs and doubts.

    Models are trained by `fit` with their own defaults under several seeds, on one
    split, in `out/MODEL-SEED`; before the first is, all are prepared and built once, so
    that one that lacks weights is told of at the start. Or finished runs are named:
    those that differ in nothing but the seed are one model.

    Differences are tested over rows and seeds, corrected for the number of pairs; see
    `compare_models`. `out` gets `leaderboard.md`, `.csv`, `.json`, `.html` and `.png`.

    Args:
        runs: Run directories, or some that `evaluate(..., out=...)` wrote.
        models: Presets to train, a sequence or joined by commas; `"NAME=PRESET"` gives
            one of several with the same preset a name.
        model_options: Settings of single models, by their names, as in
            `{"albert_tiny": {"epochs": 3}}`; they win over those of all.
        settings: The settings of all models. One that some cannot follow is refused.
        seeds: How many of each, from `train.seed` on; 3 by default.
        by: What ranks: `"macro_f1"` (default), `"micro_f1"`, `"weighted_f1"` or
            `"accuracy"`; of distributions also `"kl"` (default there) or another of
            `kerascls.evaluation.metrics.distributions.MEASURES`.
        out: The directory; needed to train.
        overwrite: Whether an earlier comparison in `out` may be replaced.
        resume: Go on where `out` was left, with its settings; finished runs are read.
        speed: Whether to measure how fast each bundle is, in a process of its own.
        resamples: How often test rows are drawn.
        cache: Whether token ids are kept for the next run on the same file.
        quiet: Whether to show nothing.
        console: Where to show; standard output by default.
        **options: Settings of all models by flat name, as for `fit`.

    Returns:
        The `Leaderboard`.

    Raises:
        KerasclsError: When data, settings or a checkpoint cannot be used, or runs were
            scored on different rows.
        KeyboardInterrupt: After Ctrl-C; says how to go on.

    Example:
        >>> board = kerascls.compare(
        ...     models="linear,albert_small", train="news.csv", out="runs/board"
        ... )
        >>> [one.name for one in board.standings if one.is_level]
    """
    require("kerascls compare", "matplotlib", "scipy")
    if by is not None:
        known_name((*HEADLINE, *DISTANCES), by, "by")
    common = RunSettings.stated(settings).with_options(**options)
    screen, folder = Screen(console, quiet), None if out is None else Path(out)
    ranking: dict[str, Any] = {
        "by": by,
        "resamples": resamples,
        "speed": speed,
        "screen": screen,
    }
    if runs:
        _refuse_training(common, models, model_options, seeds, resume)
        groups = grouped([Path(run) for run in runs])
        if folder is not None:
            check_folder(folder)
        return ranked(groups, texts_of, folder, common.train.language, **ranking)
    comparison = _begun(
        folder, models, model_options or {}, common, seeds, overwrite, resume
    )
    data = _read(comparison.first, screen)
    _check(comparison, data, resume, cache)
    screen.log_to(comparison.out / LOG_FILE)
    with _going_on(comparison):
        given = {"overwrite": overwrite, "resume": resume, "cache": cache}
        _train(comparison, screen, given | {"quiet": quiet, "console": console})
        test, groups = data.parts["test"].texts, _by_name(comparison)
        language = comparison.first.train.language
        return ranked(groups, lambda _: test, comparison.out, language, **ranking)


def _train(comparison: Comparison, screen: Screen, options: dict[str, Any]) -> None:
    """Does what is not done yet of the runs; `options` are those of `fit`."""
    runs = comparison.runs()
    for number, (name, path, own) in enumerate(runs, 1):
        if options["resume"] and _is_done(path):
            continue
        screen.say(f"run {number} of {len(runs)}: {name}, seed {own.train.seed}")
        fit_next(own, path, **options)


def _refuse_training(
    common: RunSettings,
    models: object,
    model_options: object,
    seeds: int | None,
    resume: bool,
) -> None:
    """Refuses what would train, beside runs that have been."""
    stated = common.model_dump(exclude_unset=True)
    keys = [f"{group}.{name}" for group, own in stated.items() for name in own]
    asked = {"models": models, "model_options": model_options, "seeds": seeds}
    given = [name for name, value in (asked | {"resume": resume}).items() if value]
    given += [key for key in keys if key != "train.language"]
    if given:
        raise SettingsError(
            f"Expected finished runs alone, or --models to train. Received: runs "
            f"beside {', '.join(given)}. Leave out the one or the other."
        )


def _begun(
    folder: Path | None,
    models: str | Sequence[str] | None,
    model_options: Mapping[str, Mapping[str, Any]],
    common: RunSettings,
    seeds: int | None,
    overwrite: bool,
    resume: bool,
) -> Comparison:
    """Returns what to compare, before anything is read or written."""
    given = None
    if models is not None:
        given = contenders(named_models(models), common, model_options)
    elif model_options or not resume:
        raise SettingsError(
            f"Expected runs to compare, or --models to train. Received: models=None"
            f"{', with options of single models' if model_options else ''}. Name them "
            f"as in --models linear,albert_tiny, or runs as in `kerascls compare RUN "
            f"RUN`."
        )
    if folder is None or (resume and overwrite) or (seeds is not None and seeds < 1):
        raise SettingsError(
            f"Expected a directory for the runs, one seed or more, and --resume or "
            f"--overwrite but not both. Received: "
            f"out={None if folder is None else str(folder)!r}, seeds={seeds}, "
            f"resume={resume}, overwrite={overwrite}. Name it with --out."
        )
    if resume:
        comparison = earlier_comparison(folder, given, common, seeds)
    else:
        check_free(folder, overwrite)
        comparison = Comparison(folder, given or {}, seeds or SEEDS)
    require_test_part(comparison.first)
    return comparison


def _read(settings: RunSettings, screen: Screen) -> LabelledText:
    with screen.bars() as bars:
        return load_labelled_text(settings.data, settings.split_seed, bars)


def _check(
    comparison: Comparison, data: LabelledText, resume: bool, cache: bool
) -> None:
    """Looks at all that is to be trained; remembers it, or compares with then."""
    facts = {
        name: part.dataset.facts() | {"rows": len(part.rows)}
        for name, part in data.parts.items()
    }
    unfinished = comparison.settings
    if resume:
        runs = comparison.runs()
        for _, path, own in runs:
            if path.exists():
                earlier_run(path, own)
        left = {name for name, path, _ in runs if not _is_done(path)}
        unfinished = {name: own for name, own in unfinished.items() if name in left}
    weights = check_contenders(unfinished, data, cache)
    if resume:
        require_same_data(comparison.out, facts, weights)
    else:
        comparison.write(facts, weights)


@contextmanager
def _going_on(comparison: Comparison) -> Iterator[None]:
    """Says how to go on after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        paths = [path for _, path, _ in comparison.runs()]
        done = sum(map(_is_done, paths))
        # More seeds than at first have to be said once more.
        line = how_to_go_on(
            comparison.first, comparison.out, "compare", comparison.seeds
        )
        raise KeyboardInterrupt(
            f"{done} of {len(paths)} runs are done. {line}"
        ) from None


def _is_done(run: Path) -> bool:
    return facts_in(run / RUN_FILE).get("status") == "done"


def _by_name(comparison: Comparison) -> dict[str, list[Path]]:
    groups: dict[str, list[Path]] = {name: [] for name in comparison.settings}
    for name, path, _ in comparison.runs():
        groups[name].append(path)
    return groups
