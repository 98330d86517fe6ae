"""Writes arrays as PyTorch does, in all forms; runs where PyTorch is.

python write_with_torch.py ARRAYS.npz FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import torch


def main(arrays: str, folder: Path) -> None:
    with np.load(arrays) as held:
        tensors = {name: torch.tensor(value) for name, value in held.items()}
    for dtype in ("float16", "bfloat16", "float32", "float64"):
        cast = {key: value.to(getattr(torch, dtype)) for key, value in tensors.items()}
        # What the numbers are after that, exactly.
        expected = {key: value.double().numpy() for key, value in cast.items()}
        np.savez(folder / f"{dtype}.npz", **expected)
        torch.save(cast, folder / f"zip-{dtype}.bin")
        torch.save(cast, folder / f"protocol-{dtype}.bin", pickle_protocol=4)
        old = {"_use_new_zipfile_serialization": False}
        torch.save(cast, folder / f"old-{dtype}.bin", **old)
        turned = {
            key: torch.nn.Parameter(value.t().contiguous().t())
            for key, value in cast.items()
        }
        torch.save(turned, folder / f"turned-{dtype}.pt")
        outer = {"epoch": 3, "model": cast, "optimizer": {"state": {0: tensors["a"]}}}
        torch.save({**outer, "shape": cast["a"].shape}, folder / f"outer-{dtype}.pth")
    torch.save(torch.nn.Linear(2, 2), folder / "module.bin")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
