"""What rate and dropout suit each classic model: short trainings, scored on validation.

    python benchmarks/rates.py --data DATA --runs RUNS [--models M ...]
        [--rates R ...] [--dropouts D ...] [--rows 20000] [--epochs 4]

Rows are drawn from the headlines' training part, scores are those of their validation
part after the best epoch; the test part is not read. All else is the preset's. A row
that is there is not measured again; rows are appended to results/rates.csv.
"""

import argparse
import itertools
import shutil
import subprocess
import sys
import time
from pathlib import Path

from real_data import RESULTS, SEED, append, epochs, write_drawn
from side_by_side import is_recorded
from zoo import LINEAR, MODELS

from kerascls.models.classic.config import CLASSICS

DATA = "thucnews_headlines"
NEURAL = tuple(model for model in MODELS if model != LINEAR)


def main():
    """Trains with what is not recorded yet."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--models", nargs="+", choices=NEURAL, default=NEURAL)
    parser.add_argument("--rates", nargs="+", type=float, default=(1e-3, 2e-3, 5e-3))
    parser.add_argument("--dropouts", nargs="+", type=float)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=4)
    given = parser.parse_args()
    drawn = given.runs / "rates" / f"{DATA}-{given.rows}.csv"
    write_drawn(given.data / DATA / "train.csv", drawn, given.rows, SEED)
    for model in given.models:
        dropouts = given.dropouts or [CLASSICS[model].dropout]
        for rate, dropout in itertools.product(given.rates, dropouts):
            measure(given, drawn, model, rate, dropout)


def measure(
    given: argparse.Namespace, drawn: Path, model: str, rate: float, dropout: float
):
    """Trains once and appends the scores of the validation part."""
    command = ["kerascls", "fit", "--train", str(drawn)]
    command += ["--valid", str(given.data / DATA / "dev.csv"), "--model", model]
    command += ["--learning-rate", str(rate), "--set", f"model.dropout={dropout}"]
    command += ["--epochs", str(given.epochs), "--max-tokens", "48"]
    command += ["--set", "train.baseline=false", "--seed", str(SEED)]
    told = " ".join(command).replace(str(given.data), "DATA")
    row = {"model": model, "learning_rate": rate, "dropout": dropout}
    row |= {"rows": given.rows, "epochs": given.epochs}
    if is_recorded(RESULTS / "rates.csv", row):
        return
    out = given.runs / "rates" / f"{model}-{rate}-{dropout}"
    begin = time.monotonic()
    words = [sys.executable, "-m", *command, "--quiet", "--overwrite"]
    subprocess.run([*words, "--out", str(out)], check=True)
    row["minutes"] = round((time.monotonic() - begin) / 60, 2)
    best = max(epochs(out), key=lambda epoch: float(epoch["val_macro_f1"]))
    row |= {"best_epoch": best["epoch"], "val_macro_f1": best["val_macro_f1"]}
    row |= {"command": told.replace(str(given.runs), "RUNS")}
    append(RESULTS / "rates.csv", [row | {"day": time.strftime("%Y-%m-%d")}])
    sys.stdout.write(f"{row}\n")
    shutil.rmtree(out)


if __name__ == "__main__":
    main()
