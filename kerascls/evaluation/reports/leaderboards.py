"""A leaderboard as text: for the screen, Markdown, CSV and notebooks."""

from collections.abc import Callable, Sequence

from rich.text import Text

from kerascls.evaluation.leaderboard import Leaderboard, Pair, Standing
from kerascls.evaluation.metrics.spread import Spread
from kerascls.evaluation.reports.baselines import SCORE_NAMES
from kerascls.evaluation.reports.errors import safe_cell
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.evaluation.reports.markdown_table import markdown_table
from kerascls.evaluation.reports.tables import number_table
from kerascls.system.console import drawn_lines
from kerascls.system.files import as_csv
from kerascls.system.notebooks import html_lines, html_table

LEVEL_MARK = "≈"
_COSTS = ("parameters", "minutes", "texts/s", "MB")
_PAIRS = ("better", "worse", "difference", "{level} % interval", "p", "corrected p")


def render_leaderboard(board: Leaderboard) -> str:
    """Draws the table of models and, below, what is needed to judge it."""
    headings, rows = standing_table(board)
    table = number_table(*headings[1:])
    for row in rows:
        table.add_row(*map(Text, row))  # a name such as "[b]" is no markup
    return "\n".join([*drawn_lines(table), *leaderboard_lines(board)])


def leaderboard_markdown(
    board: Leaderboard, say: Language = ENGLISH, plot: str | None = None
) -> str:
    """Returns a leaderboard as Markdown.

    Args:
        board: What to write.
        say: Its language.
        plot: The file of its plot beside it, if there is one.
    """
    lines = [
        f"# {say('Leaderboard')}",
        "",
        *markdown_table(*standing_table(board, say)),
    ]
    lines += ["", *(f"- {line}" for line in leaderboard_lines(board, say))]
    if plot is not None:
        lines += ["", f"![{say('quality and speed')}]({plot})"]
    lines += ["", f"## {say('Which differences are real')}", ""]
    lines += markdown_table(*pair_table(board, say))
    return "\n".join(lines) + "\n"


def leaderboard_csv(board: Leaderboard) -> str:
    """Returns the table of models as CSV, numbers in full."""
    scores = dict.fromkeys((*board.shown_scores, *board.standings[0].scores))
    header = ["model", "seeds"]
    for name in scores:
        header += [name, f"{name}_std"]
    header += ["corrected_p", "is_level_with_best", "on_frontier", "parameters"]
    header += ["minutes", "texts_per_s", "runtime", "device", "bundle_bytes"]
    rows = [
        [
            *(safe_cell(one.name), len(one.runs)),
            *(
                x
                for name in scores
                for x in (one.scores[name].mean, one.scores[name].std)
            ),
            *(one.p, one.is_level, one.on_frontier, one.costs.parameters),
            one.costs.minutes,
            *_speed_cells(one),
            one.costs.bundle_bytes,
        ]
        for one in board.standings
    ]
    return as_csv([header, *rows])


def pairs_csv(board: Leaderboard) -> str:
    """Returns all pairs of models as CSV."""
    header = ("better", "worse", "difference", "low", "high", "p", "corrected_p")
    rows = [
        (safe_cell(pair.better), safe_cell(pair.worse), pair.difference, pair.low,
         pair.high, pair.p, pair.corrected_p)
        for pair in board.pairs
    ]  # fmt: skip
    return as_csv([header, *rows])


def leaderboard_html(board: Leaderboard, say: Language = ENGLISH) -> str:
    """Returns table and lines as a notebook shows them."""
    return html_table(*standing_table(board, say)) + html_lines(
        leaderboard_lines(board, say)
    )


def standing_table(
    board: Leaderboard, say: Language = ENGLISH
) -> tuple[list[str], list[list[str]]]:
    """Returns headings and cells of the models, for people."""
    names = board.shown_scores
    headings = [say("model"), *(say(SCORE_NAMES[name]) for name in names)]
    headings += [say("p to best"), *map(say, _COSTS)]
    rows = [
        [
            one.name,
            *(_score(one.scores[name]) for name in names),
            _distance(one, say),
            *_cost_cells(one, say),
        ]
        for one in board.standings
    ]
    return headings, rows


