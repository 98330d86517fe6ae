"""`kerascls.search`: trials of settings, on a sample of the rows first."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.experiments.search.directory import is_search
from kerascls.experiments.search.proxy_data import Stage
from kerascls.experiments.search.results import (
    WIDTH,
    SearchResult,
    ranked,
    render_trials,
)
from kerascls.experiments.search.study import Study
from kerascls.settings.applicable import require_steps
from kerascls.settings.run_settings import OPTION_KEYS, RunSettings, setting_of
from kerascls.system.console import LOG_FILE, Screen
from kerascls.system.extras import EXTRAS, TRAINING, require_keras
from kerascls.system.keywords import checked_keywords
from kerascls.training.job import prepare

if TYPE_CHECKING:
    from rich.console import Console

FEWEST_TRIALS_WITH_PROXY = 8
FULL_SHARE = 1 / 4


@checked_keywords(OPTION_KEYS)
def search(
    settings: RunSettings | None = None,
    *,
    trials: int = 20,
    proxy_rows: int = 2000,
    out: str | Path | None = None,
    overwrite: bool = False,
    cache: bool = True,
    quiet: bool = False,
    console: "Console | None" = None,
    **options: Any,
) -> SearchResult:
    """Looks for better settings than the preset's; see `search_space` for which.

    Three quarters of the trials are proxies: they train on `proxy_rows` rows of the
    training part, for half as many epochs. The first has the preset's own values,
    the others are chosen by Optuna (TPE). The rest train on all rows: again the
    preset's values first, then the best of the proxies. A trial ends early when its
    best score so far is below the median of earlier trials of its stage at the same
    epoch, or with `train.validate_steps` after as many steps. Where there are fewer
    than eight trials, or fewer than two times `proxy_rows` rows, all train on all
    rows.

    The validation part alone decides, by `train.best_by`. The test part is left
    aside; no trial sees it. A validation score that was the best of many is somewhat
    flattering, so score the test part once, with `kerascls fit --config`.

    The same call again goes on with a search that was interrupted, or with more
    trials. `out` holds `trials.csv`, `best.toml`, the log, and `trials/NNN`, the run
    directories; only that of the best has its bundle.

    Args:
        settings: All settings; what is stated there is not varied.
        trials: How many, those that were pruned included.
        proxy_rows: Rows of a proxy; 0 for no proxies.
        out: The directory; by default one in `runs/`.
        overwrite: Whether another search in `out` may be replaced.
        cache: Whether token ids are kept for the next trial.
        quiet: Whether to show nothing.
        console: Where to show; standard output by default.
        **options: Settings by flat name, as for `fit`.

    Returns:
        The `SearchResult`.

    Raises:
        KerasclsError: When data, settings or checkpoint cannot be used, or Optuna is
            not installed.
        KeyboardInterrupt: After Ctrl-C; the search can go on.

    Example:
        >>> result = kerascls.search(train="news.csv", model="albert_small")
        >>> kerascls.fit(result.settings)
    """
    require_keras("kerascls search", *TRAINING, *EXTRAS["search"])
    settings = RunSettings.stated(settings).with_options(**options)
    require_steps(settings, "a search")
    screen = Screen(console, quiet)
    if out is not None:
        is_search(Path(out))  # before reading, which may take long
    job = prepare(settings, screen, cache)
    folder = Path("runs", f"search-{job.start.name}") if out is None else Path(out)
    study = Study.begin(job, settings, folder, proxy_rows, overwrite)
    screen.log_to(folder / LOG_FILE)
    screen.say("\n".join(_introduction(study, trials)))
    rows = len(job.data.parts["train"].rows)
    try:
        for stage, number in _planned(trials, rows, proxy_rows).items():
            while study.count(stage) < number:
                study.try_next(stage, trials)
    except KeyboardInterrupt:
        study.write()
        raise KeyboardInterrupt("the same command again goes on") from None
    result = study.write()
    screen.say(_conclusion(study, result))
    return result


def _planned(trials: int, rows: int, proxy_rows: int) -> dict[Stage, int]:
    """Returns how many trials each stage has, in their order."""
    pays = proxy_rows > 0 and rows >= 2 * proxy_rows
    if not pays or trials < FEWEST_TRIALS_WITH_PROXY:
        return {Stage.FULL: trials}
    full = math.ceil(trials * FULL_SHARE)
    return {Stage.PROXY: trials - full, Stage.FULL: full}


def _introduction(study: Study, trials: int) -> list[str]:
    data = study.job.data
    sizes = {name: len(part.rows) for name, part in data.parts.items()}
    left_aside = sizes.pop("test", 0)
    rows = ", ".join(f"{name} {number}" for name, number in sizes.items())
    lines = [
        f"{data.task}, {len(data.label_set)} labels, rows: {rows}",
        *data.notes,
        *study.job.start.notes,
        f"searching for the best {study.goal.key} among",
        *(f"  {key}: {choice}" for key, choice in study.space.items()),
    ]
    if left_aside:
        lines.append(f"the test part ({left_aside} rows) is left aside")
    if known := len(study.journal.trials()):
        lines.append(f"going on after {known} of {trials} trials")
    return lines


def _conclusion(study: Study, result: SearchResult) -> str:
    table = render_trials(
        result.trials, list(study.space), study.goal, study.job.screen.width or WIDTH
    )
    best = result.best
    if best is None:
        return f"{table}\nno trial on all rows came to its end"
    lines = [table, f"best: trial {best.number}, {study.goal.name} {best.score:.4f}"]
    default = {key: setting_of(study.job.settings, key) for key in study.space}
    lines += [
        f"the preset's values: {study.goal.name} {trial.score:.4f}"
        for trial in ranked(result.trials, Stage.FULL, study.goal)
        if trial.values == default
    ]
    lines.append(f"train with them: kerascls fit --config {result.config}")
    return "\n".join(lines)
