"""Two devices learn what one does: the batch is shared, the mean is over all rows."""

import csv
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

PARTS = "accumulate_steps=2"
WINDOWS = ["max_tokens=6", "max_windows=3", "window_pooling=max"]
SCRIPT = Path(__file__).parent / "fit_on_devices.py"


@pytest.fixture(scope="module")
def still_checkpoint(tmp_path_factory):
    """A random ALBERT: without dropout, which each device draws for itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPT.parents[1] / "checkpoints"))
        from make_checkpoints import CASES, write_checkpoint
    case = CASES["albert_huggingface"]
    return write_checkpoint(
        replace(case, model=replace(case.model, num_layers=1)),
        tmp_path_factory.mktemp("still"),
    )


def curve(out: Path) -> np.ndarray:
    """Returns loss, validation loss and F1 of every row of the history."""
    with open(out / "history.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ("loss", "val_loss", "f1")
    return np.array([[float(row[c] or 0) for c in columns] for row in rows])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "options"),
    [
        ("tensorflow", ["batch_size=10"]),
        ("tensorflow", [PARTS, "batch_size=7", "ema_momentum=0.9", "fgm=0.1"]),
        ("tensorflow", [PARTS, "batch_size=7", *WINDOWS]),
        ("tensorflow", ["batch_size=10", "ema_momentum=0.9", "spared=1"]),
        ("jax", ["batch_size=10", "ema_momentum=0.9"]),
        ("jax", ["batch_size=10", *WINDOWS]),
    ],
    ids=[
        "tensorflow",
        "tensorflow with uneven parts, average and FGM",
        "tensorflow with windows",
        "tensorflow with few rows of the word embeddings",
        "jax",
        "jax with windows",
    ],
)
def test_two_devices_learn_what_one_does(
    backend, options, multilabel_files, still_checkpoint, tmp_path
):
    files = [multilabel_files["train"], multilabel_files["valid"]]
    subprocess.run(
        [sys.executable, SCRIPT, tmp_path, *files, still_checkpoint, *options],
        env={**os.environ, "KERAS_BACKEND": backend},
        check=True,
    )
    one, two = (curve(tmp_path / name) for name in "12")
    assert one[0, 0] > one[-1, 0], "it learns"
    # Keras weighs the losses of steps by their rows, those that only pad included.
    columns = slice(1 if PARTS in options else 0, None)
    np.testing.assert_allclose(two[:, columns], one[:, columns], atol=1e-4)
    weights = [load_file(tmp_path / n / "bundle/model.safetensors") for n in "12"]
    for name, array in weights[0].items():
        np.testing.assert_allclose(weights[1][name], array, atol=1e-3, err_msg=name)
