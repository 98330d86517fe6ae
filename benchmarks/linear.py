"""The linear model on real data: scores, and time beside scikit-learn's own pipeline.

    python benchmarks/linear.py --data DATA --runs RUNS [--sets sogou5 tnews_clue]
        [--seed 42] [--loss squared_hinge] [--repeats 5]

DATA holds a folder for each set with train, test and perhaps dev, as .csv or .jsonl.
Every set is trained by `kerascls fit --model linear`, multi-label ones once for each
score, for its threshold too. Then, with the C and the class weights that it chose, both
pipelines are timed in this process, in turns; the least of each counts. scikit-learn's
is `TfidfVectorizer` and `LinearSVC` (in `OneVsRestClassifier` for multi-label), once
with its own tolerance and once, "same_tolerance", with ours. Training is from strings
to weights, prediction from strings to the distances of the test part, by the weights of
the same training: `largest_difference` is that of the distances, float32 beside
float64. Seconds are those of the processor. Rows go to results/linear.csv.
"""

import argparse
import gc
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
from kerascls.models.linear.config import LINEAR_LOSSES
from kerascls.models.linear.tfidf import learn_tfidf
from kerascls.settings.run_settings import RunSettings
from kerascls.system.tables import named
from kerascls.training.linear.planes import fit_planes
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
SCIKIT_LEARNS_TOLERANCE = 1e-4


