"""Scores a trained classifier on its Keras runtime and on ONNX exports, side by side.

    python benchmarks/export_scores.py --bundle OUT --test FILE.csv --runs RUNS
        [--name NAME]

OUT is a run directory that `kerascls fit` wrote, FILE.csv has the columns `text` and
`label`. OUT is copied, so nothing in it changes. Rows are appended to
results/export_scores.csv: accuracy and macro-F1 over the labels of the file, how many
rows got another label than from Keras, the largest difference of a probability.
"""

import argparse
import shutil
import time
from pathlib import Path

import numpy as np
from predict_speed import ONNX, ours
from real_data import RESULTS, append
from side_by_side import Place, Row, columns_of

EXPORTS = {
    "float32": [],
    "int8": ["--int8", "--max-changed", "1", "--max-f1-drop", "1"],
}


def main():
    """Exports, predicts with each runtime and appends a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--name", help="of the classifier; by default that of OUT")
    arguments = parser.parse_args()
    place = Place(*(arguments.runs.resolve(),) * 3, cores=2)
    labels, texts = columns_of(arguments.test)
    plain = predicted(arguments.bundle, texts, runtime="keras")
    rows = [{"runtime": "keras", **scores(labels, plain, plain)}]
    for name, words in EXPORTS.items():
        out = exported(place, arguments.bundle, arguments.test, name, words)
        found = predicted(out, texts, **ONNX)
        rows.append({"runtime": f"onnx {name}", **scores(labels, plain, found)})
    name = arguments.name or arguments.bundle.name
    made = {
        "rows": len(texts),
        "command": "python benchmarks/export_scores.py --bundle OUT --test "
        f"{arguments.test.parent.name}/{arguments.test.name} --runs RUNS",
        "day": time.strftime("%Y-%m-%d"),
    }
    append(
        RESULTS / "export_scores.csv", [{"classifier": name, **r, **made} for r in rows]
    )
    for row in rows:
        print(row)


def exported(
    place: Place, bundle: Path, test: Path, name: str, words: list[str]
) -> Path:
    """Returns a copy of the run directory with an export in it."""
    out = place.runs / "export_scores" / name
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(bundle, out)
    command = ("export", str(out), "--format", "onnx", "--input", str(test), *words)
    ours(place, *command)
    return out


def predicted(
    bundle: Path, texts: list[str], **load: str
) -> tuple[list[str], np.ndarray]:
    """Returns the first label of each text, and all probabilities."""
    from kerascls import Predictor

    predictor = Predictor.load(bundle, **load)
    probs = predictor.predict_proba(texts)
    labels = [predictor.labels[column] for column in probs.argmax(axis=1)]
    return labels, probs


def scores(labels: list[str], plain: tuple, found: tuple) -> Row:
    """Returns a runtime's scores, and how far it is from the Keras runtime."""
    from sklearn.metrics import accuracy_score, f1_score

    changed = sum(a != b for a, b in zip(plain[0], found[0], strict=True))
    return {
        "accuracy": round(accuracy_score(labels, found[0]), 5),
        "macro_f1": round(f1_score(labels, found[0], average="macro"), 5),
        "changed_labels": changed,
        "largest_difference": f"{np.abs(plain[1] - found[1]).max():.2e}",
    }


if __name__ == "__main__":
    main()
