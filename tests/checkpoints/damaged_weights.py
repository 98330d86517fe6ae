"""Files of weights with damage: each is read whole, or refused with a CheckpointError.

    python tests/checkpoints/damaged_weights.py 200000 [SEED]

damages so many files and prints what came out, the most memory this process had and
the seconds it took. It stops where anything else than a CheckpointError is raised,
another file is written, or memory goes over 500 MB. The tests do a few of these.
"""

import collections
import io
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch_writer as writer
from safetensors.numpy import save_file

from kerascls.checkpoints.weight_files.formats import open_weights
from kerascls.errors import CheckpointError

MAX_MEGABYTES = 500
Damage = Callable[[bytes, random.Random], bytes]


def sound_files(folder: Path) -> dict[str, Path]:
    """Writes one small file of each form; returns them by the form's name."""
    tensors = {
        "bert.embeddings.word_embeddings.weight": np.ones((30, 4), "float32"),
        "bert.encoder.layer.0.output.dense.weight": np.ones((4, 4), "float16"),
        "bert.encoder.layer.0.output.dense.bias": np.ones(4, "float64"),
        "bert.embeddings.position_ids": np.arange(9),
    }
    save_file(tensors, folder / "sound.safetensors")
    writer.write_torch(folder / "zip.bin", tensors)
    writer.write_torch(folder / "old.bin", tensors, old=True)
    found = {
        "safetensors": folder / "sound.safetensors",
        "zip": folder / "zip.bin",
        "pickle in zip": folder / "zip.bin",
        "old": folder / "old.bin",
    }
    found |= _sound_hdf5(folder, tensors)
    return found


def _sound_hdf5(folder: Path, tensors: dict[str, np.ndarray]) -> dict[str, Path]:
    try:
        import h5py
    except ModuleNotFoundError:
        return {}
    with h5py.File(folder / "sound.h5", "w") as file:
        for name, value in tensors.items():
            file[f"bert/tf_model/{name.replace('.', '/')}:0"] = value
    return {"hdf5": folder / "sound.h5"}


def damage_bytes(content: bytes, chance: random.Random) -> bytes:
    """Returns content with some bytes changed, left out, doubled or put elsewhere."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place, target = (chance.randrange(len(changed) + 1) for _ in range(2))
        end = place + chance.choice((1, 1, 2, 4, 8, 60))
        part = changed[place:end]
        kind = chance.choice(("random", "alike", "out", "twice", "elsewhere", "end"))
        if kind == "random":
            changed[place:end] = chance.randbytes(len(part))
        elif kind == "alike":
            changed[place:end] = chance.choice((b"\0", b"\x7f", b"\xff")) * len(part)
        elif kind == "out":
            del changed[place:end]
        elif kind == "twice":
            changed[place:place] = part
        elif kind == "elsewhere":
            changed[target : target + len(part)] = part
        elif chance.random() < 0.3:
            del changed[place:]
    return bytes(changed) or b"\0"


def damage_pickle(content: bytes, chance: random.Random) -> bytes:
    """Returns an archive whose pickle is damaged and whose checksums are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        pickled = archive.read("archive/data.pkl")
    return writer.with_pickle(content, damage_bytes(pickled, chance))


def damage_of(form: str) -> Damage:
    """Returns what damages a file of that form."""
    return damage_pickle if form == "pickle in zip" else damage_bytes


def outcome(path: Path) -> str:
    """Returns what became of reading all that a file holds."""
    try:
        weights = open_weights(path)
        shapes = weights.shapes()
        for name in shapes.keys() - weights.unreadable().keys():
            if weights.read(name).shape != shapes[name]:
                raise RuntimeError(f"{name} is not of the shape {shapes[name]}")
    except CheckpointError:
        return "refused"
    return "read"


def main(executions: int, seed: int) -> None:
    """Damages files and says what came out."""
    start, counts = time.monotonic(), collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = {form: path.read_bytes() for form, path in sound_files(folder).items()}
        suffixes = {form: path.suffix for form, path in sound_files(folder).items()}
        workplace = folder / "damaged"
        workplace.mkdir()
        for number in range(executions):
            chance = random.Random(seed * 10**9 + number)
            form = chance.choice([*sound])
            path = workplace / f"weights{suffixes[form]}"
            content = damage_of(form)(sound[form], chance)
            path.write_bytes(content)
            (folder / "last").write_text(f"{form} {seed} {number}")
            counts[form, outcome(path)] += 1
            if path.read_bytes() != content or [*workplace.iterdir()] != [path]:
                raise RuntimeError(f"files were touched in execution {number}")
            path.unlink()
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            if megabytes > MAX_MEGABYTES:
                raise RuntimeError(f"{megabytes:.0f} MB in execution {number}")
    for (form, what), count in sorted(counts.items()):
        sys.stdout.write(f"{form:<14} {what:<8} {count:>8}\n")
    seconds = time.monotonic() - start
    sys.stdout.write(f"{executions} executions, {megabytes:.0f} MB, {seconds:.0f} s\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int((*sys.argv, "0")[2]))
