"""Whether what an explanation calls important is: deletion curves beside random order.

    python benchmarks/deletion_curves.py --data DATA --runs RUNS [--sets S ...]
        [--models linear textcnn] [--texts 200] [--seed 42] [--also SET=RUN ...]

Of each text drawn from the test part, the likeliest label that is predicted is
explained. Then parts of the text are hidden, a tenth more each time, those first that
speak for the label most: the sooner its probability falls, the better the explanation.
The area under that curve (of shares from 0 to 1, by trapezoids) is the mean over texts;
beside it stand the same for parts hidden in random order, the mean of five orders, and
the difference, with 95 % intervals of the bootstrap over texts. A text of one part is
drawn anew. Models are trained as far as they are not there; what is measured already is
not measured again. `--also` measures a finished run too. Rows go to
results/deletion_curves.csv, where `p_0` to `p_100` are the mean probabilities.
"""

import argparse
import csv
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from real_data import RESULTS, SEED, append, files, run

from kerascls.data.readers import read
from kerascls.inference.explanation.explainers import EXPLAINERS
from kerascls.inference.explanation.occlusion import logits_without
from kerascls.inference.predictor import Predictor
from kerascls.system.tables import named

SETS = {
    "tnews_clue": "--text text --max-tokens 48",
    "event_types_2020": "--max-tokens 128",
    "goemotions": "--max-tokens 64",
}
MODELS = ("linear", "textcnn")
SHARES = np.linspace(0, 1, 11)
RANDOM_ORDERS = 5
RESAMPLES = 2000
LEAST_PARTS = 2


def main():
    """Trains what is missing, measures, and appends a row for each method."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--models", nargs="*", choices=MODELS, default=list(MODELS))
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--also", nargs="*", default=[], metavar="SET=RUN")
    given = parser.parse_args()
    for name in given.sets:
        for model in given.models:
            out = given.runs / f"deletion-{name}-{model}"
            run(fit_command(name, model, given), out)
            measure(name, model, out, given)
    for name, _, out in (one.partition("=") for one in given.also):
        measure(name, Path(out).name, Path(out), given)


def fit_command(name: str, model: str, given) -> list[str]:
    """Returns the words of a training's command, but for where it writes."""
    options = SETS[name].split()
    if model == "linear":  # which reads texts whole
        place = options.index("--max-tokens")
        del options[place : place + 2]
    else:
        options += ["--set", "train.baseline=false"]
    rows = files(given.data / name)
    return ["kerascls", "fit", *rows, *options, "--model", model, "--seed", str(SEED)]


def measure(name: str, model: str, out: Path, given):
    """Appends a row for each method that suits a run, unless it is there."""
    predictor = Predictor.load(out)
    key = {"set": name, "model": model, "seed": given.seed, "texts": given.texts}
    for method, row in EXPLAINERS.items():
        if not named(row.suits)(predictor.runtime) or is_there(key, method):
            continue
        started_s = time.perf_counter()
        texts = texts_of(name, predictor, given)
        curves = list(deletion_curves(predictor, method, texts, given))
        minutes = (time.perf_counter() - started_s) / 60
        measured = {"method": method, **key, **summary(curves, given.seed)}
        measured |= {"minutes": round(minutes, 2), "command": command_of(out, given)}
        measured["day"] = time.strftime("%Y-%m-%d")
        append(RESULTS / "deletion_curves.csv", [measured])
        print(measured, flush=True)


def is_there(key: dict, method: str) -> bool:
    """Whether a method has been measured so."""
    path = RESULTS / "deletion_curves.csv"
    if not path.is_file():
        return False
    wanted = {**key, "method": method}
    with open(path, encoding="utf-8", newline="") as file:
        return any(
            all(row[one] == str(value) for one, value in wanted.items())
            for row in csv.DictReader(file)
        )


def texts_of(name: str, predictor: Predictor, given) -> list[tuple[str, ...]]:
    """Returns the texts of the test part in an order of their own."""
    (path,) = (given.data / name).glob("test.*")
    texts = read(path, predictor.bundle.read_options).examples.texts
    order = np.random.default_rng(given.seed).permutation(len(texts))
    return [texts[row] for row in order]


def deletion_curves(
    predictor: Predictor, method: str, texts: list[tuple[str, ...]], given
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields curves of as many texts as asked for: by attribution, and by chance.

    float64 `(shares,)` each, the probability of the label.
    """
    found = 0
    for text in texts:
        if found == given.texts:
            return
        one = text[0] if len(text) == 1 else text
        explanation = predictor.explain(one, method=method)
        if not explanation.prediction.labels:
            continue
        label = explanation.prediction.labels[0]
        values = np.array([value for _, value in explanation.scores(label)])
        if len(values) < LEAST_PARTS:
            continue
        random = np.random.default_rng([given.seed, found])
        orders = [np.argsort(-values, kind="stable")]
        orders += [random.permutation(len(values)) for _ in range(RANDOM_ORDERS)]
        first, *others = probabilities(predictor, explanation, label, orders)
        yield first, np.mean(others, axis=0)
        found += 1


def probabilities(predictor, explanation, label, orders) -> np.ndarray:
    """Returns the probability at each share hidden, `(orders, shares)`."""
    units, texts = explanation.attributions.units, explanation.texts
    ranks = np.argsort(orders, axis=1)
    counts = np.round(SHARES * len(units)).astype(int)
    hidden = ranks[:, None] < counts[:, None]  # (orders, shares, units)
    logits = logits_without(predictor, texts, units, hidden.reshape(-1, len(units)))
    bundle = predictor.bundle
    found = bundle.decision.probabilities(logits, bundle.task)
    column = bundle.label_set.column(label)
    return found[:, column].reshape(len(orders), len(SHARES)).astype(np.float64)


def summary(curves: list, seed: int) -> dict[str, float]:
    """Returns areas with intervals, and the mean curves."""
    ours, random = (np.array(some) for some in zip(*curves, strict=True))
    areas = np.trapezoid(ours, SHARES, axis=1)
    by_chance = np.trapezoid(random, SHARES, axis=1)
    draws = np.random.default_rng(seed).integers(0, len(areas), (RESAMPLES, len(areas)))
    found: dict[str, float] = {}
    for name, values in {
        "area": areas,
        "random_area": by_chance,
        "difference": areas - by_chance,
    }.items():
        low, high = np.quantile(values[draws].mean(axis=1), [0.025, 0.975])
        found |= {name: values.mean(), f"{name}_low": low, f"{name}_high": high}
    for prefix, some in {"p": ours, "random_p": random}.items():
        mean = some.mean(axis=0)
        points = zip(SHARES, mean, strict=True)
        found |= {f"{prefix}_{round(100 * share)}": value for share, value in points}
    return {name: round(float(value), 4) for name, value in found.items()}


def command_of(out: Path, given) -> str:
    """Returns the command of this measurement, and that of the training."""
    facts = json.loads((out / "run.json").read_text("utf-8"))
    minutes = facts.get("minutes")
    return (
        f"python benchmarks/deletion_curves.py --data DATA --runs RUNS "
        f"--texts {given.texts} --seed {given.seed} (trained in {minutes} minutes)"
    )


if __name__ == "__main__":
    main()
