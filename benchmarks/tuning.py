"""Compares one threshold for all labels with one for each, on real multi-label sets.

    python benchmarks/tuning.py --data DATA [--cache FOLDER] [SET ...]

Of each set, 15 % of train (drawn by the seed) are validation rows. A linear model
(TF-IDF of characters 1-2 for Chinese and words 1-2 for English, sublinear, min_df 2, at
most 50,000 features; LinearSVC, one-vs-rest) is fitted on the others. Its decision
values are calibrated (Platt, shrunk) on the validation rows, the rules are fitted there
and scored on test.

A label's own threshold is shrunk towards the global one for macro-F1 (the package's
default) or for micro-F1. How much is chosen without a look at test: part `valid_cv`
holds scores of 5-fold cross-validation within the validation rows, for every strength;
part `test` has the package's default, and none. Rows are appended to
results/tuning.csv. Under the same cross-validation, results/calibration.csv holds log
losses of calibrations, and results/targets.csv what thresholds for a precision, a
recall or costs come to.
"""

import argparse
import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from kerascls.data.labels import LabelSet, Task
from kerascls.data.readers import Example, read
from kerascls.decision.calibration import fit_calibration
from kerascls.decision.costs import LabelCosts
from kerascls.decision.global_threshold import fit_threshold
from kerascls.decision.label_thresholds import fit_rule
from kerascls.decision.objectives import FBeta
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.scores import pad_columns, score

RESULTS = Path(__file__).parent / "results"
SEEDS = (0, 1, 2)
FOLDS = 5
STRENGTHS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500)
CHINESE = {"event_types_2020", "bdci_car_2018", "hellonlp_multilabel"}
SETS = (
    *("hellonlp_multilabel", "bdci_car_2018", "event_types_2020"),
    *("reuters21578_r90", "arxiv_multilabel", "goemotions"),
)
Arrays = dict[str, np.ndarray]
Fit = Callable[[np.ndarray, np.ndarray], Rule]


def main():
    """Measures the sets, each with every seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="keeps decision values for reruns")
    arguments = parser.parse_args()
    for name in arguments.sets or SETS:
        for seed in SEEDS:
            start = time.perf_counter()
            arrays = cached(arguments.data / name, seed, arguments.cache)
            facts = {
                "set": name,
                "seed": seed,
                "command": f"python benchmarks/tuning.py --data DATA {name}",
                "day": time.strftime("%Y-%m-%d"),
            }
            for row in measure_rules(arrays):
                append(RESULTS / "tuning.csv", row | facts)
            for row in measure_calibrations(arrays):
                append(RESULTS / "calibration.csv", row | facts)
            for row in measure_targets(arrays):
                append(RESULTS / "targets.csv", row | facts)
            print(f"{name} {seed}: {time.perf_counter() - start:.0f} s", flush=True)


def cached(folder: Path, seed: int, cache: Path | None) -> Arrays:
    """Returns `decision_values`, from the cache if they are there."""
    if cache is None:
        return decision_values(folder, seed)
    path = cache / f"{folder.name}-{seed}.npz"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(path, **decision_values(folder, seed))
    return dict(np.load(path))


def decision_values(folder: Path, seed: int) -> Arrays:
    """Fits the linear model; returns its logits and the truth, valid and test.

    Labels that only test has are the last columns of its truth.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    train, test = (read(next(folder.glob(f"{p}.*"))).examples for p in PARTS)
    order = np.random.default_rng(seed).permutation(len(train))
    parts = np.split(order, [round(0.15 * len(train))])
    valid, train = ([train[row] for row in part] for part in parts)
    known = LabelSet.from_labels(one.labels for one in train)
    every = known.extended({n for one in (*valid, *test) for n in one.labels})
    words = {"analyzer": "char"} if folder.name in CHINESE else {}
    vectors = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_features=50_000, **words
    )
    model = OneVsRestClassifier(LinearSVC(random_state=seed))
    model.fit(vectors.fit_transform(texts(train)), multi_hot(train, known))
    result = {}
    for part, examples in (("valid", valid), ("test", test)):
        logits = model.decision_function(vectors.transform(texts(examples)))
        result[f"{part}_logits"] = logits.astype(np.float32)
        result[f"{part}_targets"] = multi_hot(examples, every)
    return result


PARTS = ("train", "test")


def texts(examples: list[Example]) -> list[str]:
    """Returns one text of each example."""
    return ["\n".join(one.texts) for one in examples]


def multi_hot(examples: list[Example], labels: LabelSet) -> np.ndarray:
    """Returns the truth as bool `(examples, labels)`."""
    hot = np.zeros((len(examples), len(labels)), np.bool_)
    for row, one in enumerate(examples):
        hot[row, [labels.column(name) for name in one.labels]] = True
    return hot


def rules() -> Iterator[tuple[dict, Fit]]:
    """Yields each way to fit a rule: what it is, and the fit."""
    for towards in ("micro_f1", "macro_f1"):

        def shared(targets, probs, objective=towards) -> Rule:
            return fit_threshold(targets, probs, objective)

        yield {"rule": "global", "towards": towards, "shrinkage": None}, shared
        for strength in STRENGTHS:

            def own(targets, probs, s=strength, shared=shared) -> Rule:
                default = shared(targets, probs).threshold
                return fit_rule(targets, probs, "f1", shrinkage=s, default=default).rule

            yield {"rule": "per label", "towards": towards, "shrinkage": strength}, own


