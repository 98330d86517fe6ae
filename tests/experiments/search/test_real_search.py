"""A search with trainings that are real, if tiny."""

import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

import kerascls
from kerascls.evaluation.reports.history import read_history
from kerascls.experiments.search.search import search
from kerascls.inference.predictor import Predictor

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def real(tmp_path_factory, multilabel_files, tiny_checkpoint):
    """A search over a tiny checkpoint; do not change its directory."""
    out = tmp_path_factory.mktemp("searches") / "real"
    options = {
        **multilabel_files,
        "checkpoint": tiny_checkpoint,
        "max_tokens": 16,
        "learning_rate": 1e-3,
        "epochs": 2,
        "trials": 8,
        "proxy_rows": 12,
        "out": out,
        "quiet": True,
    }
    return SimpleNamespace(result=search(**options), options=options, out=out)


def macro_f1(folder, epoch):
    (row,) = (
        row
        for row in read_history(folder / "history.csv")
        if (row["epoch"], row["class"]) == (str(epoch), "macro avg")
    )
    return float(row["f1"])


def test_every_score_is_that_of_the_history(real):
    assert len(real.result.trials) == 8
    for trial in real.result.trials:
        folder = real.out / "trials" / f"{trial.number:03}"
        assert trial.score == macro_f1(folder, trial.best_epoch)


def test_the_settings_change_what_is_learnt(real):
    assert len({trial.score for trial in real.result.trials[:6]}) > 1


def test_fit_with_the_best_settings_gives_the_score_that_was_found(real, tmp_path):
    settings = kerascls.RunSettings.read(real.result.config)
    run = kerascls.fit(settings, out=tmp_path / "fit", quiet=True)
    assert run.best_epoch == real.result.best.best_epoch
    assert macro_f1(run.out, run.best_epoch) == real.result.best.score
    assert run.report.scores.rows == 6  # the test part, which the search left aside


def test_the_best_trial_predicts(real):
    assert Predictor.load(real.result.bundle).predict("足球").scores


def test_it_can_be_called_again(real):
    assert search(**real.options) == real.result


def test_ctrl_c_ends_the_command_with_130_and_the_same_one_goes_on(
    multilabel_files, tiny_checkpoint, tmp_path
):
    table = tmp_path / "out" / "trials.csv"
    command = [sys.executable, "-m", "kerascls", "search", "--out", table.parent]
    for name, path in multilabel_files.items():
        command += [f"--{name}", path]
    command += ["--checkpoint", tiny_checkpoint, "--epochs", "2", "--max-tokens", "16"]
    with subprocess.Popen(
        [*command, "--trials", "100"], stderr=subprocess.PIPE, text=True
    ) as process:
        end = time.monotonic() + 300
        while not table.exists() and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(1)  # into the second trial
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=300)[1]
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    before = table.read_text("utf-8-sig").splitlines()
    number = str(len(before))  # with the header, one more than has ended
    done = subprocess.run([*command, "--trials", number], capture_output=True)
    after = table.read_text("utf-8-sig").splitlines()
    assert done.returncode == 0, done.stderr
    assert (after[: len(before)], len(after)) == (before, len(before) + 1)
