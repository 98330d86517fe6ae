"""The tables of large files in docs/: memory of each command, seconds of reading."""

from tables import RESULTS, markdown, read

MEMORY_HEADINGS = {
    "en": "texts | model | command | most memory | above a file of 2,000 | minutes",
    "zh": "文本 | 模型 | 命令 | 最大内存 | 比 2,000 行的文件多 | 分钟",
}
READING_HEADINGS = {
    "en": "rows | kerascls reads | and tokenises | pandas reads | and Rust tokenises"
    " | kerascls to those",
    "zh": "行数 | kerascls 读取 | 加分词 | pandas 读取 | 加 Rust 分词 | 前者与后者之比",
}
WORDS = {
    "en": {
        "headlines": "1,000,000 headlines",
        "multilabel": "1,000,000 headlines, multi-label",
        "documents": "200,000 documents",
        "nothing": "No measurement is stored yet.",
    },
    "zh": {
        "headlines": "1,000,000 条标题",
        "multilabel": "1,000,000 条标题，多标签",
        "documents": "200,000 篇文章",
        "nothing": "尚无测量结果。",
    },
}


def memory_table(language: str) -> str:
    """Returns the peak of each command, as it was measured last."""
    words, last = WORDS[language], {}
    for row in read(RESULTS / "large_files.csv"):
        if float(row["share"]) == 1:
            last[row["set"], row["model"], row["command"]] = row
    lines = [
        (
            words[row["set"]],
            row["model"],
            f"`{row['command']}`",
            f"{float(row['peak_mib']):,.0f} MiB",
            f"{float(row['above_mib']):,.0f} MiB",
            f"{float(row['minutes']):.1f}",
        )
        for row in last.values()
    ]
    if not lines:
        return words["nothing"]
    return markdown(MEMORY_HEADINGS[language], lines, left=(0, 1, 2))


def reading_table(language: str) -> str:
    """Returns the least seconds of both sides, as measured last for each size."""
    last = {row["rows"]: row for row in read(RESULTS / "reading.csv")}
    columns = ("ours_read_s", "ours_all_s", "theirs_read_s", "theirs_all_s")
    lines = [
        (
            f"{int(row['rows']):,}",
            *(f"{float(row[name]):.1f} s" for name in columns),
            f"{float(row['ratio']):.2f}",
        )
        for row in last.values()
    ]
    if not lines:
        return WORDS[language]["nothing"]
    return markdown(READING_HEADINGS[language], lines, left=())
