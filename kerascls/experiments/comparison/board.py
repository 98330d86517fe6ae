"""From finished runs to a leaderboard that is shown and written."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kerascls.errors import KerasclsError
from kerascls.evaluation.leaderboard import Leaderboard, Speed
from kerascls.evaluation.ranked_models import build_leaderboard, same_rows_of
from kerascls.evaluation.reports.leaderboards import render_leaderboard
from kerascls.evaluation.reports.write_leaderboard import write_leaderboard
from kerascls.experiments.comparison.runs import Texts, entry_of, notes_on
from kerascls.experiments.comparison.speed import measure_speed
from kerascls.system.console import Screen
from kerascls.system.machine import machine_name
from kerascls.system.runs import BUNDLE_FOLDER


def ranked(
    groups: Mapping[str, Sequence[Path]],
    texts: Callable[[Path], Texts],
    out: Path | None,
    language: str,
    *,
    by: str | None,
    resamples: int,
    speed: bool,
    screen: Screen,
) -> Leaderboard:
    """Scores, measures, tests, writes and shows.

    Args:
        groups: Run directories by model.
        texts: Returns the test texts of a run.
        out: Where to write; None for nowhere.
        language: Of what is written, of `LANGUAGES`.
        by: What ranks; None for the default of the task.
        resamples: How often test rows are drawn.
        speed: Whether to measure it.
        screen: Where to show.
    """
    entries = {name: entry_of(name, runs) for name, runs in groups.items()}
    same_rows_of(entries.values())  # before the time that speeds take
    found: dict[str, Speed] = {}
    notes = notes_on(entries.values())
    if speed:
        screen.say(f"measuring the speed of {', '.join(groups)}")
        found, why = _speeds(groups, texts)
        notes += why
    board = build_leaderboard(
        [entry.with_speed(found.get(name)) for name, entry in entries.items()],
        by=by,
        machine=machine_name() if found else "",
        resamples=resamples,
        notes=notes,
        out=out,
    )
    screen.say(render_leaderboard(board))
    if out is not None:
        write_leaderboard(out, board, language=language)
    return board


def _speeds(
    groups: Mapping[str, Sequence[Path]],
    texts: Callable[[Path], Texts],
) -> tuple[dict[str, Speed], list[str]]:
    """Measures the bundle of the first run of each model.

    Args:
        groups: Run directories by model.
        texts: Returns the test texts of a run.

    Returns:
        Speeds by model, and lines on those that have none.
    """
    found, notes = {}, []
    for name, (run, *_) in groups.items():
        why: Speed | str = "it has no bundle"
        if (run / BUNDLE_FOLDER).is_dir():
            try:
                why = measure_speed(run / BUNDLE_FOLDER, texts(run))
            except KerasclsError as error:
                why = f"its test rows cannot be read. {error}"
        if isinstance(why, Speed):
            found[name] = why
        else:
            notes.append(f"no speed of {name}: {why}")
    return found, notes
