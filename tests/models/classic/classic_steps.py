"""Trains a classic model on one batch: the same on any backend."""

import json
import sys
from pathlib import Path

import keras

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tiny_classics import lively_classic, tiny_classic
from tiny_models import tiny_batch, tiny_feed

from kerascls.models.backend.forward import forward
from kerascls.training.feeds import fit_input
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.optimizers.fine_tuning import adamw

LENGTHS = (2, 9, 4, 4, 1, 9, 4, 4, 1, 9)
TASKS = {
    "multiclass": [("abc"[row % 3],) for row in range(len(LENGTHS))],
    "multilabel": [("a", "b", "c")[: row % 4] for row in range(len(LENGTHS))],
}


def feed_of(task: str):
    """Returns the batch that is learned: some of the tokens, padding in each row."""
    return tiny_feed(LENGTHS, TASKS[task], batch_size=len(LENGTHS), buckets=(12,))


def trained(
    name: str,
    task: str,
    epochs: int,
    steps: int = 1,
    lively: bool = False,
    lazy: bool = False,
):
    """Returns the model and its mean loss in each epoch, on one batch."""
    model = (lively_classic if lively else tiny_classic)(name)
    for key, table in model.weights_by_name().items():
        if key.endswith("word_embeddings"):
            table.lazy_rows = lazy  # as a large one is
    feed = feed_of(task)
    optimizer = adamw(model.trainable_variables, 0.02, total_steps=2 * epochs * steps)
    compiled = keras.backend.backend() == "jax"
    model.compile(optimizer, loss_for(task), jit_compile=compiled)
    fit = {"steps_per_epoch": steps, "epochs": epochs, "shuffle": False, "verbose": 0}
    return model, model.fit(fit_input(feed, seed=1), **fit).history["loss"]


def told(name: str) -> dict[str, list]:
    """Returns logits, and losses in three steps of either task."""
    logits = forward(lively_classic(name))(tiny_batch((9, 4, 1), num_tokens=12))
    losses = {task: trained(name, task, epochs=3, lively=True)[1] for task in TASKS}
    lazy = trained(name, "multiclass", epochs=3, lively=True, lazy=True)[1]
    return {"logits": logits.tolist(), "lazy": lazy, **losses}


if __name__ == "__main__":
    result = {name: told(name) for name in sys.argv[1:]}
    result["backend"] = keras.backend.backend()
    sys.stdout.write(json.dumps(result) + "\n")
