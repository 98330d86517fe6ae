"""Checks that every peer computes the same from the same weights.

    python benchmarks/peer_agreement.py --envs ENVS --data DATA --runs RUNS

The last hidden states of rows of 64, 50, 19 and 5 tokens are compared with ours where
there is no padding. The largest differences are appended to results/peers.csv, once.
"""

import argparse
import re
import sys
from functools import cache
from pathlib import Path

import numpy as np
from real_data import RESULTS
from side_by_side import (
    MODELS,
    OURS,
    SEED,
    Peer,
    PeerFailure,
    Place,
    Row,
    add_place,
    checkpoint,
    command_line,
    measure_missing,
    place_of,
    run_peer,
)

ALLOWED = 1e-4
PEERS = {
    "bert4keras": Peer("bert4keras"),
    "bert4keras3": Peer("bert4keras3", {"package": "bert4keras3"}),
    "KerasHub": Peer("keras_hub"),
    "KerasHub, exact GELU": Peer("keras_hub", {"erf": True}),
    "transformers": Peer("transformers"),
}


def main():
    """Compares all peers on all models."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_place(parser)
    arguments = parser.parse_args()
    place = place_of(arguments)
    inputs = make_inputs(place.runs / "inputs.npz")
    ours = cache(
        lambda model: hidden(place, Peer(OURS), checkpoint(place, model), inputs)
    )

    def measure(case: Row) -> Row:
        expected, answer = ours(case["model"])
        if expected is None:
            raise PeerFailure(answer["error"])
        folder = checkpoint(place, case["model"])
        found, answer = hidden(place, PEERS[case["peer"]], folder, inputs)
        versions = {"versions": answer.get("versions", "")}
        return difference(expected, found, answer) | versions

    failed = measure_missing(
        arguments.results or RESULTS / "peers.csv",
        [{"peer": peer, "model": model} for model in MODELS for peer in PEERS],
        measure,
        command_line("peer_agreement.py", place, sys.argv[1:]),
    )
    sys.exit(min(failed, 1))


def make_inputs(path: Path) -> Path:
    """Writes rows of several lengths, all of one segment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lengths = np.array([64, 50, 19, 5])[:, None]
    mask = (np.arange(64) < lengths).astype(np.int32)
    ids = np.random.default_rng(SEED).integers(5, 21128, mask.shape)
    token_ids = (ids * mask).astype(np.int32)
    segment_ids = np.zeros_like(token_ids)
    np.savez(path, token_ids=token_ids, segment_ids=segment_ids, padding_mask=mask)
    return path


def hidden(
    place: Place, peer: Peer, folder: Path, inputs: Path
) -> tuple[np.ndarray | None, dict]:
    """Returns the hidden states without padding, or None and why there are none."""
    outputs = place.runs / "outputs.npz"
    paths = {"folder": folder, "inputs": inputs, "outputs": outputs}
    job = {name: str(path) for name, path in paths.items()}
    try:
        answer = run_peer(place, peer, "hidden", **job)
    except PeerFailure as failure:
        return None, {"error": str(failure)}
    with np.load(outputs) as arrays, np.load(inputs) as given:
        return arrays["hidden"][given["padding_mask"] == 1], answer


def difference(ours: np.ndarray, found: np.ndarray | None, answer: dict) -> Row:
    """Returns the largest difference, and whether it is small enough."""
    if found is None:
        lines = answer["error"].strip().splitlines()
        errors = [line for line in lines if re.match(r"[\w.]*Error: ", line)]
        error = (errors or lines)[-1]
        return {"difference": "", "agrees": False, "error": error[:200]}
    apart = float(np.abs(ours - found).max())
    return {"difference": f"{apart:.1e}", "agrees": apart <= ALLOWED, "error": ""}


if __name__ == "__main__":
    main()
