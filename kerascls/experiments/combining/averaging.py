"""Weights of several runs of one model, averaged; and which runs that is for.

References:
    - Wortsman et al. 2022, Model soups: averaging weights of multiple fine-tuned models
      improves accuracy without increasing inference time (uniform and greedy soup).
    - Neyshabur, Sedghi, Zhang 2020, What is being transferred in transfer learning?:
      runs from one pretrained checkpoint stay in one basin of the loss, runs from
      different random weights do not, and their mean is no model at all.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from kerascls.errors import SettingsError
from kerascls.experiments.combining.candidates import Candidate
from kerascls.inference.bundle import ENCODER, MANIFEST, WEIGHTS, Bundle
from kerascls.inference.bundle.files import read_json


def average(bundles: Sequence[Bundle]) -> dict[str, np.ndarray]:
    """Returns the mean of the weights of bundles, by name, float32.

    Args:
        bundles: Of one architecture, see `check_alike`.
    """
    total: dict[str, np.ndarray] = {}
    for bundle in bundles:  # one at a time, for they may be large
        for name, array in load_file(bundle.path / WEIGHTS).items():
            wide = array.astype(np.float64)
            total[name] = total[name] + wide if name in total else wide
    return {
        name: (array / len(bundles)).astype(np.float32) for name, array in total.items()
    }


def check_alike(candidates: Sequence[Candidate]) -> None:
    """Checks that the mean of the weights of runs is a model.

    Raises:
        SettingsError: Naming a run for which it is not, and why.
    """
    first = candidates[0]
    for one in candidates:
        if why := _alone(one) or _other(first, one):
            raise SettingsError(
                f"Expected runs of one model, from one start, whose weights have a "
                f"mean that means something. Received: {one.name!r}, {why}. Leave it "
                f"out, or make one classifier of their probabilities: `kerascls "
                f"ensemble`."
            )


def _alone(one: Candidate) -> str:
    """Returns why a run can be averaged with none; "" where it can."""
    if one.bundle.runtime != "keras":
        return f"a {one.bundle.runtime} model"
    if not one.is_run:
        return "a bundle without the run.json that tells from what it started"
    return ""


def _other(first: Candidate, one: Candidate) -> str:
    """Returns in what a run differs from the first; "" for in nothing."""
    ours, theirs = one.bundle, first.bundle
    if ours.read(ENCODER) != theirs.read(ENCODER):
        return f"another architecture than {first.name!r}"
    if _vocabulary(ours) != _vocabulary(theirs):
        return f"another vocabulary than {first.name!r}"
    if ours.label_set != theirs.label_set:
        return f"its labels in another order than {first.name!r}"
    spec = theirs.input_spec
    alike = replace(
        ours.input_spec,
        text_columns=spec.text_columns,
        label_column=spec.label_column,
    )
    if alike != spec:
        return f"texts cut or joined in another way than {first.name!r}"
    if (started := _start(one)) != (start := _start(first)):
        return f"started from {started}, {first.name!r} from {start}"
    return ""


def _vocabulary(bundle: Bundle) -> str:
    name = bundle.tokenizer_file.name
    return read_json(bundle.path / MANIFEST)["files"][name]["sha256"]


def _start(one: Candidate) -> str:
    """Returns what a run started from: pretrained weights, or random ones of a seed."""
    facts = one.facts
    model = facts.get("settings", {}).get("model", {})
    weights, stated = facts.get("weights"), model.get("checkpoint")
    if weights is None:
        vectors = model.get("word_vectors")
        beside = "" if vectors is None else f" and the word vectors {vectors}"
        return f"random weights of seed {facts.get('seed')}{beside}"
    path = Path(facts.get("directory", "."), stated or ".")
    return weights if stated is None or path.is_dir() else f"{path.name} in {weights}"
