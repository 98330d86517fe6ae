"""How many texts a bundle labels in a second, in a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.errors import KerasclsError
from kerascls.evaluation.leaderboard import Speed
from kerascls.inference.bundle import Bundle, open_bundle
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes import RUNTIMES, preferred_runtime

MAX_TEXTS = 512
# A fast model labels all texts several times; what counts is the fastest time.
LEAST_S = 2.0
_MODULE = "kerascls.experiments.comparison.speed"


def measure_speed(bundle: Path, texts: Sequence[tuple[str, ...]]) -> Speed | str:
    """Returns the speed of a bundle on some of the texts, or why there is none.

    Nothing else runs in the process, which begins for it, labels all texts once, for
    what is compiled or allocated on the first call, and is timed then: from texts to
    probabilities, on all cores, with the runtime that `Predictor.load` takes.

    Args:
        bundle: Its directory.
        texts: Those of the test part; of many, `MAX_TEXTS` evenly spaced ones.
    """
    places = np.linspace(0, len(texts) - 1, min(len(texts), MAX_TEXTS)).astype(int)
    some = [texts[place] for place in places.tolist()]
    package = Path(__file__).resolve().parents[3]
    paths = (str(package), os.environ.get("PYTHONPATH", ""))
    done = subprocess.run(
        [sys.executable, "-m", _MODULE, str(bundle)],
        input=json.dumps(some),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
    )
    if done.returncode:
        return (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
    return Speed(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measures the bundle named on the command line with texts of standard input."""
    texts = [tuple(fields) for fields in json.loads(sys.stdin.buffer.read())]
    try:
        facts = _measured(Path(sys.argv[1]), texts)
    except KerasclsError as error:
        sys.exit(" ".join(str(error).split()))
    sys.stdout.write(f"\n{json.dumps(facts)}\n")


def _measured(path: Path, texts: list[tuple[str, ...]]) -> dict[str, Any]:
    bundle = open_bundle(path)
    runtime = preferred_runtime(bundle)
    predictor = Predictor(bundle, runtime)
    predictor.predict_proba(texts)
    seconds: list[float] = []
    while sum(seconds) < LEAST_S:
        started_s = time.perf_counter()
        predictor.predict_proba(texts)
        seconds.append(time.perf_counter() - started_s)
    return {
        "texts_per_s": len(texts) / min(seconds),
        "runtime": runtime,
        "device": _device(bundle, runtime),
    }


def _device(bundle: Bundle, runtime: str) -> str:
    if not RUNTIMES[runtime].needs_keras:
        return "cpu"
    from kerascls.inference.runtimes.keras_runtime import compute_of

    return str(compute_of(bundle))


if __name__ == "__main__":
    main()
