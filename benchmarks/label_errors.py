"""Plants wrong labels in real training files and counts how many an audit finds.

    python benchmarks/label_errors.py --data DATA [NAME ...]

3 % of the rows, drawn at random, get one wrong label each. Multi-class: another label
in place of the right one, every other one equally likely. Multi-label: with equal
chance one label is added, one is replaced by a label the row did not have, or, where
the row has two or more, one is dropped. The labels there were may be wrong, too: what
is found of those counts as a miss here.

The score is the share of planted rows among the first n findings, where n is the number
planted; fewer than n findings count as misses. Each row is appended to
results/label_errors.csv as soon as it is measured.
"""

import argparse
import csv
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

import kerascls
from kerascls.auditing.rows import label_cell
from kerascls.data.labels import Task
from kerascls.data.readers import Dataset, join_labels, read

RESULTS = Path(__file__).parent / "results" / "label_errors.csv"
CASES = {"event_types": "event_types_2020", "sogou5": "sogou5"}
SHARE = 0.03
SEEDS = (0, 1, 2)
KINDS = ("added", "replaced", "dropped")


def main():
    """Measures the cases, three seeds each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CASES))
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    for name in arguments.names or CASES:
        dataset = read(arguments.data / CASES[name] / "train.csv")
        for seed in SEEDS:
            append(measure(name, dataset, seed))


def measure(name: str, dataset: Dataset, seed: int) -> dict[str, object]:
    """Plants, audits and counts."""
    labels, planted = plant(dataset, seed)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.csv"
        write(path, dataset, labels)
        found = kerascls.audit(path, label_errors="cross-validation", seed=seed)
    section = found.section("label_error")
    first = [finding[0] for finding in section.findings[: len(planted)]]
    hits = [one for one in first if one.row in planted]
    restored = [
        one
        for one in hits
        if set(one.suggestion.split("|"))
        == set(label_cell(dataset.examples[one.row].labels).split("|"))
    ]
    row = {
        "case": name,
        "command": f"python benchmarks/label_errors.py --data DATA {name}",
        "seed": seed,
        "minutes": round((time.monotonic() - start) / 60, 2),
        "rows": len(dataset.examples),
        "planted": len(planted),
        "findings": len(section.findings),
        "planted_in_first_n": len(hits),
        "precision_at_n": round(len(hits) / len(planted), 4),
        "restored_by_suggestion": round(len(restored) / max(len(hits), 1), 4),
    }
    for kind in KINDS:
        of_kind = [place for place, one in planted.items() if one == kind]
        rows = {one.row for one in hits}
        share = len(rows & set(of_kind)) / len(of_kind) if of_kind else ""
        row[f"{kind}_in_first_n"] = round(share, 4) if of_kind else ""
    row |= {"cleanlab": version("cleanlab"), "day": time.strftime("%Y-%m-%d")}
    print(row)
    return row


def plant(dataset: Dataset, seed: int) -> tuple[list[list[str]], dict[int, str]]:
    """Returns the labels of each row, and what was done to which row."""
    random = np.random.default_rng(seed)
    labels = [list(example.labels) for example in dataset.examples]
    names = sorted({name for row in labels for name in row})
    rows = random.choice(len(labels), round(SHARE * len(labels)), replace=False)
    planted = {}
    for row in rows.tolist():
        kind = _kind(dataset.task, labels[row], random)
        wrong = str(random.choice([name for name in names if name not in labels[row]]))
        place = int(random.integers(len(labels[row]))) if labels[row] else 0
        if kind != "added":
            del labels[row][place]
        if kind != "dropped":
            labels[row].insert(place, wrong)
        planted[row] = kind
    return labels, planted


def _kind(task: Task, labels: list[str], random: np.random.Generator) -> str:
    if task is Task.MULTICLASS:
        return "replaced"
    possible = KINDS if len(labels) > 1 else KINDS[:2] if labels else KINDS[:1]
    return str(random.choice(possible))


def write(path: Path, dataset: Dataset, labels: list[list[str]]):
    """Writes the texts with other labels."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*dataset.text_columns, dataset.label_column))
        for example, names in zip(dataset.examples, labels, strict=True):
            writer.writerow((*example.texts, join_labels(names)))


def append(row: dict[str, object]):
    """Appends a row to the results."""
    RESULTS.parent.mkdir(exist_ok=True)
    is_new = not RESULTS.is_file()
    with open(RESULTS, "a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row.keys(), lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
