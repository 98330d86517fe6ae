"""The tables of speed in docs/, made out of the side-by-side measurements."""

from collections.abc import Callable
from statistics import median

from tables import RESULTS, markdown, read

OURS = "kerascls"
GROUPED = "transformers, grouped"
PRUNED = "kerascls, pruned"
PEERS = ("bert4keras", "KerasHub", "transformers")
FIT_HEADINGS = {
    "en": "data | model | kerascls | bert4keras | KerasHub | transformers"
    " | transformers, grouped | share of the best default | share of grouped"
    " | step, share of a pruned vocabulary's",
    "zh": "数据 | 模型 | kerascls | bert4keras | KerasHub | transformers"
    " | transformers（按长度分组） | 与最快默认方案之比 | 与按长度分组之比"
    " | 每步与裁剪词表之比",
}
PREDICT_HEADINGS = {
    "en": "texts | model | with | texts per second | times the best peer"
    " | one text, p50 | p99 | share of the best peer | first label | memory",
    "zh": "文本 | 模型 | 方式 | 每秒文本数 | 与最快同类之比"
    " | 单条文本 p50 | p99 | 与最快同类之比 | 首个标签 | 内存",
}
WORDS = {
    "en": {
        "headlines": "{rows} headlines",
        "documents": "{rows} documents",
        "timed": "{text} ({timed} timed)",
        "nothing": "No measurement is stored yet.",
    },
    "zh": {
        "headlines": "{rows} 条标题",
        "documents": "{rows} 篇文章",
        "timed": "{text}（实测 {timed}）",
        "nothing": "尚无测量结果。",
    },
}
Rows = list[dict[str, str]]
# Of one peer: value by repeat.
Values = dict[str, float]


def fit_table(language: str) -> str:
    """Returns the seconds of an epoch: medians, and ratios within a turn."""
    lines = []
    for (data, model), rows in groups(read(RESULTS / "fit_speed.csv"), "max_rows"):
        seconds = by_peer(rows, "wall_s")
        steps = by_peer(rows, "steady_s")
        medians = [middle(seconds, name) for name in (OURS, *PEERS, GROUPED)]
        lines.append(
            (
                texts_cell(language, data, rows[0]["rows"], timed(rows)),
                f"`{model}`",
                *(format_or_empty("{:.0f} s", value) for value in medians),
                format_or_empty("{:.2f}", ratio(seconds, OURS, PEERS, min)),
                format_or_empty("{:.2f}", ratio(seconds, OURS, (GROUPED,), min)),
                format_or_empty("{:.2f}", ratio(steps, OURS, (PRUNED,), min)),
            )
        )
    if not lines:
        return WORDS[language]["nothing"]
    return markdown(FIT_HEADINGS[language], lines, left=(0, 1))


def predict_table(language: str) -> str:
    """Returns how fast texts become labels: medians, and ratios within a turn."""
    lines = []
    for (data, model), rows in groups(read(RESULTS / "predict_speed.csv"), "texts"):
        text = texts_cell(language, data, rows[0]["texts"])
        lines += [(text, f"`{model}`", *cells) for cells in predict_lines(rows)]
    if not lines:
        return WORDS[language]["nothing"]
    return markdown(PREDICT_HEADINGS[language], lines, left=(0, 1, 2))


def predict_lines(rows: Rows) -> list[tuple[str, ...]]:
    """Returns what each peer needs on one set of texts with one model."""
    columns = ("texts_per_s", "p50_ms", "p99_ms", "cold_s", "peak_mib")
    rate, p50, p99, cold, memory = (by_peer(rows, column) for column in columns)
    return [
        (
            name,
            f"{middle(rate, name):.0f}",
            format_or_empty("{:.2f}", own(ratio, rate, name, max)),
            f"{middle(p50, name):.1f} ms",
            f"{middle(p99, name):.1f} ms",
            format_or_empty("{:.2f}", own(ratio, p50, name, min)),
            f"{middle(cold, name):.1f} s",
            f"{middle(memory, name):.0f} MiB",
        )
        for name in rate
    ]


def own(ratio: Callable, values: dict[str, Values], name: str, best: Callable):
    """Returns the ratio to the best peer for ways of ours, else None."""
    return ratio(values, name, PEERS, best) if name.startswith(OURS) else None


def groups(rows: Rows, size: str) -> list[tuple[tuple[str, str], Rows]]:
    """Returns the rows of each data and model, of their largest size only."""
    found: dict[tuple[str, str], Rows] = {}
    for row in rows:
        found.setdefault((row["data"], row["model"]), []).append(row)
    largest = {key: max(int(row[size]) for row in rows) for key, rows in found.items()}
    return [
        (key, [row for row in rows if int(row[size]) == largest[key]])
        for key, rows in found.items()
    ]


def by_peer(rows: Rows, column: str) -> dict[str, Values]:
    """Returns a column's values by peer, and in these by repeat."""
    found: dict[str, Values] = {}
    for row in rows:
        found.setdefault(row["peer"], {})[row["repeat"]] = float(row[column])
    return found


def middle(values: dict[str, Values], name: str) -> float | None:
    """Returns the median over repeats, None where there are none."""
    return median(values[name].values()) if values.get(name) else None


def ratio(
    values: dict[str, Values], name: str, others: tuple[str, ...], best: Callable
) -> float | None:
    """Returns the median over repeats of a value by the best one of the same repeat.

    Args:
        values: By peer and repeat.
        name: Whose values are divided.
        others: The peers among which the best one is looked for, in each repeat.
        best: `min` or `max`.
    """
    ratios = []
    for repeat, value in values.get(name, {}).items():
        found = [values[o][repeat] for o in others if repeat in values.get(o, {})]
        if found:
            ratios.append(value / best(found))
    return median(ratios) if ratios else None


def timed(rows: Rows) -> int:
    """Returns how many rows were timed where least were."""
    return min(int(row["rows_timed"]) for row in rows)


def texts_cell(language: str, data: str, rows: str, timed: int | None = None) -> str:
    """Returns how many texts of which kind, and how many of them were timed."""
    words = WORDS[language]
    text = words[data].format(rows=f"{int(rows):,}")
    if timed is None or timed == int(rows):
        return text
    return words["timed"].format(text=text, timed=f"{timed:,}")


def format_or_empty(form: str, value: float | None) -> str:
    """Returns a number as text, nothing for None."""
    return "" if value is None else form.format(value)
