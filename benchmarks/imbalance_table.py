"""The tables of the study of skewed labels, and the methods that are best in it."""

from collections.abc import Iterator
from statistics import mean

from imbalance import CASES, LINEAR, chosen_rate, recorded
from tables import markdown

BRACKETS = ("head", "middle", "tail")
WORDS = {
    "en": {
        "columns": ("--imbalance", "rate", "validation", "macro-F1", "micro-F1"),
        "at half": "macro-F1 at 0.5",
        "brackets": ("{} labels, head", "{}, middle", "{}, tail"),
        "headlines": "THUCNews headlines, 5,000 to 100 rows a class, `textcnn`",
        "headlines_balanced": "The same with 5,000 rows of each class",
        "headlines_rnn": "The same skewed headlines, `textrnn_max`, the five best",
        "event_types": "Event types, several labels, `textcnn`",
        "reuters": "Reuters-21578, several labels, `textcnn`",
        "linear": "the linear model",
        "nothing": "No measurement is stored yet.",
    },
    "zh": {
        "columns": ("--imbalance", "学习率", "验证集", "macro-F1", "micro-F1"),
        "at half": "阈值 0.5 时的 macro-F1",
        "brackets": ("头部 {} 个标签", "中部 {} 个", "尾部 {} 个"),
        "headlines": "THUCNews 标题，每类 5000 到 100 条，`textcnn`",
        "headlines_balanced": "同上，每类都是 5000 条",
        "headlines_rnn": "同样的长尾标题，`textrnn_max`，最好的五种方法",
        "event_types": "事件类型，多标签，`textcnn`",
        "reuters": "Reuters-21578，多标签，`textcnn`",
        "linear": "线性模型",
        "nothing": "尚无测量结果。",
    },
}
Rows = list[dict[str, str]]


def study(language: str) -> str:
    """Returns a table for each case, the best method by validation first."""
    words, parts = WORDS[language], []
    for name in CASES:
        found = list(ranked(name))
        if not found:
            continue
        counts = [found[0][1][0][f"{bracket}_labels"] for bracket in BRACKETS]
        of_brackets = [
            title.format(count)
            for title, count in zip(words["brackets"], counts, strict=True)
        ]
        titles = [*words["columns"], *of_brackets]
        if at_half_of(found[0][1]):
            titles.append(words["at half"])
        lines = [cells(method, rows, words) for method, rows in found]
        parts += [f"**{words[name]}**", markdown(" | ".join(titles), lines, left=(0,))]
    return "\n\n".join(parts) or words["nothing"]


def ranked(name: str) -> Iterator[tuple[str, Rows]]:
    """Yields the methods of a case with the rows of their rate, the best first."""
    for method in ranked_names(name):
        yield method, recorded(name, method, chosen_rate(name, method))


def ranked_names(name: str) -> list[str]:
    """Returns the methods of a case that are measured, the best on validation first."""
    found = {
        method: _mean(recorded(name, method, chosen_rate(name, method)), "val_macro_f1")
        for method in CASES[name].methods()
        if recorded(name, method)
    }
    return sorted(found, key=lambda method: -found[method])


def cells(method: str, rows: Rows, words: dict[str, str]) -> tuple[str, ...]:
    """Returns a line: scores with the largest distance of a seed from the mean.

    A bracket has the interval of its first seed over rows of the test part.
    """
    of_brackets = (
        f"{_mean(rows, f'{name}_f1'):.3f} "
        f"({float(rows[0][f'{name}_low']):.2f}–{float(rows[0][f'{name}_high']):.2f})"
        for name in BRACKETS
    )
    at_half = [f"{_mean(rows, 'macro_f1_at_half'):.3f}"] if at_half_of(rows) else []
    return (
        words["linear"] if method == LINEAR else f"`{method}`",
        rows[0]["learning_rate"],
        f"{_mean(rows, 'val_macro_f1'):.3f}",
        _spread(rows, "macro_f1"),
        _spread(rows, "micro_f1"),
        *of_brackets,
        *at_half,
    )


def at_half_of(rows: Rows) -> bool:
    """Whether rows have scores without fitted thresholds."""
    return all(row["macro_f1_at_half"] for row in rows)


def _spread(rows: Rows, key: str) -> str:
    middle = _mean(rows, key)
    if len(rows) == 1:
        return f"{middle:.3f}"
    return f"{middle:.3f} ± {max(abs(float(row[key]) - middle) for row in rows):.3f}"


def _mean(rows: Rows, key: str) -> float:
    return mean(float(row[key]) for row in rows)
