"""Speed is measured in a process of its own, with the bundle's own runtime."""

import json
import shutil
import sys
from itertools import pairwise
from types import SimpleNamespace

import pytest

from kerascls.evaluation.leaderboard import Speed
from kerascls.experiments.comparison import speed
from kerascls.experiments.comparison.speed import measure_speed

TEXTS = [("足球 🙂 \udc80",), ("新车",), ("学校",)]


@pytest.mark.slow
def test_a_linear_bundle_has_a_speed(linear_run):
    found = measure_speed(linear_run.out / "bundle", TEXTS)
    assert isinstance(found, Speed)
    assert found.texts_per_s > 100
    assert (found.runtime, found.device) == ("linear", "cpu")


def test_a_bundle_that_cannot_be_read_has_none_and_says_why(linear_run, tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(linear_run.out / "bundle", bundle)
    (bundle / "labels.json").write_text("{}")
    why = measure_speed(bundle, TEXTS)
    assert "Expected the files of the manifest" in why


@pytest.fixture
def child(monkeypatch):
    """What the process is given, in place of starting one."""
    given = {}

    def run(command, input, **options):
        given.update(texts=json.loads(input), command=command, **options)
        facts = {"texts_per_s": 1, "runtime": "a", "device": "b"}
        said = f"what Keras says\n{json.dumps(facts)}\n"
        return SimpleNamespace(returncode=0, stdout=said, stderr="")

    monkeypatch.setattr(speed.subprocess, "run", run)
    return given


def test_of_many_texts_evenly_spaced_ones_are_labelled(child, tmp_path):
    measure_speed(tmp_path, [(str(n),) for n in range(10_000)])
    places = [int(text) for [text] in child["texts"]]
    assert len(places) == speed.MAX_TEXTS
    assert (places[0], places[-1]) == (0, 9999)
    assert max(b - a for a, b in pairwise(places)) <= 20


def test_the_process_finds_this_package_first(child, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "other")
    measure_speed(tmp_path, TEXTS)
    assert child["env"]["PYTHONPATH"].endswith("other")
    assert child["command"][:2] == [sys.executable, "-m"]


def test_the_device_of_keras_is_what_computes(predictor, monkeypatch):
    monkeypatch.setattr(speed, "LEAST_S", 0.01)
    facts = speed._measured(predictor.bundle.path, [("足球",), ("新车",)])
    assert facts["runtime"] == "keras" and facts["texts_per_s"] > 0
    assert "float32" in facts["device"]
