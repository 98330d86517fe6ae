"""A real process, killed again and again, ends where an undisturbed one does."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = 20
COMMAND = [
    *(sys.executable, "-m", "kerascls", "fit", "--model", "electra_small"),
    *("--from-scratch", "--max-tokens", "16", "--batch-size", "4", "--epochs", "2"),
    *("--set", "train.save_steps=1", "--set", "train.validate_steps=30"),
]


def newest_step(out: Path) -> int:
    names = [place.name for place in out.glob("state/step-*")]
    return max((int(name.partition("-")[2]) for name in names), default=0)


def kill_at_a_random_moment(process, out: Path, moments: random.Random):
    """Kills a training some time after it has written its first state."""
    before, end = newest_step(out), time.monotonic() + 300
    while newest_step(out) <= before and time.monotonic() < end:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    time.sleep(moments.uniform(0, 1.0))
    process.kill()
    process.communicate()


@pytest.mark.slow
def test_a_process_killed_twenty_times_ends_where_an_undisturbed_one_does(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    subprocess.run([*COMMAND, "--out", whole], check=True, capture_output=True)
    moments, steps, unfinished = random.Random(0), [], 0
    for kill in range(KILLS):
        command = [*COMMAND, "--out", cut, *(["--resume"] if kill else [])]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        kill_at_a_random_moment(process, cut, moments)
        steps.append(newest_step(cut))
        unfinished += any(cut.glob("state/.*"))
    assert steps == sorted(set(steps)), "every process came further than the last"
    assert unfinished, "some were killed while they wrote a state"
    last = [*COMMAND[:4], "--resume", "--out", cut]  # the settings are known
    subprocess.run(last, check=True, capture_output=True)
    for name in ("history.csv", "report.json", "bundle/model.safetensors"):
        assert (cut / name).read_bytes() == (whole / name).read_bytes(), name
    facts = json.loads((cut / "run.json").read_text("utf-8"))
    assert facts["status"] == "done"
    assert not (cut / "state").exists()
