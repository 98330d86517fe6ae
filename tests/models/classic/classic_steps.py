"""Trains a classic model on one batch: the same on any backend."""

import json
import sys
from pathlib import Path

import keras
import numpy as np

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import tiny_classic
from tiny_models import random_weights, tiny_batch, tiny_feed

from kerascls.models.backend.forward import forward
from kerascls.training.feeds import fit_input
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.optimizers.fine_tuning import adamw

LENGTHS = (2, 9, 4, 4, 1, 9, 4, 4, 1, 9)
TASKS = {
    "multiclass": [("abc"[row % 3],) for row in range(len(LENGTHS))],
    "multilabel": [("a", "b", "c")[: row % 4] for row in range(len(LENGTHS))],
}


def trained(name: str, task: str, steps: int, fixed: bool = False):
    """Returns the model and its loss in every step."""
    model = tiny_classic(name)
    if fixed:
        model.load_named_weights(random_weights(model.weights_by_name()))
    feed = tiny_feed(LENGTHS, TASKS[task], batch_size=len(LENGTHS), buckets=(12,))
    optimizer = adamw(model.trainable_variables, 0.02, total_steps=2 * steps)
    model.compile(
        optimizer, loss_for(task), jit_compile=keras.backend.backend() == "jax"
    )
    history = model.fit(
        fit_input(feed, seed=1),
        steps_per_epoch=1,
        epochs=steps,
        shuffle=False,
        verbose=0,
    ).history
    return model, history["loss"]


if __name__ == "__main__":
    model = tiny_classic(sys.argv[1])
    model.load_named_weights(random_weights(model.weights_by_name()))
    batch = tiny_batch((9, 4, 1), num_tokens=12)
    result = {
        "backend": keras.backend.backend(),
        "logits": np.asarray(forward(model)(batch)).tolist(),
    }
    for task in TASKS:
        result[task] = trained(sys.argv[1], task, steps=3, fixed=True)[1]
    sys.stdout.write(json.dumps(result) + "\n")
