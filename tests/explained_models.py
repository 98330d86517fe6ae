"""Predictors of small random models, without training and without a bundle."""

from pathlib import Path

import numpy as np
from tiny_models import VOCAB_SIZE, random_weights, tiny_classifier, tiny_input_spec

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.inference.bundle import Bundle
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes.keras_runtime import write_keras_model
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
CHARACTERS = "国足大胜今天新车发布体育好abcdefg一二三四五六七八九十。！"
TOKENS = [*SPECIAL, *CHARACTERS][:VOCAB_SIZE]
LABELS = "a", "b", "c"


def bundle_at(folder: Path, **spec) -> Bundle:
    """A bundle of three labels."""
    return Bundle(
        path=folder,
        runtime="keras",
        task=Task.MULTILABEL,
        label_set=LabelSet(LABELS),
        decision=Decision(Rule("threshold", 0.5)),
        input_spec=tiny_input_spec(**spec),
        train_support={},
    )


def predictor_of(folder: Path, model, **spec) -> Predictor:
    """A predictor of a model of 40 tokens, through Keras."""
    write_keras_model(folder, model, Tokenizer(TOKENS))
    return Predictor(bundle_at(folder, **spec), "keras")


def lively_classifier(**options):
    """A transformer in which every token matters."""
    model = tiny_classifier(**options)
    model.load_named_weights(random_weights(model.weights_by_name()))
    return model


class CountingRuntime:
    """Gives logits by how often some ids occur, and keeps what it was asked."""

    has_gradients = False

    def __init__(self, weights: np.ndarray) -> None:
        self.weights, self.batches = weights, []

    def logits(self, inputs) -> np.ndarray:
        """Returns the sum of the weights of all tokens, `(batch, 3)`."""
        self.batches.append(inputs["token_ids"].shape)
        ids = inputs["token_ids"].reshape(len(inputs["token_ids"]), -1)
        return self.weights[ids].sum(axis=1).astype(np.float32)


def counting_predictor(folder: Path, **spec) -> Predictor:
    """A predictor whose logits are sums over tokens; those of 国 are 1, 2, 3."""
    Tokenizer(TOKENS).save(folder / "vocab.txt")
    weights = np.zeros((VOCAB_SIZE, 3))
    weights[TOKENS.index("国")] = 1, 2, 3
    weights[TOKENS.index("[MASK]")] = 0.5, 0, 0
    return Predictor(bundle_at(folder, **spec), CountingRuntime(weights))
