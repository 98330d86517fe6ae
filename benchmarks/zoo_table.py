"""The tables of the classic models on real data, and of their speed."""

from statistics import mean, median

from tables import RESULTS, SCORES, markdown, read
from zoo import MODELS, SETS

SCORED = {
    "thucnews_headlines": "accuracy",
    "event_types_2020": "micro_f1",
    "reuters21578_r90": "micro_f1",
    "fewclue_iflytek": "top_five",
}
ENSEMBLES = ("ensemble", "ensemble with linear")
# Of the Zhihu cup's data: 3 million questions, 1,999 topics; score of its code's page.
ZHIHU = {
    **{"fasttext": 0.362, "textcnn": 0.405, "textrnn": 0.358, "rcnn": 0.395},
    **{"han": 0.398, "seq2seq": 0.322, "entity_network": 0.400},
    **{"dynamic_memory": 0.392, "transformer": 0.322, "ensemble": 0.411},
}
WORDS = {
    "en": {
        "model": "--model",
        "minutes": "minutes",
        "top_five": "top five",
        "cup": "top five there",
        "ensemble": "ensemble of the neural ones",
        "ensemble with linear": "ensemble of all",
        "speed": "model | with | seconds | epoch | accuracy | share",
        "nothing": "No measurement is stored yet.",
    },
    "zh": {
        "model": "--model",
        "minutes": "分钟",
        "top_five": "前五得分",
        "cup": "当年的前五得分",
        "ensemble": "神经网络模型的集成",
        "ensemble with linear": "全部模型的集成",
        "speed": "模型 | 方式 | 秒 | 每轮 | 准确率 | 比值",
        "nothing": "尚无测量结果。",
    },
}
Rows = list[dict[str, str]]


def leaderboard(language: str) -> str:
    """Returns the score that each set is about, and minutes, of every model."""
    rows = [row for row in read(RESULTS / "zoo.csv") if row["set"] != "fewclue_iflytek"]
    sets = [name for name in SETS if any(row["set"] == name for row in rows)]
    words, lines = WORDS[language], []
    for model in (*MODELS, *ENSEMBLES):
        of_model = [rows_of(rows, name, model) for name in sets]
        if not any(of_model):
            continue
        scores = [
            _spread(found, SCORED[name])
            for name, found in zip(sets, of_model, strict=True)
        ]
        minutes = [_minutes(found) for found in of_model]
        cells = [cell for pair in zip(scores, minutes, strict=True) for cell in pair]
        lines.append((words.get(model, f"`{model}`"), *cells))
    if not lines:
        return words["nothing"]
    titles = [t for s in sets for t in (f"{s}, {SCORES[SCORED[s]]}", words["minutes"])]
    return markdown(" | ".join([words["model"], *titles]), lines, left=(0,))


def zhihu(language: str) -> str:
    """Returns the top-five scores on short Chinese texts of many classes."""
    rows, words = read(RESULTS / "zoo.csv"), WORDS[language]
    found = {
        model: rows_of(rows, "fewclue_iflytek", model)
        for model in (*MODELS, *ENSEMBLES)
    }
    there = {model: some for model, some in found.items() if some}
    best_first = sorted(
        there, key=lambda model: -_mean(there[model], SCORED["fewclue_iflytek"])
    )
    lines = [
        (
            words.get(model, f"`{model}`"),
            *(_spread(there[model], key) for key in ("top_five", "accuracy")),
            _spread(there[model], "macro_f1"),
            f"{ZHIHU[model]:.3f}" if model in ZHIHU else "",
        )
        for model in best_first
    ]
    if not lines:
        return words["nothing"]
    titles = [words["model"], words["top_five"], SCORES["accuracy"], SCORES["macro_f1"]]
    return markdown(" | ".join([*titles, words["cup"]]), lines, left=(0,))


def speed(language: str) -> str:
    """Returns how long trainings take, of ours as a share of what stands above it."""
    lines = []
    for model, key in {"fasttext": "seconds", "textcnn": "epoch_s"}.items():
        rows = read(RESULTS / f"{model}_speed.csv")
        peers = list(dict.fromkeys(row["peer"] for row in rows))
        peers.sort(key=lambda peer: peer == "kerascls")
        middles = {p: [r for r in rows if r["peer"] == p] for p in peers}
        base = _median(middles[peers[0]], key) if peers else 0.0
        for peer, of_peer in middles.items():
            epoch = f"{_median(of_peer, 'epoch_s'):.1f}" if key == "epoch_s" else ""
            lines.append(
                (
                    f"`{model}`",
                    peer,
                    f"{_median(of_peer, 'seconds'):.1f}",
                    epoch,
                    f"{_mean(of_peer, 'accuracy'):.4f}",
                    f"{_median(of_peer, key) / base:.2f}",
                )
            )
    return markdown(WORDS[language]["speed"], lines, left=(0, 1))


def rows_of(rows: Rows, name: str, model: str) -> Rows:
    """Returns the rows of a model; of an ensemble the last, which has most members."""
    found = [row for row in rows if row["set"] == name]
    if model not in ENSEMBLES:
        return [row for row in found if row["model"] == model]
    begin = f"{model.replace(' ', '-')}-of"
    return [row for row in found if row["model"] == begin][-1:]


def _spread(rows: Rows, key: str) -> str:
    """Returns the mean over seeds, and the largest distance from it."""
    if not rows:
        return ""
    middle = _mean(rows, key)
    if len(rows) == 1:
        return f"{middle:.3f}"
    return f"{middle:.3f} ± {max(abs(float(row[key]) - middle) for row in rows):.3f}"


def _minutes(rows: Rows) -> str:
    return f"{_mean(rows, 'minutes'):.1f}" if rows else ""


def _mean(rows: Rows, key: str) -> float:
    return mean(float(row[key]) for row in rows)


def _median(rows: Rows, key: str) -> float:
    return median(float(row[key]) for row in rows)
