"""The linear model on real data: scores, and time beside scikit-learn's own pipeline.

    python benchmarks/linear.py --data DATA --runs RUNS [--sets sogou5 tnews_clue]
        [--seed 42]

DATA holds a folder for each set with train, test and perhaps dev, as .csv or .jsonl.
Every set is trained by `kerascls fit --model linear`, multi-label ones once for each
score, for its threshold too. Then, with the C and the class weights that it chose, both
pipelines are timed in this process, one after the other, three times; the least counts:
scikit-learn's `TfidfVectorizer` and `LinearSVC` (in `OneVsRestClassifier` for
multi-label) with its own settings, and ours, from strings to the scores of the test
part. "scikit_learn_loose" is its pipeline with liblinear's tolerance, as we use it.
Rows go to results/linear.csv.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from real_data import RESULTS, append

import kerascls
from kerascls.data.labels import LabelSet, Task
from kerascls.data.readers import read
from kerascls.data.targets import Targets
from kerascls.models.linear.classifier import LinearClassifier, joined
from kerascls.models.linear.tfidf import learn_tfidf
from kerascls.settings.run_settings import RunSettings
from kerascls.training.linear.planes import TOLERANCE, fit_planes
from kerascls.training.run_directory import RunDirectory

# What such a model reaches when it is tuned, as far as that is known: by score.
TUNED = {
    "sogou5": {"accuracy": 0.966, "macro_f1": 0.966},
    "tnews_clue": {"accuracy": 0.477, "macro_f1": 0.443},
    "fewclue_iflytek": {"accuracy": 0.532, "macro_f1": 0.411},
    "bdci_car_2018": {"micro_f1": 0.881, "macro_f1": 0.869},
    "event_types_2020": {"micro_f1": 0.926, "macro_f1": 0.912},
    "reuters21578_r90": {"micro_f1": 0.877, "macro_f1": 0.560},
    "arxiv_multilabel": {"micro_f1": 0.676, "macro_f1": 0.075},
    "thucnews_headlines": {"accuracy": 0.918, "macro_f1": 0.918},
    "goemotions": {"micro_f1": 0.542, "macro_f1": 0.442},
}
REPEATS = 3


def main():
    """Trains, times, and appends a row for each set and score."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=list(TUNED), default=list(TUNED))
    parser.add_argument("--seed", type=int, default=42)
    arguments = parser.parse_args()
    for name in arguments.sets:
        files = parts_of(arguments.data / name)
        scored = {
            score: trained(name, files, score, arguments.runs, arguments.seed)
            for score in goals(name)
        }
        first = next(iter(scored.values()))
        chosen = first["chosen"] | {"analyzer": first["analyzer"]}
        times = timed(files, chosen, arguments.seed)
        rows = []
        for score, tuned in TUNED[name].items():
            facts = scored.get(score, first)
            rows.append(row_of(name, score, tuned, facts, times, arguments.seed))
        append(RESULTS / "linear.csv", rows)
        for row in rows:
            print(row, flush=True)


def goals(name: str) -> list[str]:
    """Returns the scores that need a training of their own."""
    multilabel = "micro_f1" in TUNED[name]
    return ["macro_f1", "micro_f1"] if multilabel else ["macro_f1"]


def parts_of(folder: Path) -> dict[str, Path]:
    """Returns the files of a set, as `fit` calls them."""
    names = {"train": "train", "valid": "dev", "test": "test"}
    found = {
        part: path for part, name in names.items() for path in folder.glob(f"{name}.*")
    }
    return found


def trained(name, files, goal, runs, seed) -> dict:
    """Returns what a run says of itself."""
    options = {"best_by": goal, "objective": goal} if goal == "micro_f1" else {}
    out = runs / f"linear-{name}-{goal}"
    result = kerascls.fit(
        model="linear",
        out=out,
        overwrite=True,
        quiet=True,
        seed=seed,
        **files,
        **options,
    )
    run = RunDirectory.open(out).facts
    scores = result.report.scores
    return {
        "accuracy": scores.accuracy,
        "micro_f1": scores.micro.f1,
        "macro_f1": scores.macro.f1,
        "minutes": result.minutes,
        **run["linear"],
        "options": options,
    }


