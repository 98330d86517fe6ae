"""The table of how many rows have to be labelled, by how they are chosen."""

from collections.abc import Iterator
from statistics import mean, stdev

from annotation_loop import ALL, FILE, RANDOM, SHARE
from tables import markdown, read

WORDS = {
    "en": {
        "heading": "data | model | rows | all of them: micro-F1 | chosen"
        " | rows for 95 % of that | against rows drawn by lot",
        "random": "by lot",
        "seeds": "seeds",
    },
    "zh": {
        "heading": "数据 | 模型 | 条数 | 全部标注的 micro-F1 | 选取方式"
        " | 达到其 95 % 所需条数 | 与随机抽取相比",
        "random": "随机抽取",
        "seeds": "个随机种子",
    },
}
Rows = list[dict[str, str]]


def loops(rows: Rows, case: tuple[str, str], strategy: str) -> dict[str, Rows]:
    """Returns the rounds of each seed, in order, of a data set and model."""
    found: dict[str, Rows] = {}
    for row in rows:
        if ((row["set"], row["model"]), row["strategy"]) == (case, strategy):
            found.setdefault(row["seed"], []).append(row)
    return {s: sorted(one, key=lambda r: int(r["rows"])) for s, one in found.items()}


def rows_needed(rounds: Rows, target: float) -> float | None:
    """Returns after how many rows the target is reached, between two rounds."""
    before = None
    for row in rounds:
        count, score = float(row["rows"]), float(row["micro_f1"])
        if score >= target:
            if before is None:
                return count
            share = (target - before[1]) / (score - before[1])
            return before[0] + share * (count - before[0])
        before = count, score
    return None


def needed(rows: Rows, case: tuple[str, str], strategy: str) -> list[float]:
    """Returns the rows that each seed needed, of those that got there."""
    whole = loops(rows, case, ALL)
    found = [
        rows_needed(rounds, SHARE * float(whole[seed][0]["micro_f1"]))
        for seed, rounds in loops(rows, case, strategy).items()
        if seed in whole
    ]
    return [one for one in found if one is not None]


def cases(rows: Rows) -> list[tuple[str, str]]:
    """Returns data sets and models, in the order in which they were measured."""
    return list(dict.fromkeys((row["set"], row["model"]) for row in rows))


def strategies(rows: Rows, case: tuple[str, str]) -> Iterator[tuple[str, list[float]]]:
    """Yields the ways to choose that got there, with the rows that each needed."""
    names = dict.fromkeys(row["strategy"] for row in rows if row["strategy"] != ALL)
    for name in names:
        if counts := needed(rows, case, name):
            yield name, counts


def annotation_table(language: str) -> str:
    """Returns a line for each data set, model and way to choose."""
    words, rows, lines = WORDS[language], read(FILE), []
    for case in cases(rows):
        whole = [seed[0] for seed in loops(rows, case, ALL).values()]
        lot = needed(rows, case, RANDOM)
        facts = f"`{case[0]}`", f"`{case[1]}`", f"{int(whole[0]['rows']):,}"
        full = f"{mean(float(row['micro_f1']) for row in whole):.3f}"
        for name, counts in strategies(rows, case):
            spread = f" ± {stdev(counts):,.0f}" if len(counts) > 1 else ""
            told = words["random"] if name == RANDOM else f"`{name}`"
            told += f" ({len(counts)} {words['seeds']})" if len(counts) > 1 else ""
            change = f"{mean(counts) / mean(lot) - 1:+.0%}" if lot else ""
            lines.append((*facts, full, told, f"{mean(counts):,.0f}{spread}", change))
    return markdown(words["heading"], lines, left=(0, 1, 4))
