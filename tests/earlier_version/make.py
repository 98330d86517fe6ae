"""Writes what an earlier version leaves: a finished run, an interrupted one.

The files here are those of commit cbc010e, 2026-11-29, made from its checkout by

    python make.py /tmp/earlier

and never made anew: `tests/test_earlier_version.py` reads them with today's code.
In run.json the name of that folder is FOLDER.
"""

import csv
import json
import os
import shutil
import sys
from pathlib import Path

import keras
import numpy as np

import kerascls

WORDS = {
    "体育": ("足球", "球队", "比赛"),
    "汽车": ("新车", "轿车", "引擎"),
    "a|b": ("书", "课"),
}
TEXTS = ("球队 的 比赛", "新车 wins", "书 足球", "", "引擎 🚗 课")
OPTIONS = {
    "model": "bert",
    "epochs": 4,
    "batch_size": 4,
    "learning_rate": 1e-2,
    "max_tokens": 12,
    "quiet": True,
    "cache": False,
}


class Stop(keras.callbacks.Callback):
    """Ends a training like Ctrl-C."""

    def on_train_batch_end(self, batch, logs=None):
        """Interrupts in the third epoch."""
        if int(self.model.optimizer.iterations) == 16:
            raise KeyboardInterrupt


def write_checkpoint(folder: Path):
    """A random BERT of one layer with a vocabulary of these characters."""
    from safetensors.numpy import save_file

    letters = sorted({c for words in WORDS.values() for word in words for c in word})
    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, "w", "##ins"]
    config = {
        "model_type": "bert",
        "vocab_size": len(vocab),
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "max_position_embeddings": 16,
        "type_vocab_size": 2,
        "layer_norm_eps": 1e-12,
    }
    draw, dim = np.random.default_rng(0), 8
    shapes = {
        "embeddings.word_embeddings.weight": (len(vocab), dim),
        "embeddings.position_embeddings.weight": (16, dim),
        "embeddings.token_type_embeddings.weight": (2, dim),
        "embeddings.LayerNorm.weight": (dim,),
        "embeddings.LayerNorm.bias": (dim,),
    }
    layer = "encoder.layer.0."
    for name in ("query", "key", "value"):
        shapes[f"{layer}attention.self.{name}.weight"] = (dim, dim)
        shapes[f"{layer}attention.self.{name}.bias"] = (dim,)
    dense = {
        "attention.output": (dim, dim),
        "intermediate": (16, dim),
        "output": (dim, 16),
    }
    for name, shape in dense.items():
        shapes[f"{layer}{name}.dense.weight"] = shape
        shapes[f"{layer}{name}.dense.bias"] = shape[:1]
    for name in ("attention.output", "output"):
        shapes[f"{layer}{name}.LayerNorm.weight"] = (dim,)
        shapes[f"{layer}{name}.LayerNorm.bias"] = (dim,)
    arrays = {}
    for name, shape in shapes.items():
        mean = float("LayerNorm.weight" in name)
        arrays[name] = draw.normal(mean, 0.2, shape).astype(np.float32)
    folder.mkdir(parents=True)
    save_file(arrays, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "vocab.txt").write_text("\n".join(vocab) + "\n", "utf-8")


def write_data(folder: Path) -> dict[str, str]:
    """Labelled text of three labels."""
    draw = np.random.default_rng(1)
    names = list(WORDS)
    files = {}
    for part, rows in {"train": 32, "valid": 12, "test": 12}.items():
        files[part] = str(folder / f"{part}.csv")
        with open(files[part], "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(("text", "labels"))
            for row in range(rows):
                chosen = [names[row % 3]] + ([names[0]] if row % 5 == 0 else [])
                text = " ".join(str(draw.choice(WORDS[name])) for name in chosen)
                cell = "|".join(n.replace("|", "\\|") for n in dict.fromkeys(chosen))
                out.writerow((text, cell))
    return files


def main(folder: Path):
    """Writes everything."""
    write_checkpoint(folder / "checkpoint")
    options = OPTIONS | write_data(folder) | {"checkpoint": str(folder / "checkpoint")}
    kerascls.fit(out=folder / "finished", **options)
    try:
        kerascls.fit(
            out=folder / "interrupted", save_steps=5, callbacks=[Stop()], **options
        )
    except KeyboardInterrupt:
        shutil.rmtree(folder / "interrupted" / "bundle", ignore_errors=True)
    kerascls.export(folder / "finished", input=options["test"])
    predictor = kerascls.Predictor.load(folder / "finished", runtime="keras")
    found = {
        "texts": TEXTS,
        "labels": [list(one.labels) for one in predictor.predict(TEXTS)],
        "probabilities": predictor.predict_proba(TEXTS).tolist(),
    }
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", "utf-8")
    for run in ("finished", "interrupted"):
        shutil.rmtree(folder / run / "plots", ignore_errors=True)
        for name in ("report.html", "log.txt", "report.md", "report.csv", "errors.csv"):
            (folder / run / name).unlink(missing_ok=True)
        place = folder / run / "run.json"
        facts = json.loads(place.read_text("utf-8")) | {"command": "kerascls fit"}
        text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
        place.write_text(text.replace(str(folder), "FOLDER"), "utf-8")


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    main(Path(sys.argv[1]).resolve())
