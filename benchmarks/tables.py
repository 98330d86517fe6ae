"""The tables of the pages, made out of the presets and of what was measured."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from kerascls.models.classic.config import CLASSICS, classic_config
from kerascls.models.presets import PRESETS

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
IMAGES = ROOT / "docs" / "images"
SCORES = {"macro_f1": "macro-F1", "micro_f1": "micro-F1", "accuracy": "accuracy"}
CASES = {  # in the order of the table
    "goemotions": {
        "en": "GoEmotions: English comments, 28 labels, multilabel",
        "zh": "GoEmotions：英文评论，28 个标签，多标签",
    },
    "reuters": {
        "en": "Reuters-21578: English newswire, 90 labels, multilabel",
        "zh": "Reuters-21578：英文新闻，90 个标签，多标签",
    },
    "thucnews": {
        "en": "THUCNews: Chinese headlines, 10 classes, multiclass",
        "zh": "THUCNews：中文新闻标题，10 类，单标签",
    },
    "event_types": {
        "en": "Event types 2020: Chinese news sentences, 65 labels, multilabel",
        "zh": "事件类型 2020：中文新闻句子，65 个标签，多标签",
    },
    "sogou5": {
        "en": "Sogou: Chinese news in full, 5 classes, multiclass",
        "zh": "搜狗新闻：中文新闻全文，5 类，单标签",
    },
    "thucnews_1000": {
        "en": "1,000 of the THUCNews headlines, mean of 3 seeds",
        "zh": "THUCNews 标题中的 1000 条，3 个随机种子的均值",
    },
    "thucnews_300": {
        "en": "300 of the THUCNews headlines, mean of 3 seeds",
        "zh": "THUCNews 标题中的 300 条，3 个随机种子的均值",
    },
}
WORDS = {
    "en": {
        "models": "--model | layers | width | parameters | learning rate | epochs"
        " | on the hub | what it is",
        "classics": "--model | parameters | embeddings | width | learning rate"
        " | epochs | batch | what it is",
        "results": "data | weights | score | kerascls | linear, tuned | difference"
        " | target | minutes | epochs",
        "scratch": "{model}, random weights",
        "commands": "The command of each row:",
        "nothing": "No measurement is stored yet. To make them:",
        "again": "To measure them again:",
        "curves": "Validation scores by epoch, and the score on test",
        "tuned": "objective | macro-F1 | micro-F1",
        "tuning": "data | micro-F1 (one for macro-F1) | macro-F1 (same)"
        " | micro-F1 (one for micro-F1) | macro-F1 (same)",
    },
    "zh": {
        "models": "--model | 层数 | 宽度 | 参数量 | 学习率 | 轮数"
        " | hub 上的权重 | 说明",
        "classics": "--model | 参数量 | 词向量宽度 | 宽度 | 学习率"
        " | 轮数 | 批大小 | 说明",
        "results": "数据 | 权重 | 指标 | kerascls | 线性模型（调优） | 差值"
        " | 目标 | 分钟 | 轮数",
        "scratch": "{model}，随机权重",
        "commands": "各行所用的命令：",
        "nothing": "尚无测量结果。测量命令：",
        "again": "重新测量：",
        "curves": "每轮的验证集分数，以及测试集分数",
        "tuned": "目标 | macro-F1 | micro-F1",
        "tuning": "数据 | micro-F1（对照按 macro-F1 选定的） | macro-F1（同左）"
        " | micro-F1（对照按 micro-F1 选定的） | macro-F1（同左）",
    },
}
WEIGHTS = {"MINILM": "all-MiniLM-L6-v2", "E5": "multilingual-e5-small"}
MEASURE = "python benchmarks/real_data.py --data DATA --runs RUNS --e5 E5"


def filled(text: str, language: str) -> str:
    """Returns a page with those tables made anew that it has a place for."""
    for name, table in TABLES.items():
        begin, end = (
            f"<!-- {name}: made by benchmarks/figures.py -->",
            f"<!-- end of {name} -->",
        )
        if begin not in text:
            continue
        if text.count(begin) != 1 or text.count(end) != 1:
            raise SystemExit(f"Expected `{begin}` and `{end}` once.")
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{table(language)}\n{end}{after}"
    return text


def models_table(language: str) -> str:
    """Returns the presets but the classic models, with the defaults for fine-tuning."""
    rows = [
        (
            f"`{preset.name}`",
            preset.config.num_layers,
            preset.config.hidden_dim or "-",
            f"{preset.parameters / 1e6:.1f} M",
            _rate(preset.learning_rate),
            preset.epochs if preset.learning_rate else "-",
            f"`{preset.hub_weights}`" if preset.hub else "-",
            preset.title,
        )
        for preset in PRESETS.values()
        if preset.name not in CLASSICS
    ]
    return markdown(WORDS[language]["models"], rows, left=(0, 6, 7))


def classics_table(language: str) -> str:
    """Returns the classic models, with their sizes and defaults."""
    rows = [
        (
            f"`{name}`",
            f"{row.parameters / 1e6:.1f} M",
            classic_config(name).embedding_dim,
            classic_config(name).hidden_dim,
            _rate(row.learning_rate),
            row.epochs,
            row.batch_size,
            row.title,
        )
        for name, row in CLASSICS.items()
    ]
    return markdown(WORDS[language]["classics"], rows, left=(0, 7))


def _rate(learning_rate: float | None) -> str:
    return f"{learning_rate:.0e}".replace("e-0", "e-") if learning_rate else "-"


def results_section(language: str) -> str:
    """Returns the measured scores, the learning curves and the commands."""
    words, rows = WORDS[language], measured()
    command = f"```bash\n{MEASURE}\n```"
    if not rows:
        return f"{words['nothing']}\n\n{command}"
    parts = [markdown(words["results"], [_cells(r, language) for r in rows], (0, 1, 2))]
    if (IMAGES / "curves.svg").is_file():
        parts.append(f"![{words['curves']}](images/curves.svg)")
    commands = [f"- {row['case']}: `{row['command']}`" for row in rows]
    parts += [words["commands"], "\n".join(commands), words["again"], command]
    return "\n\n".join(parts)


def tuning_table(language: str) -> str:
    """Returns what a threshold for each label changes, against one for all."""
    rows = [row for row in read(RESULTS / "tuning.csv") if row["part"] == "test"]
    lines = []
    for name in dict.fromkeys(row["set"] for row in rows):
        changes = [
            _mean(rows, name, towards, score, "per label")
            - _mean(rows, name, towards, score, "global")
            for towards in ("macro_f1", "micro_f1")
            for score in ("micro_f1", "macro_f1")
        ]
        lines.append((f"`{name}`", *(f"{change:+.4f}" for change in changes)))
    return markdown(WORDS[language]["tuning"], lines, left=(0,))


def _mean(
    rows: list[dict[str, str]], name: str, towards: str, score: str, rule: str
) -> float:
    found = [
        float(row[score])
        for row in rows
        if (row["set"], row["towards"], row["rule"]) == (name, towards, rule)
        and row["shrinkage"] != "0"
    ]
    return sum(found) / len(found)


def knobs_table(language: str) -> str:
    """Returns what each knob of training changes."""
    from knob_table import knob_table

    return knob_table(language)


def poolings_table(language: str) -> str:
    """Returns what poolings change from random weights."""
    from knob_table import pooling_table

    return pooling_table(language)


def speed_fit_table(language: str) -> str:
    """Returns how long an epoch takes with every peer."""
    from speed_table import fit_table

    return fit_table(language)


def speed_predict_table(language: str) -> str:
    """Returns how fast every peer labels texts."""
    from speed_table import predict_table

    return predict_table(language)


def imbalance_table(language: str) -> str:
    """Returns what each way to treat skewed labels is worth."""
    from imbalance_table import study

    return study(language)


def memory_table(language: str) -> str:
    """Returns the most memory that commands take with large files."""
    from scale_table import memory_table

    return memory_table(language)


def reading_table(language: str) -> str:
    """Returns how long a large file takes to be read and tokenised."""
    from scale_table import reading_table

    return reading_table(language)


def tuned_table(language: str) -> str:
    """Returns the scores of one run under several decisions."""
    lines = [
        (
            f"`{row['decision']}`",
            *(
                f"{float(row[name]):.3f} ({float(row[f'{name}_low']):.3f}–"
                f"{float(row[f'{name}_high']):.3f})"
                for name in ("macro_f1", "micro_f1")
            ),
        )
        for row in read(RESULTS / "tuned.csv")
    ]
    return markdown(WORDS[language]["tuned"], lines, left=(0,))


def windows_table(language: str) -> str:
    """Returns what windows over long texts are worth, against one sequence."""
    from window_table import window_table

    return window_table(language)


def zoo_table(language: str) -> str:
    """Returns how good the classic models are on real data."""
    from zoo_table import leaderboard

    return leaderboard(language)


def zhihu_table(language: str) -> str:
    """Returns the classic models in their order on texts of many classes."""
    from zoo_table import zhihu

    return zhihu(language)


def speed_classics_table(language: str) -> str:
    """Returns how fast classic models train, beside other ways."""
    from zoo_table import speed

    return speed(language)


def annotation_table(language: str) -> str:
    """Returns how many rows have to be labelled, by how they are chosen."""
    from annotation_table import annotation_table

    return annotation_table(language)


TABLES: dict[str, Callable[[str], str]] = {
    "annotation": annotation_table,
    "imbalance": imbalance_table,
    "knobs": knobs_table,
    "memory": memory_table,
    "models": models_table,
    "classics": classics_table,
    "poolings": poolings_table,
    "reading": reading_table,
    "results": results_section,
    "speed_classics": speed_classics_table,
    "speed_fit": speed_fit_table,
    "speed_predict": speed_predict_table,
    "tuned": tuned_table,
    "tuning": tuning_table,
    "windows": windows_table,
    "zhihu": zhihu_table,
    "zoo": zoo_table,
}


def measured() -> list[dict[str, str]]:
    """Returns the last row of each case, in the order of `CASES`.

    A case of several seeds has one row, with the means over those of its last command.
    """
    rows: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
    for row in read(RESULTS / "real_data.csv"):
        command = re.sub(rf"\b{row['seed']}\b", "SEED", row["command"])
        seeds = rows.setdefault(row["case"], {}).pop(command, {})
        rows[row["case"]][command] = {**seeds, row["seed"]: row}
    last = {case: [*commands.values()][-1] for case, commands in rows.items()}
    return [_mean_row([*last[case].values()]) for case in CASES if case in last]


def _mean_row(rows: list[dict[str, str]]) -> dict[str, str]:
    counted = ("minutes", "accuracy", "micro_f1", "macro_f1")
    return rows[-1] | {key: str(mean(float(r[key]) for r in rows)) for key in counted}


def markdown(heading: str, rows: list[tuple], left: tuple[int, ...]) -> str:
    """Returns a table whose columns are numbers but for those in `left`."""
    titles = heading.split(" | ")
    rule = ["---" if place in left else "---:" for place in range(len(titles))]
    lines = [titles, rule, *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _cells(row: dict[str, str], language: str) -> tuple:
    score, linear = float(row[row["scored"]]), float(row["linear_tuned"])
    target = f"{float(row['target']):.3f}" if row["target"] else ""
    return (
        CASES[row["case"]][language],
        _weights(row["command"], WORDS[language]),
        SCORES[row["scored"]],
        f"{score:.3f}",
        f"{linear:.3f}",
        f"{score - linear:+.3f}",
        target,
        f"{float(row['minutes']):.0f}",
        row["epochs"],
    )


def _weights(command: str, words: dict[str, str]) -> str:
    checkpoint = re.search(r"--checkpoint (\w+)", command)
    if checkpoint is not None:
        return WEIGHTS[checkpoint[1]]
    return words["scratch"].format(model=re.search(r"--model (\S+)", command)[1])


def last_curve(case: str) -> list[dict[str, str]]:
    """Returns the epochs of the last run of a case."""
    epochs: list[dict[str, str]] = []
    for row in read(RESULTS / "curves.csv"):
        if row["case"] == case:
            if epochs and float(row["epoch"]) <= float(epochs[-1]["epoch"]):
                epochs = []
            epochs.append(row)
    return epochs


def read(path: Path) -> list[dict[str, str]]:
    """Returns the rows of a CSV file, none if it does not exist."""
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
