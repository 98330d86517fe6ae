"""Makes the environments of the peers, each from its pinned requirements.

    python benchmarks/peers/make.py --envs ENVS [--python python3.11] [PEER ...]

The requirements are complete, so that pip resolves nothing: bert4keras asks for a Keras
of which there is none for a current Python, and torch would bring gigabytes for
graphics cards. For torch's CPU build let pip find one first, for example with
PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL. bert4keras needs Python 3.11. An environment that
is complete is left alone. Ours is the interpreter that runs the benchmarks.

What does not run: bert4keras3 1.6.6 on Keras 3.15 with TensorFlow fails to build any
model; peer_agreement.py keeps its error. The timings leave it out.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = ("bert4keras", "bert4keras3", "fasttext", "keras_hub", "transformers")


def main():
    """Makes what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("peers", nargs="*", metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--envs", type=Path, required=True)
    parser.add_argument("--python", default=sys.executable)
    arguments = parser.parse_args()
    if unknown := set(arguments.peers) - set(PEERS):
        parser.error(f"Expected some of {', '.join(PEERS)}. Received: {unknown}.")
    for peer in arguments.peers or PEERS:
        make(arguments.envs / peer, HERE / f"{peer}.txt", arguments.python)


def make(environment: Path, requirements: Path, python: str):
    """Makes one environment, unless it has these requirements already."""
    copy = environment / requirements.name
    if copy.is_file() and copy.read_bytes() == requirements.read_bytes():
        return
    subprocess.run([python, "-m", "venv", str(environment)], check=True)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install"]
    options = ["--no-cache-dir", "--no-deps", "-r", str(requirements)]
    subprocess.run([*pip, *options], check=True)
    copy.write_bytes(requirements.read_bytes())


if __name__ == "__main__":
    main()
