"""What `test_tables.py` adds to the package's tables: all of it in one file."""

from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops
from safetensors.numpy import load_file, save_file

from kerascls.auditing.label_errors import Judged
from kerascls.checkpoints.names import WeightNames
from kerascls.inference.explanation.attributions import Attributions
from kerascls.inference.explanation.units import Units
from kerascls.models.encoder import assign_by_name
from kerascls.models.layers.poolings import first_token, mean
from kerascls.models.presets import Preset
from kerascls.models.registry import Architecture
from kerascls.preprocessing.sequence_layout import INPUTS


def first_and_mean(hidden, padding_mask):
    """A pooling without weights."""
    return (first_token(hidden, padding_mask) + mean(hidden, padding_mask)) / 2


class GatedPooling(layers.Layer):
    """A pooling with weights: a learned share of each unit's mean."""

    def __init__(self, num_queries, hidden_dim, initializer):
        super().__init__(dtype="float32", name="gate")
        self.output_dim = hidden_dim
        self.shares = self.add_weight((hidden_dim,), initializer, name="shares")
        self.built = True

    def call(self, hidden, padding_mask):
        return mean(hidden, padding_mask) * self.shares

    def weights_by_name(self):
        return {"shares": self.shares}


class Sevens(keras.losses.Loss):
    """Seven for every row."""

    def call(self, y_true, y_pred):
        return 0 * ops.sum(y_pred, axis=-1) + 7


def sevens(task, counts, settings, label_smoothing):
    """A loss for skewed labels."""
    return Sevens(reduction="sum", name="loss")


def hinge(strength, seed):
    """A machine of the linear model."""
    from sklearn.svm import LinearSVC

    return LinearSVC(C=strength, loss="hinge", random_state=seed)


@dataclass(frozen=True, kw_only=True)
class BagConfig:
    """Sizes of a bag of tokens."""

    vocab_size: int
    hidden_dim: int = 8
    num_layers: int = 1
    max_positions: int = 512

    has_batch_norm = False

    @property
    def parameters(self) -> int:
        return self.vocab_size * self.hidden_dim

    def to_dict(self) -> dict:
        return asdict(self)


class BagOfTokens(keras.Model):
    """The mean of token vectors, and a dense layer."""

    def __init__(self, config: BagConfig, num_classes: int):
        super().__init__()
        self.config = config
        self.tokens = layers.Embedding(config.vocab_size, config.hidden_dim)
        self.dense = layers.Dense(num_classes)
        self({name: np.ones((1, 4), np.int32) for name in INPUTS})

    def call(self, inputs, training=None):
        hidden = self.tokens(inputs["token_ids"])
        return self.dense(mean(hidden, inputs["padding_mask"])[:, 0])

    def weights_by_name(self) -> dict:
        return {
            "embeddings/word_embeddings": self.tokens.embeddings,
            "classifier/kernel": self.dense.kernel,
            "classifier/bias": self.dense.bias,
        }

    def load_named_weights(self, weights):
        assign_by_name(self.weights_by_name(), weights)

    def named_arrays(self) -> dict:
        named = self.weights_by_name().items()
        return {name: ops.convert_to_numpy(ops.copy(value)) for name, value in named}

    def blueprint(self) -> dict:
        return {"model": "bag", "config": self.config.to_dict()}


def build_bag(job, compute):
    keras.utils.set_random_seed(job.settings.train.seed)
    return BagOfTokens(job.start.config, len(job.data.label_set)), ["a bag of tokens"]


def rebuilt_bag(num_classes, *, config):
    return BagOfTokens(BagConfig(**config), num_classes)


BAG = Preset(
    name="bag",
    title="Bag of tokens",
    config=BagConfig(vocab_size=21128),
    folders=(),
    learning_rate=0.01,
    from_scratch_learning_rate=0.01,
    architecture=Architecture(
        build="table_rows:build_bag", rebuild="table_rows:rebuilt_bag"
    ),
)


NEZHA_NAMES = WeightNames(words=("nezha",))


class LinesTracker(keras.callbacks.Callback):
    """Writes a line an epoch."""

    def __init__(self, path: Path):
        super().__init__()
        self.path = path

    def on_epoch_end(self, epoch, logs=None):
        self.path.parent.mkdir(exist_ok=True)
        with open(self.path, "a") as file:
            file.write(f"{epoch}\n")


def start_lines(folder, name, settings) -> list:
    """A tracker."""
    return [LinesTracker(folder / "epochs.txt")]


class FirstLabelRuntime:
    """A runtime: always sure of the first label."""

    def __init__(self, bundle):
        self.num_classes = len(bundle.label_set)

    def logits(self, inputs):
        logits = np.full((len(inputs["token_ids"]), self.num_classes), -9, np.float32)
        logits[:, 0] = 9
        return logits


def write_copy(bundle, place, int8):
    """An export format: the weights and nothing else."""
    save_file(load_file(bundle.path / "model.safetensors"), place)
    COPIED[place] = bundle


def open_copy(place, int8):
    from kerascls.inference.runtimes import open_runtime

    return open_runtime(COPIED[place], "keras")


COPIED: dict = {}


def judged_by_length(rows, bundle, folds, seed, on_progress):
    """A judge: believes the first label of long texts, the second of short ones."""
    names = tuple(sorted({name for row in rows.labels for name in row}))
    places = np.arange(len(rows.labels))
    targets = np.array([[name in row for name in names] for row in rows.labels])
    is_long = np.array([len(rows.text(row)) > 8 for row in places])
    probabilities = np.zeros(targets.shape)
    probabilities[is_long, 0], probabilities[~is_long, 1] = 0.9, 0.9
    probabilities += 0.1 / len(names)
    return Judged(places, names, targets, probabilities, ("by length",))


def lengths(predictor, texts, columns, *, on_progress=None):
    """A way to explain: each text counts by its characters."""
    numbers = np.arange(len(texts))
    spans = np.array([(0, len(text)) for text in texts])
    units = Units(numbers, spans, numbers)
    return Attributions(
        units=units,
        values=np.repeat(spans[:, 1:], len(columns), axis=1).astype(float),
        base_logits=np.zeros(len(columns)),
        unread=units.only(numbers < 0),
    )


def suits_pairs(runtime):
    """Whether a runtime can be explained so."""
    return True