def timed(files, chosen, seed) -> dict[str, tuple[float, float]]:
    """Returns, by pipeline, seconds and the accuracy of its plain decisions."""
    options = RunSettings.from_options(**files).data.read_options()
    train, test = (read(files[part], options) for part in ("train", "test"))
    texts = [joined([e.texts for e in part.examples]) for part in (train, test)]
    labels = LabelSet.from_labels([e.labels for e in train.examples])
    targets = Targets.from_labels([e.labels for e in train.examples], labels)
    targets = targets.multi_hot()
    pipelines = {
        "scikit_learn": lambda: scikit_learn(*texts, targets, train.task, chosen, seed),
        "scikit_learn_loose": lambda: scikit_learn(
            *texts, targets, train.task, chosen, seed, tol=TOLERANCE
        ),
        "ours": lambda: ours(*texts, targets, train.task, chosen, seed),
    }
    least: dict[str, float] = {}
    found = {}
    for _ in range(REPEATS):
        for name, run in pipelines.items():
            started_s = time.perf_counter()
            found[name] = run()
            seconds = time.perf_counter() - started_s
            least[name] = min(seconds, least.get(name, seconds))
    same = {
        name: float((decisions == found["scikit_learn"]).all(axis=1).mean())
        for name, decisions in found.items()
    }
    return {name: (least[name], same[name]) for name in pipelines}


def scikit_learn(train, test, targets, task, chosen, seed, tol=1e-4) -> np.ndarray:
    """Returns the plain decisions of scikit-learn's pipeline, bool."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    vectors = TfidfVectorizer(
        analyzer=chosen["analyzer"],
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=2,
        max_features=300_000,
    )
    machine = LinearSVC(
        C=chosen["strength"],
        class_weight="balanced" if chosen["balanced"] else None,
        tol=tol,
        random_state=seed,
    )
    if task is Task.MULTICLASS:
        pipeline = make_pipeline(vectors, machine).fit(train, targets.argmax(axis=1))
        return np.eye(targets.shape[1], dtype=bool)[pipeline.predict(test)]
    pipeline = make_pipeline(vectors, OneVsRestClassifier(machine))
    return pipeline.fit(train, targets.astype(int)).predict(test).astype(bool)


def ours(train, test, targets, task, chosen, seed) -> np.ndarray:
    """Returns the plain decisions of our pipeline with the same settings, bool."""
    tfidf, rows = learn_tfidf(train, chosen["analyzer"])
    planes = fit_planes(
        rows,
        len(tfidf.ngrams),
        targets,
        task,
        strength=chosen["strength"],
        balanced=chosen["balanced"],
        seed=seed,
    )
    logits = LinearClassifier(tfidf, *planes).logits([(text,) for text in test])
    if task is Task.MULTICLASS:
        return np.eye(targets.shape[1], dtype=bool)[logits.argmax(axis=1)]
    return logits > 0


def row_of(name, score, tuned, facts, times, seed) -> dict:
    """Returns a line of the results."""
    options = "".join(
        f" --set {group}.{key}={value}"
        for group, key in (("train", "best_by"), ("decision", "objective"))
        if (value := facts["options"].get(key))
    )
    seconds = {key: round(value, 2) for key, (value, _) in times.items()}
    return {
        "set": name,
        "score": score,
        "value": round(facts[score], 4),
        "linear_tuned": tuned,
        "reached": round(facts[score], 3) >= tuned,
        "strength": facts["chosen"]["strength"],
        "balanced": facts["chosen"]["balanced"],
        "features": facts["features"],
        "minutes": round(facts["minutes"], 3),
        **{f"{key}_s": value for key, value in seconds.items()},
        "time_ratio": round(times["ours"][0] / times["scikit_learn"][0], 3),
        "same_decisions": round(times["ours"][1], 4),
        "command": "kerascls fit --model linear --train DATA/... --test DATA/..."
        + options,
        "seed": seed,
        "day": time.strftime("%Y-%m-%d"),
    }


if __name__ == "__main__":
    main()
