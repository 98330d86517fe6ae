"""The table of what windows over long texts are worth."""

from statistics import fmean, stdev

from tables import RESULTS, markdown, read
from windows import CASES

WORDS = {
    "en": {
        "heading": "reads | tokens at most | accuracy | macro-F1 | minutes",
        "one": "{tokens} tokens, `{how}`",
        "several": "{windows} windows of {tokens} tokens, `{how}`",
    },
    "zh": {
        "heading": "读法 | 至多 token 数 | 准确率 | macro-F1 | 分钟",
        "one": "{tokens} 个 token，`{how}`",
        "several": "{windows} 个窗口，各 {tokens} 个 token，`{how}`",
    },
}


def window_table(language: str) -> str:
    """Returns a line for each way of reading: means of its seeds, and their spread."""
    words, runs = WORDS[language], {}
    for row in read(RESULTS / "windows.csv"):
        runs.setdefault(row["case"], []).append(row)
    lines = []
    for case in CASES:
        if not (rows := runs.get(case)):
            continue
        row, windows = rows[0], rows[0]["max_windows"]
        told = words["one" if windows == "1" else "several"]
        how = case.partition(" ")[2]
        reads = told.format(windows=windows, tokens=row["max_tokens"], how=how)
        scores = (_spread(rows, name) for name in ("accuracy", "macro_f1"))
        minutes = fmean(float(row["minutes"]) for row in rows)
        lines.append((reads, row["tokens_read"], *scores, f"{minutes:.1f}"))
    return markdown(words["heading"], lines, left=(0,))


def _spread(rows: list[dict[str, str]], name: str) -> str:
    values = [float(row[name]) for row in rows]
    mean = f"{fmean(values):.3f}"
    return f"{mean} ± {stdev(values):.3f}" if len(values) > 1 else mean
