"""Encoders, batches and feeds small enough for a test, without any file."""

import numpy as np

from kerascls.data.labels import LabelSet
from kerascls.data.targets import Targets
from kerascls.models.encoder import build_encoder
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.transformer import TransformerClassifier
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.preprocessing.sequence_layout import Layout
from kerascls.preprocessing.token_store import TokenStore
from kerascls.training.feeds import Feed

FAMILIES = ("bert", "albert", "electra", "roberta", "distilbert", "modernbert")
# As families have it, of what BERT has otherwise.
SIZES = {
    "albert": {"embedding_dim": 8},
    "electra": {"embedding_dim": 8},
    "roberta": {"num_token_types": 1, "first_position": 2},
    "distilbert": {"num_token_types": 0},
    "modernbert": {"num_token_types": 0, "local_attention": 4, "global_every": 2},
}
VOCAB_SIZE = 40
PAD, CLS, SEP = 0, 2, 3


def tiny_input_spec(**changes) -> InputSpec:
    """One text column, `"text"`, and sequences of 20 tokens at most."""
    values = {
        "text_columns": ("text",),
        "label_column": "labels",
        "pair": False,
        "do_lower_case": True,
        "max_tokens": 20,
        "truncate": "head",
    }
    return InputSpec(**values | changes)


def tiny_config(family="bert", **changes) -> EncoderConfig:
    """Two layers of 16 without dropout; weights large enough to tell inputs apart."""
    sizes = {
        "vocab_size": VOCAB_SIZE,
        "embedding_dim": 16,
        "hidden_dim": 16,
        "intermediate_dim": 24,
        "num_layers": 2,
        "num_heads": 2,
        "max_positions": 32,
        "dropout": 0.0,
        "attention_dropout": 0.0,
        "initializer_range": 0.2,
    }
    return EncoderConfig(family=family, **sizes | SIZES.get(family, {}) | changes)


def tiny_classifier(
    num_classes=3,
    dtype="float32",
    seed=0,
    pooling="cls",
    mix_layers=1,
    mlp_dim=None,
    window_pooling=None,
    **changes,
):
    """A classifier on `tiny_config`; dropout, if any, is on the head too."""
    config = tiny_config(**changes)
    encoder = build_encoder(config, pooling == "pooler", seed, mix_layers, dtype=dtype)
    return TransformerClassifier(
        *(encoder, num_classes, pooling, config.dropout, seed, mix_layers, mlp_dim),
        window_pooling,
    )


def random_weights(variables, seed=0) -> dict[str, np.ndarray]:
    """Arrays for `load_named_weights` that do not depend on the backend."""
    random = np.random.default_rng(seed)
    return {
        name: (0.2 * random.standard_normal(variable.shape)).astype(np.float32)
        + name.endswith("gamma")
        for name, variable in variables.items()
    }


def tiny_batch(lengths=(8, 5, 3), num_tokens=None, seed=0) -> dict[str, np.ndarray]:
    """Random tokens in rows of given lengths; a longer batch starts with the same."""
    shape = (len(lengths), num_tokens or max(lengths))
    mask = (np.arange(shape[1]) < np.array(lengths)[:, None]).astype(np.int32)
    random = np.random.default_rng(seed)
    tokens = random.integers(5, VOCAB_SIZE, (len(lengths), 32), np.int32)
    segments = np.arange(shape[1]) >= np.array(lengths)[:, None] // 2
    return {
        "token_ids": tokens[:, : shape[1]] * mask,
        "segment_ids": segments.astype(np.int32) * mask,
        "padding_mask": mask,
    }


def tiny_windows(lengths=((8, 8, 5), (8, 2), (6,)), seed=0) -> dict[str, np.ndarray]:
    """Random tokens in windows of given lengths."""
    shape = len(lengths), max(map(len, lengths))
    flat = np.zeros(shape, int)
    for row, windows in enumerate(lengths):
        flat[row, : len(windows)] = windows
    batch = tiny_batch(flat.ravel().tolist(), seed=seed)
    return {name: array.reshape(*shape, -1) for name, array in batch.items()}


def tiny_feed(
    text_lengths,
    labels=None,
    batch_size=4,
    max_tokens=32,
    max_windows=1,
    window_overlap=0,
    **options,
):
    """Random tokens in texts of given lengths; labels a, b, c in turn by default."""
    labels = labels or [("abc"[row % 3],) for row in range(len(text_lengths))]
    label_set = LabelSet.from_labels(labels)
    random = np.random.default_rng(0)
    store = TokenStore(
        token_ids=random.integers(5, VOCAB_SIZE, sum(text_lengths)).astype(np.uint16),
        offsets=np.cumsum([0, *text_lengths]),
        lines=np.arange(len(text_lengths)),
        num_fields=1,
    )
    layout = Layout(
        max_tokens=max_tokens,
        max_windows=max_windows,
        window_overlap=window_overlap,
        pad_id=PAD,
        cls_id=CLS,
        sep_id=SEP,
    )
    options.setdefault("num_classes", len(label_set))
    return Feed(
        store,
        np.arange(len(text_lengths)),
        Targets.from_labels(labels, label_set),
        layout,
        batch_size,
        **options,
    )
