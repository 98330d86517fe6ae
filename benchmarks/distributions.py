"""Archives of arXiv papers as distributions: what is read, and by which model.

    python benchmarks/distributions.py --data DATA --runs RUNS [--seeds 3]
        [--read title abstract both] [--models linear frozen tuned]

DATA holds arxiv_multilabel. Its categories become eight archives; the archives of a
paper weigh alike. The parts are the set's own, so seeds are those of weights and order;
the linear model, which has a seed of its order of rows alone, is run once. A finished
run is not repeated, an interrupted one goes on; its row is appended to
results/distributions.csv.

To fit in 100 minutes on two cores: titles are cut at 32 tokens, abstracts, and titles
with abstracts, at 128; the tuned encoder has two epochs, and no row is left out. A
frozen encoder reads each part once for all seeds (features are kept), then trains a
layer of 256 ReLU and the last one for up to 20 epochs.
"""

import argparse
import csv
import json
import shlex
import time
from pathlib import Path

from real_data import RESULTS, SEED, append, minilm, run

ARCHIVES = ("cs", "econ", "eess", "math", "physics", "q-bio", "q-fin", "stat")
# All archives of physics but `physics` itself.
PHYSICS = (
    *("astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th"),
    *("math-ph", "nlin", "nucl-ex", "nucl-th", "quant-ph"),
)
PARTS = {"train": "train", "valid": "dev", "test": "test"}
READ = {"title": ("title",), "abstract": ("abstract",), "both": ("title", "abstract")}
MAX_TOKENS = {"title": 32, "abstract": 128, "both": 128}
MINILM = "--checkpoint {minilm} --set model.pooling=mean --max-tokens {max_tokens}"
MODELS = {
    "linear": "--model linear",
    "frozen": f"{MINILM} --set train.freeze_encoder=true --set model.mlp_dim=256"
    " --learning-rate 0.001 --batch-size 32",
    "tuned": f"{MINILM} --epochs 2 --learning-rate 2e-4 --batch-size 32",
}


def main():
    """Runs what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--read", nargs="+", choices=list(READ), default=list(READ))
    parser.add_argument(
        "--models", nargs="+", choices=list(MODELS), default=list(MODELS)
    )
    given = parser.parse_args()
    write_parts(given.data / "arxiv_multilabel", given.runs)
    for model in given.models:
        for read in given.read:
            for seed in range(SEED, SEED + (1 if model == "linear" else given.seeds)):
                out = given.runs / f"{model}-{read}-{seed}"
                found = {} if model == "linear" else {"minilm": minilm()}
                run(fit_command(model, read, given.runs, found, seed), out)
                shown = {name: name.upper() for name in found}
                told = fit_command(model, read, Path("RUNS"), shown, seed)
                record(model, read, seed, " ".join(told), out)


def archive(category: str) -> str:
    """Returns the archive of a category, such as `cs` of `cs.CV`."""
    name = category.partition(".")[0]
    name = "physics" if name in PHYSICS else name
    if name not in ARCHIVES:
        raise SystemExit(f"{category} is in none of {', '.join(ARCHIVES)}.")
    return name


def write_parts(source: Path, runs: Path):
    """Writes each part with the archives of its papers, once."""
    runs.mkdir(parents=True, exist_ok=True)
    for option, part in PARTS.items():
        target = runs / f"{option}.jsonl"
        if target.is_file():
            continue
        with open(source / f"{part}.jsonl", encoding="utf-8") as file:
            rows = [as_shares(json.loads(line)) for line in file]
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        target.write_text("".join(lines), "utf-8")


def as_shares(paper: dict) -> dict:
    """Returns a paper with the share of each of its archives."""
    archives = sorted({archive(category) for category in paper["labels"]})
    return {
        "title": paper["title"],
        "abstract": paper["content"],
        "labels": {name: 1 / len(archives) for name in archives},
    }


def fit_command(model: str, read: str, runs: Path, found: dict, seed: int) -> list[str]:
    """Returns the words of a run's command, but for where it writes."""
    options = MODELS[model].format(max_tokens=MAX_TOKENS[read], **found)
    files = [w for one in PARTS for w in (f"--{one}", str(runs / f"{one}.jsonl"))]
    texts = [word for column in READ[read] for word in ("--text", column)]
    task = ["--task", "distribution", "--seed", str(seed)]
    baseline = [] if model == "linear" else ["--set", "train.baseline=false"]
    words = [*files, *texts, *task, *shlex.split(options), *baseline]
    return ["kerascls", "fit", *words]


def record(model: str, read: str, seed: int, command: str, out: Path):
    """Appends a finished run to the results, once."""
    facts = json.loads((out / "run.json").read_text("utf-8"))
    row = {
        "model": model,
        "read": read,
        "seed": seed,
        "command": command,
        "minutes": facts["minutes"],
        "best_epoch": facts["best_epoch"],
    }
    with open(out / "distances.csv", encoding="utf-8-sig", newline="") as file:
        for one in csv.DictReader(file):
            row[one["measure"]] = one["classifier"]
            row[f"{one['measure']}_of_mean"] = one["training_mean"]
            if one["measure"] == "kl":
                row["kl_difference_low"] = one["difference_low"]
                row["kl_difference_high"] = one["difference_high"]
    with open(out / "masses.csv", encoding="utf-8-sig", newline="") as file:
        for one in csv.DictReader(file):
            row[f"labels_{one['mass']}"] = one["labels"]
            row[f"missed_{one['mass']}"] = one["missed_mass"]
            row[f"missed_top_{one['mass']}"] = one["missed_top"]
    row["day"] = time.strftime("%Y-%m-%d")
    append(RESULTS / "distributions.csv", [row], key=("model", "read", "seed"))


if __name__ == "__main__":
    main()
