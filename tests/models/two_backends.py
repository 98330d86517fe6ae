"""Trains two steps, calls all heads, writes the numbers: the same on any backend."""

import json
import sys
from pathlib import Path

import keras
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from tiny_models import random_weights, tiny_batch, tiny_classifier, tiny_feed

from kerascls.models.heads import ClassificationHead
from kerascls.models.registry import POOLINGS
from kerascls.training.feeds import fit_input
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.optimizers.fine_tuning import adamw

LENGTHS = (2, 9, 4, 4, 0, 9, 4, 4, 1, 9)
LABELS = {
    "multiclass": [("abc"[row % 3],) for row in range(len(LENGTHS))],
    "multilabel": [("a", "b", "c")[: row % 4] for row in range(len(LENGTHS))],
}
MODELS = {
    "multiclass": {"family": "electra", "pooling": "cls"},
    "multilabel": {
        "family": "albert",
        "pooling": "mean",
        "num_layers": 1,
        "window_pooling": "attention",
    },
}
WINDOWS = {
    "multiclass": {},
    "multilabel": {"max_tokens": 6, "max_windows": 2, "window_overlap": 1},
}


def losses(task: str, jit_compile: bool) -> list[float]:
    """Returns the loss before, between and after two steps on one batch.

    Shapes are fixed, with padded rows, windows and tokens; there is no dropout.
    """
    model = tiny_classifier(**MODELS[task])
    model.load_named_weights(random_weights(model.weights_by_name()))
    fixed = {"batch_size": len(LENGTHS) + 2, "buckets": (12,)}
    feed = tiny_feed(LENGTHS, LABELS[task], **fixed, **WINDOWS[task])
    optimizer = adamw(model.trainable_variables, 0.01, total_steps=3)
    model.compile(optimizer, loss_for(task), jit_compile=jit_compile)
    # An epoch of one step, so that its loss is that of the step.
    fit = {"steps_per_epoch": 1, "epochs": 3, "shuffle": False, "verbose": 0}
    return model.fit(fit_input(feed, seed=1), **fit).history["loss"]


def logits_of_heads() -> dict[str, list[list[float]]]:
    """Returns logits of every pooling, of a mix of two layers where it can be."""
    mask = tiny_batch()["padding_mask"]
    hidden = np.random.default_rng(0).standard_normal((*mask.shape, 8), np.float32)
    logits = {}
    for pooling in POOLINGS:
        mix_layers = 1 if pooling == "pooler" else 2
        head = ClassificationHead(
            3, 8 // mix_layers, pooling, mix_layers=mix_layers, mlp_dim=5
        )
        weights = random_weights(head.weights_by_name())
        for name, variable in head.weights_by_name().items():
            variable.assign(weights[name])
        logits[pooling] = keras.ops.convert_to_numpy(head(hidden, mask)).tolist()
    return logits


if __name__ == "__main__":
    result = {
        "backend": keras.backend.backend(),
        "losses": losses(sys.argv[1], jit_compile=True),
        "logits": logits_of_heads(),
    }
    sys.stdout.write(json.dumps(result) + "\n")
