"""Pictures of studies that compare many models or methods: a line for each."""

from statistics import mean

from annotation_loop import ALL, DEFAULT, FILE, RANDOM, SHARE
from annotation_table import Rows, cases, loops
from imbalance_table import BRACKETS, CASES, LINEAR, ranked
from matplotlib.figure import Figure
from tables import RESULTS, SCORES, read
from zoo import MODELS, SETS
from zoo_table import ENSEMBLES, SCORED, rows_of

MARKERS = {"head": "^", "middle": "s", "tail": "v"}


def imbalance() -> Figure | None:
    """Draws macro-F1 of each method, its seeds, and the labels by their rows."""
    cases = {name: list(ranked(name)) for name in CASES}
    cases = {name: found for name, found in cases.items() if len(found) > 1}
    if not cases:
        return None
    figure = _figure(cases, max(map(len, cases.values())))
    for axes, (name, found) in zip(figure.axes, cases.items(), strict=True):
        for place, (method, rows) in enumerate(found):
            for bracket in BRACKETS:
                value = mean(float(row[f"{bracket}_f1"]) for row in rows)
                label = f"labels: {bracket}" if place == 0 else None
                marker = MARKERS[bracket]
                axes.plot(value, place, marker, color="0.7", ms=4, label=label)
            values = [float(row["macro_f1"]) for row in rows]
            _draw_seeds(axes, place, values, is_other=method == LINEAR)
        axes.set(title=name, xlabel="F1 on test, black: macro")
        _name_lines(axes, [method for method, _ in found])
    figure.axes[0].legend(fontsize=7, loc="lower left")
    return figure


def zoo() -> Figure | None:
    """Draws the score of each classic model on each set, the best above."""
    rows, cases = read(RESULTS / "zoo.csv"), {}
    for name in SETS:
        found = {m: rows_of(rows, name, m) for m in (*MODELS, *ENSEMBLES)}
        found = {
            model: [float(row[SCORED[name]]) for row in some]
            for model, some in found.items()
            if some
        }
        if len(found) > 1:
            cases[name] = sorted(found.items(), key=lambda pair: -mean(pair[1]))
    if not cases:
        return None
    figure = _figure(cases, max(map(len, cases.values())))
    for axes, (name, found) in zip(figure.axes, cases.items(), strict=True):
        for place, (model, values) in enumerate(found):
            is_other = model == LINEAR or model in ENSEMBLES
            _draw_seeds(axes, place, values, is_other=is_other)
        scored = SCORES.get(SCORED[name], "top five of the Zhihu cup")
        axes.set(title=name, xlabel=f"{scored} on test")
        _name_lines(axes, [model for model, _ in found])
    return figure


def annotation() -> Figure | None:
    """Draws micro-F1 by labelled rows: lines are means of seeds, dots are rounds."""
    rows = read(FILE)
    if not (found := cases(rows)):
        return None
    size = (4.2 * len(found), 3.2)
    figure = Figure(figsize=size, layout="constrained")
    places = figure.subplots(1, len(found), squeeze=False)[0]
    for axes, case in zip(places, found, strict=True):
        whole = [float(one[0]["micro_f1"]) for one in loops(rows, case, ALL).values()]
        axes.axhline(SHARE * mean(whole), ls="--", color="gray", label="95 % of all")
        for name, told, color in ((RANDOM, "by lot", "C0"), (DEFAULT, "suggest", "C1")):
            _draw_loops(axes, loops(rows, case, name), told, color)
        title = f"{case[0]}, {case[1]}"
        axes.set(title=title, xlabel="labelled rows", ylabel="micro-F1 on test")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7)
    return figure


def _draw_loops(axes, by_seed: dict[str, Rows], name: str, color: str):
    """Draws one way to choose."""
    scores: dict[int, list[float]] = {}
    for rounds in by_seed.values():
        for row in rounds:
            scores.setdefault(int(row["rows"]), []).append(float(row["micro_f1"]))
    # Loops end when they are there; a mean of those that go on would fall.
    shared = {k: mean(v) for k, v in scores.items() if len(v) == len(by_seed)}
    axes.plot(list(shared), list(shared.values()), color=color, label=name)
    for count, values in scores.items():
        axes.plot([count] * len(values), values, ".", color=color, alpha=0.4)


def _figure(cases: dict, lines: int) -> Figure:
    columns = min(2, len(cases))
    rows = -(-len(cases) // columns)
    size = (5.0 * columns, (0.9 + 0.22 * lines) * rows)
    figure = Figure(figsize=size, layout="constrained")
    figure.subplots(rows, columns, squeeze=False)
    for axes in figure.axes[len(cases) :]:
        axes.remove()
    return figure


def _draw_seeds(axes, place: int, values: list[float], *, is_other: bool):
    """Draws each seed as a small mark and their mean as a large one."""
    color = "tab:orange" if is_other else "black"
    axes.plot(values, [place] * len(values), "|", color=color, ms=8)
    axes.plot(mean(values), place, "o", color=color, ms=4)


def _name_lines(axes, names: list[str]):
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    axes.grid(alpha=0.3, axis="x")
