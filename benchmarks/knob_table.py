"""The tables of knobs in docs/, made out of results/knobs.csv."""

from collections.abc import Iterable
from pathlib import Path
from statistics import mean, stdev

from tables import RESULTS, markdown, read

HEADINGS = {
    "en": "setting | GoEmotions, MiniLM: macro-F1 | time"
    " | Event types, random weights: macro-F1 | time",
    "zh": "设置 | GoEmotions，MiniLM：macro-F1 | 时间"
    " | 事件类型，随机权重：macro-F1 | 时间",
}
POOLING_HEADINGS = {
    "en": "random weights, macro-F1 | Event types | car reviews | headlines",
    "zh": "随机权重，macro-F1 | 事件类型 | 汽车评论 | 新闻标题",
}
SETS = ("goemotions", "event_types")
RANDOM_SETS = ("event_types", "car_reviews", "headlines")
DEFAULTS = "defaults"
Rows = dict[str, dict[str, str]]


def knob_table(language: str) -> str:
    """Returns how much each knob changes, against the defaults with the same seed."""
    found = by_data_and_knob(RESULTS / "knobs.csv")
    knobs = dict.fromkeys(
        knob for data, knob in found if data in SETS and knob != DEFAULTS
    )
    lines = [baseline(found)]
    for knob in knobs:
        cells = [change(found, data, knob) for data in SETS]
        lines.append((name_of(found, knob), *(cell for pair in cells for cell in pair)))
    return markdown(HEADINGS[language], lines, left=(0,))


def pooling_table(language: str) -> str:
    """Returns what other poolings than the mean change from random weights."""
    found = by_data_and_knob(RESULTS / "knobs.csv")
    lines = [("–", *baseline(found, RANDOM_SETS)[1::2])]
    for knob in ("pooling=attention", "pooling=cls"):
        scores = (change(found, data, knob)[0] for data in RANDOM_SETS)
        lines.append((name_of(found, knob), *scores))
    return markdown(POOLING_HEADINGS[language], lines, left=(0,))


def by_data_and_knob(path: Path) -> dict[tuple[str, str], Rows]:
    """Returns the measured rows by data and knob, and in these by seed."""
    found: dict[tuple[str, str], Rows] = {}
    for row in read(path):
        found.setdefault((row["data"], row["knob"]), {})[row["seed"]] = row
    return found


def baseline(
    found: dict[tuple[str, str], Rows], sets: tuple[str, ...] = SETS
) -> tuple[str, ...]:
    """Returns the line of the defaults: mean, standard deviation, minutes."""
    cells = []
    for data in sets:
        rows = list(found[data, DEFAULTS].values())
        scores = [float(row["macro_f1"]) for row in rows]
        minutes = fastest(rows)
        cells += [f"{mean(scores):.3f} ± {stdev(scores):.3f}", f"{minutes:.1f} min"]
    return ("–", *cells)


def name_of(found: dict[tuple[str, str], Rows], knob: str) -> str:
    """Returns the settings of a knob as they are written after `--set`."""
    rows = next(rows for (_, name), rows in found.items() if name == knob)
    settings = next(iter(rows.values()))["settings"].split()
    return ", ".join(f"`{setting}`" for setting in settings)


def change(found: dict[tuple[str, str], Rows], data: str, knob: str) -> tuple[str, str]:
    """Returns mean and deviation of the change over seeds, and the share of time."""
    rows, before = found.get((data, knob), {}), found[data, DEFAULTS]
    seeds = [seed for seed in rows if seed in before]
    if len(seeds) < 2:
        return "", ""

    def scores(part: Rows) -> list[float]:
        return [float(part[seed]["macro_f1"]) for seed in seeds]

    changes = [new - old for new, old in zip(scores(rows), scores(before), strict=True)]
    time = fastest(rows.values()) / fastest(before.values())
    return f"{mean(changes):+.3f} ± {stdev(changes):.3f}", f"{time:.2f}"


def fastest(rows: Iterable[dict[str, str]]) -> float:
    """Returns the minutes of the seed that other work on the machine delayed least."""
    return min(float(row["minutes"]) for row in rows)
