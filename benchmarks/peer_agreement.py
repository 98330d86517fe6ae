"""Checks that every peer computes the same from the same weights.

    python benchmarks/peer_agreement.py --envs ENVS --data DATA --runs RUNS

The last hidden states of rows of 64, 50, 19 and 5 tokens are compared with ours where
there is no padding. The largest differences are written to results/peers.csv anew.
"""

import argparse
import re
import sys
import time
from pathlib import Path

import numpy as np
from real_data import RESULTS, append
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
    rows = []
    for model in MODELS:
        folder = checkpoint(place, model)
        inputs = make_inputs(place.runs / "inputs.npz")
        ours, _ = hidden(place, Peer(OURS), folder, inputs)
        for name, peer in PEERS.items():
            found, answer = hidden(place, peer, folder, inputs)
            rows.append(
                {
                    "peer": name,
                    "model": model,
                    **difference(ours, found, answer),
                    "versions": answer.get("versions", ""),
                    "command": command_line("peer_agreement.py", place, sys.argv[1:]),
                    "day": time.strftime("%Y-%m-%d"),
                }
            )
            print(rows[-1], flush=True)
    path = arguments.results or RESULTS / "peers.csv"
    path.unlink(missing_ok=True)
    append(path, rows)


def make_inputs(path: Path) -> Path:
    """Writes rows of several lengths, all of one segment."""
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
