"""The table of how many rows have to be labelled, by how they are chosen."""

from statistics import mean, stdev

from annotation_loop import ALL, DEFAULT, FILE, RANDOM, SHARE, STRATEGIES
from tables import markdown, read

WORDS = {
    "en": {
        "heading": "data | model | rows | all of them: micro-F1 | chosen"
        " | rows for 95 % of that | against rows drawn by lot",
        "random": "by lot",
        "default": "by default: `{name}`",
        "seeds": "{count} seeds",
    },
    "zh": {
        "heading": "数据 | 模型 | 条数 | 全部标注的 micro-F1 | 选取方式"
        " | 达到其 95 % 所需条数 | 与随机抽取相比",
        "random": "随机抽取",
        "default": "默认：`{name}`",
        "seeds": "{count} 个随机种子",
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


def needed(rows: Rows, case: tuple[str, str], strategy: str) -> dict[str, float]:
    """Returns the rows that each seed needed, of those that got there."""
    whole = loops(rows, case, ALL)
    found = {
        seed: rows_needed(rounds, SHARE * float(whole[seed][0]["micro_f1"]))
        for seed, rounds in loops(rows, case, strategy).items()
        if seed in whole
    }
    return {seed: count for seed, count in found.items() if count is not None}


def cases(rows: Rows) -> list[tuple[str, str]]:
    """Returns data sets and models, in the order in which they were measured."""
    return list(dict.fromkeys((row["set"], row["model"]) for row in rows))


def annotation_table(language: str) -> str:
    """Returns a line for each data set, model and way to choose."""
    words, rows, lines = WORDS[language], read(FILE), []
    for case in cases(rows):
        whole = [seed[0] for seed in loops(rows, case, ALL).values()]
        lot = needed(rows, case, RANDOM)
        facts = f"`{case[0]}`", f"`{case[1]}`", f"{int(whole[0]['rows']):,}"
        full = f"{mean(float(row['micro_f1']) for row in whole):.3f}"
        for name in STRATEGIES:
            of_seeds = needed(rows, case, name)
            counts = list(of_seeds.values())
            if not counts:
                continue
            spread = f" ± {stdev(counts):,.0f}" if len(counts) > 1 else ""
            told, both = "", of_seeds.keys() & lot.keys()
            if name != RANDOM and both:
                changes = [of_seeds[seed] / lot[seed] - 1 for seed in both]
                told = f"{100 * mean(changes):+.0f} %"
            how = _told(name, len(counts), words)
            lines.append((*facts, full, how, f"{mean(counts):,.0f}{spread}", told))
    return markdown(words["heading"], lines, left=(0, 1, 4))


def _told(name: str, seeds: int, words: dict[str, str]) -> str:
    own = {RANDOM: words["random"], DEFAULT: words["default"].format(name=name)}
    told = own.get(name, f"`{name}`")
    return f"{told} ({words['seeds'].format(count=seeds)})" if seeds > 1 else told
