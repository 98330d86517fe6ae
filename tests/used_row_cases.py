"""Trains a tiny classifier with all word embeddings, or with those of its texts."""

import json
import sys

import keras
import numpy as np
from tiny_models import CLS, PAD, SEP, random_weights, tiny_classifier

from kerascls.data.labels import Task
from kerascls.models.backend.compute import POLICIES, Compute
from kerascls.settings.training import TrainSettings
from kerascls.training.build import compile_trainee
from kerascls.training.losses.cross_entropy import loss_for
from kerascls.training.optimizers.fine_tuning import averaged_weights
from kerascls.training.used_rows import UsedRowsModel

# 5 is of valid alone.
USED = (PAD, CLS, SEP, 5, 7, 8, 20, 39)
NUM_UPDATES = 4
STRONG = {"learning_rate": 0.1, "warmup_share": 0.0, "weight_decay": 0.5}


def steps(num_pieces=1):
    """Yields pieces of batches in which ids come twice, once, or not at all."""
    random = np.random.default_rng(3)
    for _ in range(NUM_UPDATES):
        rows = random.choice(USED[4:], size=(4, 6)).astype(np.int32)
        rows[:, 0], rows[:, 4] = CLS, SEP
        mask = np.ones_like(rows)
        mask[:, 5] = rows[:, 5] = PAD
        targets = np.eye(3, dtype=np.float32)[random.integers(0, 3, 4)]
        for piece in np.split(np.arange(4), num_pieces):
            inputs = {"token_ids": rows[piece], "segment_ids": 0 * rows[piece]}
            inputs |= {"padding_mask": mask[piece]}
            weights = np.full(len(piece), num_pieces / 4, np.float32)
            yield inputs, targets[piece], weights


def start(family="bert", **changes):
    """Returns the classifier that every training here begins with."""
    model = tiny_classifier(num_layers=1, family=family, **changes)
    model.load_named_weights(random_weights(model.weights_by_name()))
    return model


def compiled(model, train, precision="float32"):
    """Returns what `fit` would be called on."""
    backend = keras.backend.backend()
    compute = Compute(backend, "cpu", precision, backend == "jax")
    names = model.weights_by_name()
    return compile_trainee(
        *(model, names, train, Task.MULTICLASS, loss_for(Task.MULTICLASS)),
        *(compute, NUM_UPDATES + 1),
    )


def learned(in_part, precision="float32", family="bert", **settings):
    """Returns all weights after some updates, by name; their averages, if kept.

    Args:
        in_part: Whether only the rows of `USED` are trained.
        precision: Of `Compute`.
        family: Of the encoder.
        **settings: Of `train`.
    """
    train = TrainSettings(**STRONG | settings)
    model = start(family, dtype=POLICIES[precision], dropout=0.1)
    trained = UsedRowsModel(model, USED) if in_part else model
    trainee = compiled(trained, train, precision)
    for batch in steps(train.accumulate_steps):
        trainee.train_on_batch(*batch)
    with averaged_weights(trainee):
        if in_part:
            trained.give_to(model)
        return model.named_arrays()


def main(cases):
    """Writes the largest difference of either way for each case of `learned`."""
    found = []
    for case in cases:
        some, others = learned(True, **case), learned(False, **case)
        found.append(max(float(np.abs(some[n] - others[n]).max()) for n in others))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
