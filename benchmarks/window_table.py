"""The table of what windows over long texts are worth."""

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
    """Returns a line for each way of reading, the last run of each."""
    words = WORDS[language]
    rows = {row["case"]: row for row in read(RESULTS / "windows.csv")}
    lines = []
    for case in CASES:
        if case not in rows:
            continue
        row, windows = rows[case], rows[case]["max_windows"]
        told = words["one" if windows == "1" else "several"]
        how = case.partition(" ")[2]
        reads = told.format(windows=windows, tokens=row["max_tokens"], how=how)
        scores = (f"{float(row[name]):.3f}" for name in ("accuracy", "macro_f1"))
        lines.append(
            (reads, row["tokens_read"], *scores, f"{float(row['minutes']):.1f}")
        )
    return markdown(words["heading"], lines, left=(0,))
