"""A picture of quality against speed, with the models that no other beats."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kerascls.errors import SettingsError
from kerascls.evaluation.leaderboard import Leaderboard, Standing
from kerascls.evaluation.reports.baselines import SCORE_NAMES
from kerascls.evaluation.reports.colours import TONES
from kerascls.evaluation.reports.language import Language, language_of
from kerascls.evaluation.reports.plots.fonts import new_figure, shortened, text_style
from kerascls.evaluation.reports.plots.label_places import label_places

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FRONT, _OTHERS = TONES[0], TONES[7]
_POINTS_PER_INCH = 72
_NEAR = 10.0


def plot_frontier(board: Leaderboard, *, language: str = "en") -> "Figure":
    """Draws the score over the texts labelled in a second, one point a model.

    Bars are the standard deviation over seeds. The line joins the models of which no
    other is better and as fast, or faster and as good.

    Args:
        board: What `compare` returned; models without a speed are left out.
        language: Of `LANGUAGES`.

    Raises:
        SettingsError: When no speed was measured.
    """
    say = language_of(language)
    drawn = [one for one in board.standings if one.costs.speed is not None]
    if not drawn:
        raise SettingsError(
            "Expected a leaderboard with speeds. Received: none of its models has one. "
            "Compare once more and let the speed be measured."
        )
    with text_style([one.name for one in drawn], say):
        figure = new_figure((8, 5))
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.margins(x=0.12, y=0.12)
        _draw_points(axes, drawn, board.by, say)
        score = say(SCORE_NAMES[board.by])
        axes.set(xlabel=say("texts per second"), ylabel=score)
        axes.set_title(shortened(board.machine, 90), fontsize="small", color=_OTHERS)
        axes.grid(alpha=0.3)
        _write_speeds(axes)
        axes.legend(loc="lower left", fontsize="small", framealpha=0.6)
        _name_points(figure, axes, drawn, board.by)
    return figure


def _place(one: Standing, by: str) -> tuple[float, float]:
    speed = one.costs.speed
    return (speed.texts_per_s if speed else 0.0), one.scores[by].mean or 0.0


def _draw_points(axes: "Axes", drawn: list[Standing], by: str, say: Language) -> None:
    front = sorted(_place(one, by) for one in drawn if one.on_frontier)
    axes.step(
        *zip(*front, strict=True),
        where="pre",
        color=_FRONT,
        alpha=0.5,
        label=say("no other is better and faster"),
    )
    for one in drawn:
        x, y = _place(one, by)
        axes.errorbar(
            *(x, y),
            yerr=one.scores[by].std,
            fmt="o",
            capsize=3,
            elinewidth=1,
            color=_FRONT if one.on_frontier else _OTHERS,
        )


def _write_speeds(axes: "Axes") -> None:
    """Writes plain numbers at the axis; powers of ten would be formulas."""
    from matplotlib.ticker import AutoLocator, LogLocator, NullFormatter

    low, high = axes.get_xlim()
    few = LogLocator(subs=(1, 2, 5)) if high < 100 * low else LogLocator(subs=(1,))
    axes.xaxis.set_major_locator(few if high >= 5 * low else AutoLocator())
    axes.xaxis.set_major_formatter(_speed_text)
    axes.xaxis.set_minor_formatter(NullFormatter())


def _speed_text(speed: float, place: float) -> str:
    return f"{speed:,.0f}" if speed >= 10 else f"{speed:g}"


def _name_points(
    figure: "Figure", axes: "Axes", drawn: list[Standing], by: str
) -> None:
    """Writes the names beside the points, where they cover nothing."""
    names = [
        axes.annotate(
            shortened(one.name),
            _place(one, by),
            xytext=(0, 0),
            textcoords="offset points",
            fontsize="small",
            color=_FRONT if one.on_frontier else _OTHERS,
        )
        for one in drawn
    ]
    for name in names:
        name.set_in_layout(False)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # from here on the axes stay where they are
    to_points = _POINTS_PER_INCH / figure.dpi
    frame, *boxes = (
        to_points * one.get_window_extent().get_points() for one in (axes, *names)
    )
    points = to_points * axes.transData.transform([_place(one, by) for one in drawn])
    places = label_places(
        points.tolist(),
        [tuple(box[1] - box[0]) for box in boxes],
        (*frame[0].tolist(), *frame[1].tolist()),
        lines=_lines(axes, drawn, by, to_points),
    )
    for name, point, box, place in zip(names, points, boxes, places, strict=True):
        name.set_position((place[0] - point[0], place[1] - point[1]))
        # The spot of the label that is nearest to its point.
        nearest = point.clip(place, place + (box[1] - box[0])) - point
        if abs(nearest).max() > _NEAR:
            _join(axes, name.xy, nearest)


def _lines(
    axes: "Axes", drawn: list[Standing], by: str, to_points: float
) -> list[tuple[float, float, float, float]]:
    """Returns bars, the parts of the line between models, and legend, as boxes."""
    ends = []
    for one in drawn:
        (x, y), std = _place(one, by), one.scores[by].std or 0.0
        ends.append(((x, y - std), (x, y + std)))
    front = sorted(_place(one, by) for one in drawn if one.on_frontier)
    for (x_a, y_a), (x_b, y_b) in pairwise(front):
        ends += [((x_a, y_b), (x_a, y_a)), ((x_a, y_b), (x_b, y_b))]
    corners = [to_points * axes.transData.transform(pair) for pair in ends]
    if (legend := axes.get_legend()) is not None:
        corners.append(to_points * legend.get_window_extent().get_points())
    grown = [np.concatenate([one[0] - 1, one[1] + 1]) for one in corners]
    return [tuple(one.tolist()) for one in grown]


def _join(axes: "Axes", place: tuple[float, float], offset: np.ndarray) -> None:
    axes.annotate(
        "",
        place,
        xytext=tuple(offset),
        textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": _OTHERS, "lw": 0.6},
    ).set_in_layout(False)
