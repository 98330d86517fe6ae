"""What transformers makes of directories: ids of texts, and hidden states.

    python read_with_transformers.py DIRECTORY...

writes `read.npz` into each: `ids/N` of each of `TEXTS`, and of the first two, as a
padded batch through tokenizer and model, `hidden`, the attention `mask` and, where the
model has a pooler, `pooled`.
"""

import sys
from pathlib import Path

import numpy as np

TEXTS = [
    "中国足球队 wins a goal！",
    "军事演习",
    "THE new cars café",
    "人大",
    "𠀀 zzz ？",
]


def read(directory: Path) -> dict[str, np.ndarray]:
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(directory)
    model, loaded = AutoModel.from_pretrained(
        directory, attn_implementation="eager", output_loading_info=True
    )
    missing = [name for name in loaded["missing_keys"] if "pooler" not in name]
    if missing or loaded["unexpected_keys"] or loaded["mismatched_keys"]:
        raise RuntimeError(f"{directory}: {loaded}")
    arrays = {
        f"ids/{index}": np.array(tokenizer(text)["input_ids"])
        for index, text in enumerate(TEXTS)
    }
    batch = tokenizer(TEXTS[:2], TEXTS[2:4], padding=True, return_tensors="pt")
    with torch.no_grad():
        outputs = model.eval()(**batch)
    arrays |= {name: value.numpy() for name, value in batch.items()}
    arrays["hidden"] = outputs.last_hidden_state.numpy()
    if "pooler_output" in outputs and not loaded["missing_keys"]:
        arrays["pooled"] = outputs.pooler_output.numpy()
    return arrays


if __name__ == "__main__":
    for name in sys.argv[1:]:
        np.savez(Path(name, "read.npz"), **read(Path(name)))
