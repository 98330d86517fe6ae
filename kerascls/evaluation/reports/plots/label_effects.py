"""A picture of what training did about skewed labels."""

from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.evaluation.reports.label_effects import EFFECTS, LabelEffects
from kerascls.evaluation.reports.language import Language, language_of
from kerascls.evaluation.reports.plots.fonts import new_figure, shortened, text_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("tab:blue", "tab:orange")
_HEIGHT = 0.4  # of a bar, two of which stand at a label


def plot_label_effects(
    effects: LabelEffects, *, max_classes: int = 40, language: str = "en"
) -> "Figure":
    """Draws rows and effective rows of each label as bars, and margins beside them.

    Args:
        effects: What training did.
        max_classes: Draw only so many labels: half of them those of the most rows,
            half those of the fewest.
        language: Of `LANGUAGES`.
    """
    say = language_of(language)
    order = effects.order
    if len(order) > max_classes:
        half = max_classes // 2
        order = [*order[:half], *order[-half:]]
    names = [shortened(effects.labels[column]) for column in order]
    # Weights are in the effective rows already.
    others = {n: v for n, v in effects.effects.items() if "weight" not in n}
    with text_style(names, say):
        wide = 7 + 3 * bool(others)
        figure = new_figure((wide, 1.4 + 0.36 * len(order)))
        axes = figure.subplots(1, 1 + bool(others), sharey=True, squeeze=False)[0]
        _draw_rows(axes[0], effects, order, say)
        axes[0].set_yticks(np.arange(len(order)), names)
        axes[0].invert_yaxis()
        if others:
            _draw_others(axes[1], others, order, say)
        title = say("Skewed labels in training")
        with_method = "" if effects.method == "none" else f": {effects.method}"
        figure.suptitle(f"{title}{with_method}")
    return figure


def _draw_rows(
    axes: Any, effects: LabelEffects, order: list[int], say: Language
) -> None:
    both = {
        say("in training"): effects.rows[order],
        say("effective rows"): effects.effective_rows[order],
    }
    for place, (name, rows) in enumerate(both.items()):
        heights = np.arange(len(order)) + _HEIGHT * (place - 0.5)
        colour = _COLOURS[place]
        bars = axes.barh(heights, rows, _HEIGHT, color=colour, label=name)
        axes.bar_label(bars, [f"{one:,.0f}" for one in rows], padding=3, fontsize=7)
    axes.margins(x=0.15, y=0.02)
    axes.set(xlabel=say("rows"))
    axes.legend(loc="lower right", fontsize=8)


def _draw_others(
    axes: Any, others: dict[str, np.ndarray], order: list[int], say: Language
) -> None:
    for place, (name, values) in enumerate(others.items()):
        shape, colour = "os"[place], _COLOURS[place]
        axes.plot(
            *(values[order], np.arange(len(order)), shape),
            color=colour,
            label=say(EFFECTS.get(name, name)),
        )
    axes.axvline(0, color="0.7", linewidth=1)
    axes.legend(fontsize=8)
