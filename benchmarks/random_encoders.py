"""Encoders with random weights, always the same, in the layouts of other projects."""

import json
from pathlib import Path

import numpy as np

from kerascls.checkpoints.names import file_name, is_transposed
from kerascls.models.encoder_config import EncoderConfig, weight_shapes

GELU_NAMES = {"gelu_erf": "gelu", "gelu_tanh": "gelu_new"}
FAMILY_KEYS: dict[str, dict[str, object]] = {
    "bert": {},
    "albert": {
        "num_hidden_groups": 1,
        "inner_group_num": 1,
        "classifier_dropout_prob": 0.1,
    },
    "electra": {},
}
Weights = dict[str, np.ndarray]


def random_weights(
    config: EncoderConfig, seed: int, with_pool: bool = False
) -> Weights:
    """Returns BERT's initial values of every weight under its stable name."""
    generator = np.random.default_rng(seed)
    return {
        name: initial(name, shape, generator, config.initializer_range)
        for name, shape in weight_shapes(config, with_pool).items()
    }


def initial(name: str, shape: tuple, generator, deviation: float) -> np.ndarray:
    """Returns BERT's initial values of a weight: ones, zeros, or clipped noise."""
    if name.endswith("/gamma"):
        return np.ones(shape, np.float32)
    if name.endswith(("/beta", "/bias")):
        return np.zeros(shape, np.float32)
    noise = generator.normal(size=shape).clip(-2, 2) * deviation
    return noise.astype(np.float32)


def write_huggingface(folder: Path, config: EncoderConfig, weights: Weights):
    """Writes `config.json` and `model.safetensors`."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name, value in weights.items():
        value = value.T if is_transposed("huggingface", name) else value
        key = file_name("huggingface", config.family, name)
        tensors[f"{config.family}.{key}"] = np.ascontiguousarray(value)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    keys = {
        "model_type": config.family,
        "hidden_act": GELU_NAMES[config.activation],
        "layer_norm_eps": config.layer_norm_epsilon,
        **sizes(config),
        **FAMILY_KEYS[config.family],
    }
    (folder / "config.json").write_text(json.dumps(keys), "utf-8")


def write_google(folder: Path, config: EncoderConfig, weights: Weights):
    """Writes `bert_config.json` and the TensorFlow checkpoint `bert_model.ckpt`."""
    import tensorflow as tf

    folder.mkdir(parents=True, exist_ok=True)
    named = {file_name("google", config.family, n): v for n, v in weights.items()}
    names = sorted(named)
    tf.raw_ops.SaveV2(
        prefix=str(folder / "bert_model.ckpt"),
        tensor_names=names,
        shape_and_slices=[""] * len(names),
        tensors=[tf.constant(named[name]) for name in names],
    )
    keys = {"hidden_act": "gelu", **sizes(config)}
    (folder / "bert_config.json").write_text(json.dumps(keys), "utf-8")


def sizes(config: EncoderConfig) -> dict[str, object]:
    """Returns what Google and Hugging Face call by the same names."""
    found: dict[str, object] = {
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_dim,
        "intermediate_size": config.intermediate_dim,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
        "max_position_embeddings": config.max_positions,
        "type_vocab_size": config.num_token_types,
        "hidden_dropout_prob": config.dropout,
        "attention_probs_dropout_prob": config.attention_dropout,
    }
    if config.family != "bert":
        found["embedding_size"] = config.embedding_dim
    return found