def pair_table(
    board: Leaderboard, say: Language = ENGLISH
) -> tuple[list[str], list[list[str]]]:
    """Returns headings and cells of all pairs, for people."""
    level = f"{100 * board.level:g}"
    headings = [say(heading, level=level) for heading in _PAIRS]
    return headings, [_pair_cells(pair, board.alpha) for pair in board.pairs]


def leaderboard_lines(board: Leaderboard, say: Language = ENGLISH) -> list[str]:
    """Returns what a leaderboard says beside its table, a sentence a line.

    Its notes are in English, as they were said on the screen.
    """
    lines = [
        say(
            "Ranked by {score} on {n} test rows: mean ± standard deviation over seeds.",
            score=say(SCORE_NAMES[board.by]),
            n=f"{board.rows:,}",
        ),
    ]
    if board.pairs:
        lines.append(
            say(
                "{mark}: not distinguishable from the best (p of {alpha} or more). "
                "Bootstrap over rows ({resamples} resamples), to which the variance of "
                "seeds is added; Holm's correction for the number of pairs ({pairs}).",
                mark=LEVEL_MARK,
                alpha=f"{board.alpha:g}",
                resamples=f"{board.resamples:,}",
                pairs=len(board.pairs),
            )
        )
    lines += _speed_lines(board, say)
    return [*lines, *(say("Note: {line}", line=line) for line in board.notes)]


def _speed_lines(board: Leaderboard, say: Language) -> list[str]:
    known = [one.costs.speed for one in board.standings if one.costs.speed]
    if not known:
        return []
    how = dict.fromkeys(f"{speed.runtime}, {speed.device}" for speed in known)
    return [
        say(
            "Speed: each bundle in a process of its own, on {machine} ({runtimes}).",
            machine=board.machine,
            runtimes="; ".join(how),
        )
    ]


def _score(spread: Spread) -> str:
    if spread.mean is None:
        return "n/a"
    if spread.std is None:
        return f"{spread.mean:.4f}"
    return f"{spread.mean:.4f} ± {spread.std:.4f}"


def _distance(one: Standing, say: Language) -> str:
    if one.p is None:
        return say("best")
    return f"{_p(one.p)}{f' {LEVEL_MARK}' if one.is_level else ''}"


def _cost_cells(one: Standing, say: Language) -> list[str]:
    costs = one.costs
    speed = None if costs.speed is None else costs.speed.texts_per_s
    forms: Sequence[tuple[float | None, Callable[[float], str]]] = (
        (costs.parameters, _count),
        (costs.minutes, lambda minutes: f"{minutes:.{1 if minutes >= 1 else 2}f}"),
        (speed, lambda texts_per_s: f"{texts_per_s:,.0f}"),
        (costs.bundle_bytes, lambda size: f"{size / 1e6:.1f}"),
    )
    return [say("n/a") if value is None else form(value) for value, form in forms]


def _count(number: float) -> str:
    return f"{number / 1e6:.2f} M" if number >= 1e5 else f"{number:,.0f}"


def _speed_cells(one: Standing) -> tuple[object, ...]:
    speed = one.costs.speed
    return (
        (None, None, None)
        if speed is None
        else (speed.texts_per_s, speed.runtime, speed.device)
    )


def _pair_cells(pair: Pair, alpha: float) -> list[str]:
    level = f" {LEVEL_MARK}" if pair.corrected_p >= alpha else ""
    return [
        pair.better,
        pair.worse,
        f"{pair.difference:.4f}",
        f"{pair.low:+.4f} … {pair.high:+.4f}",
        _p(pair.p),
        f"{_p(pair.corrected_p)}{level}",
    ]


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
