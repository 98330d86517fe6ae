"""Classic models small enough for a test."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from tiny_models import VOCAB_SIZE, random_weights

from kerascls.models.classic.classifier import ClassicClassifier, build_classic_model
from kerascls.models.classic.config import CLASSICS, ClassicConfig, classic_config

NAMES = tuple(CLASSICS)
QUICK = ("fasttext", "textcnn", "textrnn")  # the others take long to trace
every_model = pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in NAMES
    ],
)
SENTENCE_ENDS = tuple(range(5, 15))  # a quarter of the tokens
OWN = {
    "fasttext": {"ngrams": 3, "buckets": 64},
    "han": {"max_sentences": 4},
    "entity_network": {"blocks": 3, "max_sentences": 4},
    "dynamic_memory": {"passes": 2, "max_sentences": 4},
    "seq2seq": {"steps": 3},
    "siamese_cnn": {"batch_norm": 1},  # textcnn is without
}


def tiny_classic_config(name: str, **changes) -> ClassicConfig:
    """Embeddings of 12, 16 units, and few of whatever else there is."""
    sizes = {"vocab_size": VOCAB_SIZE, "embedding_dim": 12, "hidden_dim": 16}
    if CLASSICS[name].reads_sentences:
        sizes["sentence_end_ids"] = SENTENCE_ENDS
    own = {**CLASSICS[name].own, **OWN.get(name, {})}
    return classic_config(name, **{**sizes, "sizes": own, **changes})


def tiny_classic(
    name: str, num_classes=3, dtype="float32", seed=0, dropout=0.0, **changes
) -> ClassicClassifier:
    """Without dropout."""
    config = tiny_classic_config(name, **changes)
    return build_classic_model(config, num_classes, dropout, seed, dtype)


def lively_classic(name: str, **options) -> ClassicClassifier:
    """With weights so large that all of them matter, the same on any backend."""
    model = tiny_classic(name, **options)
    weights = random_weights(model.weights_by_name())
    for key in weights:
        if key.endswith("variance"):
            weights[key] = np.abs(weights[key]) + 0.5
    model.load_named_weights(weights)
    return model