def main():
    """Trains, times, and appends a row for each set and score."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=list(TUNED), default=list(TUNED))
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--loss", choices=list(LINEAR_LOSSES), default="squared_hinge")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    for name in arguments.sets:
        files = parts_of(arguments.data / name)
        scored = {
            score: trained(name, files, score, arguments) for score in goals(name)
        }
        first = next(iter(scored.values()))
        chosen = first["chosen"] | {"analyzer": first["analyzer"]}
        times = timed(files, chosen, arguments)
        rows = []
        for score, tuned in TUNED[name].items():
            facts = scored.get(score, first)
            rows.append(row_of(name, score, tuned, facts, times, arguments))
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


def trained(name, files, goal, arguments) -> dict:
    """Returns what a run says of itself."""
    options = {"best_by": goal, "objective": goal} if goal == "micro_f1" else {}
    options["linear_loss"] = arguments.loss
    out = arguments.runs / f"linear-{name}-{goal}"
    result = kerascls.fit(
        model="linear",
        out=out,
        overwrite=True,
        quiet=True,
        seed=arguments.seed,
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


def timed(files, chosen, arguments) -> dict[str, float]:
    """Returns seconds of training and prediction by pipeline, and what differs."""
    options = RunSettings.from_options(**files).data.read_options()
    train, test = (read(files[part], options) for part in ("train", "test"))
    texts, others = [joined([e.texts for e in p.examples]) for p in (train, test)]
    labels = LabelSet.from_labels([e.labels for e in train.examples])
    targets = Targets.from_labels([e.labels for e in train.examples], labels)
    targets = targets.multi_hot()
    machine = named(LINEAR_LOSSES[arguments.loss].machine)(
        chosen["strength"], chosen["balanced"], arguments.seed
    )
    pipelines = {
        "scikit_learn": ScikitLearn(
            machine, train.task, chosen["analyzer"], SCIKIT_LEARNS_TOLERANCE
        ),
        "same_tolerance": ScikitLearn(machine, train.task, chosen["analyzer"]),
        "ours": Ours(train.task, chosen, arguments),
    }
    found = {}
    least: dict[str, float] = {}
    for turn in range(arguments.repeats):
        for name, pipeline in pipelines.items():
            # Training takes long enough to be alike each time.
            if turn < 2:
                clock(least, f"{name}_train_s", pipeline.fit, texts, targets)
            found[name] = clock(least, f"{name}_predict_s", pipeline.distances, others)
    scores = {name: decided(train.task, one) for name, one in found.items()}
    same = (scores["ours"] == scores["same_tolerance"]).all(axis=1).mean()
    twin = pipelines["same_tolerance"].with_weights_of(pipelines["ours"])
    largest = np.abs(twin.distances(others) - found["ours"]).max()
    return least | {"same_decisions": float(same), "largest_difference": float(largest)}


def clock(least, name, run, *given):
    """Returns what a call returns, and keeps its time if it is the least so far."""
    gc.collect()
    started_s = time.process_time()
    result = run(*given)
    seconds = time.process_time() - started_s
    least[name] = min(seconds, least.get(name, seconds))
    return result


def decided(task, distances) -> np.ndarray:
    """Returns plain decisions, bool."""
    if task is Task.MULTICLASS:
        return np.eye(distances.shape[1], dtype=bool)[distances.argmax(axis=1)]
    return distances > 0


class ScikitLearn:
    """Its pipeline; `tolerance` by default that of the machine, which is ours."""

    def __init__(self, machine, task, analyzer, tolerance=None):
        from sklearn.base import clone
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline

        machine = clone(machine)
        if tolerance is not None:
            machine.set_params(tol=tolerance)
        self.task = task
        self.one_by_one = task is Task.MULTILABEL or hasattr(machine, "solver")
        vectors = TfidfVectorizer(
            analyzer=analyzer,
            ngram_range=(1, 2),
            sublinear_tf=True,
            min_df=2,
            max_features=300_000,
        )
        if self.one_by_one:
            machine = OneVsRestClassifier(machine)
        self.pipeline = make_pipeline(vectors, machine)

    def fit(self, texts, targets):
        """Trains."""
        multiclass = self.task is Task.MULTICLASS
        truth = targets.argmax(axis=1) if multiclass else targets.astype(int)
        self.pipeline.fit(texts, truth)

    def distances(self, texts):
        """Returns the distances of texts, float64."""
        return self.pipeline.decision_function(texts)

    def with_weights_of(self, ours):
        """Returns itself, with other coefficients."""
        machine = self.pipeline[-1]
        planes = ours.model.coefficients.T.astype(np.float64)
        if self.one_by_one:
            for one, plane, shift in zip(
                machine.estimators_, planes, ours.model.intercept, strict=True
            ):
                if hasattr(one, "coef_"):  # of a label on no row it has none
                    one.coef_, one.intercept_ = plane[None], np.array([shift])
        else:
            machine.coef_, machine.intercept_ = planes, ours.model.intercept
        return self


class Ours:
    """Our pipeline with the same settings."""

    def __init__(self, task, chosen, arguments):
        self.task = task
        self.analyzer = chosen["analyzer"]
        self.options = {
            "loss": LINEAR_LOSSES[arguments.loss],
            "strength": chosen["strength"],
            "balanced": chosen["balanced"],
            "seed": arguments.seed,
        }

    def fit(self, texts, targets):
        """Trains."""
        tfidf, rows = learn_tfidf(texts, self.analyzer)
        planes = fit_planes(rows, len(tfidf.ngrams), targets, self.task, **self.options)
        self.model = LinearClassifier(tfidf, *planes)

    def distances(self, texts):
        """Returns the distances of texts, float32."""
        return self.model.logits([(text,) for text in texts])


def row_of(name, score, tuned, facts, times, arguments) -> dict:
    """Returns a line of the results."""
    options = "".join(
        f" --set {group}.{key}={value}"
        for group, key in (("train", "best_by"), ("decision", "objective"))
        if (value := facts["options"].get(key))
    )
    if arguments.loss != "squared_hinge":
        options += f" --set train.linear_loss={arguments.loss}"
    ratios = {
        f"{step}_of_{theirs}": round(
            times[f"ours_{step}_s"] / times[f"{theirs}_{step}_s"], 3
        )
        for step in ("train", "predict")
        for theirs in ("scikit_learn", "same_tolerance")
    }
    seconds = {
        key: round(value, 3) for key, value in times.items() if key.endswith("_s")
    }
    return {
        "set": name,
        "score": score,
        "value": round(facts[score], 4),
        "linear_tuned": tuned,
        "reached": round(facts[score], 3) >= tuned,
        "loss": arguments.loss,
        "strength": facts["chosen"]["strength"],
        "balanced": facts["chosen"]["balanced"],
        "trained_on_valid": facts["trained_on_valid"],
        "features": facts["features"],
        "minutes": round(facts["minutes"], 3),
        **seconds,
        **ratios,
        "same_decisions": round(times["same_decisions"], 4),
        "largest_difference": f"{times['largest_difference']:.1e}",
        "command": "kerascls fit --model linear --train DATA/... --test DATA/..."
        + options,
        "seed": arguments.seed,
        "day": time.strftime("%Y-%m-%d"),
    }


if __name__ == "__main__":
    main()