def measure_rules(arrays: Arrays) -> Iterator[dict]:
    """Yields scores of every rule, within valid; of the chosen ones on test."""
    folds = cross_validated(arrays)
    truth = np.concatenate([one for *_, one in folds])
    for row, fit in rules():
        chosen = np.concatenate([fit(t, p).apply(held) for t, p, held, _ in folds])
        yield {"part": "valid_cv"} | row | scores(truth, chosen)
    fitted, held = calibrated(
        arrays["valid_targets"], arrays["valid_logits"], arrays["test_logits"]
    )
    for row, fit in rules():
        if row["shrinkage"] in (None, 0, FBeta.shrinkage):
            chosen = fit(known(arrays, "valid"), fitted).apply(held)
            yield {"part": "test"} | row | scores(arrays["test_targets"], chosen)


def known(arrays: Arrays, part: str) -> np.ndarray:
    """Returns the truth of the labels that the model knows."""
    return arrays[f"{part}_targets"][:, : arrays[f"{part}_logits"].shape[1]]


def calibrated(
    targets: np.ndarray, logits: np.ndarray, held: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fits a calibration; returns the probabilities of its rows and of others."""
    targets = targets[:, : logits.shape[1]]
    fitted = fit_calibration(targets, logits, Task.MULTILABEL)
    return tuple(fitted.apply(x, Task.MULTILABEL) for x in (logits, held))


def cross_validated(arrays: Arrays) -> list[tuple[np.ndarray, ...]]:
    """Returns for each fold: truth and probabilities to fit on, and those held out."""
    logits, targets = arrays["valid_logits"], arrays["valid_targets"]
    folds = []
    for held in np.array_split(np.arange(len(logits)), FOLDS):
        rest = np.setdiff1d(np.arange(len(logits)), held)
        fitted, applied = calibrated(targets[rest], logits[rest], logits[held])
        folds.append((known(arrays, "valid")[rest], fitted, applied, targets[held]))
    return folds


def scores(targets: np.ndarray, chosen: np.ndarray) -> dict[str, float]:
    """Returns micro- and macro-F1; labels the model does not know are never given."""
    width = targets.shape[1]
    result = score(targets, pad_columns(chosen, width), map(str, range(width)))
    return {
        "micro_f1": round(result.micro.f1, 5),
        "macro_f1": round(result.macro.f1, 5),
    }


def measure_calibrations(arrays: Arrays) -> Iterator[dict]:
    """Yields the mean log loss of a label under each calibration, within valid."""
    logits, targets = arrays["valid_logits"], known(arrays, "valid")
    for kind in ("none", "platt", "isotonic"):
        for strength in STRENGTHS if kind != "none" else (0,):
            losses = []
            for held in np.array_split(np.arange(len(logits)), FOLDS):
                rest = np.setdiff1d(np.arange(len(logits)), held)
                fitted = fit_calibration(
                    targets[rest],
                    logits[rest],
                    Task.MULTILABEL,
                    kind,
                    shrinkage=strength,
                )
                probs = fitted.apply(logits[held], Task.MULTILABEL).astype(np.float64)
                right = np.where(targets[held], probs, 1 - probs)
                losses.append(-np.log(np.maximum(right, 1e-12)).mean())
            yield {
                "calibration": kind,
                "shrinkage": strength,
                "log_loss": round(float(np.mean(losses)), 6),
            }


def measure_targets(arrays: Arrays) -> Iterator[dict]:
    """Yields what thresholds for a target come to on held-out rows, within valid.

    `short` is by how much labels miss the target on average, those that reach it
    counted as 0; a label given to no row has precision 1.
    """
    folds = cross_validated(arrays)
    width = arrays["valid_logits"].shape[1]
    truth = np.concatenate([one for *_, one in folds])[:, :width]
    support = truth.sum(axis=0)
    costs = LabelCosts(np.ones(width), np.full(width, 3.0))
    for name, objective in (
        *((one, one) for one in ("precision@0.9", "recall@0.8")),
        ("costs 1:3", costs),
    ):
        for strength in STRENGTHS:
            chosen = np.concatenate(
                [
                    fit_rule(t, p, objective, shrinkage=strength).rule.apply(held)
                    for t, p, held, _ in folds
                ]
            )
            hits, given = (truth & chosen).sum(axis=0), chosen.sum(axis=0)
            precision = np.where(given > 0, hits / np.maximum(given, 1), 1)
            recall = hits / np.maximum(support, 1)
            short = {
                "precision@0.9": np.maximum(0.9 - precision, 0),
                "recall@0.8": np.maximum(0.8 - recall, 0),
            }.get(name)
            cost = (given - hits).sum() + 3 * (support - hits).sum()
            yield {
                "objective": name,
                "shrinkage": strength,
                "short": "" if short is None else round(short[support > 0].mean(), 5),
                "micro_precision": round(hits.sum() / max(given.sum(), 1), 5),
                "micro_recall": round(hits.sum() / max(support.sum(), 1), 5),
                "cost_per_row": round(cost / len(truth), 5),
            }


def append(path: Path, row: dict[str, object]):
    """Appends a row to a file of results."""
    new = not path.is_file()
    with open(path, "a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
