"""Writes small random checkpoints in the layouts that users bring.

The weights come from a seed, so a checkpoint is made where it is needed and only the
outputs of other projects' models on them are stored, in `references/`:

    python tests/checkpoints/make_checkpoints.py references [NAME ...]

computes those, of all models or of some; `references/README.md` says what it needs.
This file does not import kerascls: names and shapes are written down a second time, to
be wrong independently.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
from checkpoint_cases import CASES, MODELS, Case, Model
from checkpoint_names import (
    GOOGLE_CONFIG_EXTRAS,
    HUGGINGFACE_ARCHITECTURES,
    HUGGINGFACE_CONFIG_EXTRAS,
    HUGGINGFACE_CONFIG_WORDS,
    HUGGINGFACE_HEADS,
    HUGGINGFACE_NAMES,
    TENSORFLOW_HEADS,
    TENSORFLOW_NAMES,
    Shapes,
)

__all__ = ["CASES", "MODELS", "make_weights", "weights_digest", "write_checkpoint"]


def make_weights(model: Model) -> dict[str, np.ndarray]:
    """Returns the encoder's weights under Google's BERT names, without `bert/`."""
    # RandomState, because its stream is promised never to change between versions.
    random = np.random.RandomState(model.seed)
    return {
        name: _draw(random, name, shape, model.spread)
        for name, shape in _encoder_shapes(model).items()
    }


def weights_digest(model: Model) -> str:
    """Returns the SHA-256 of all weights, to notice references of other ones."""
    digest = hashlib.sha256()
    for name, value in make_weights(model).items():
        digest.update(name.encode() + value.tobytes())
    return digest.hexdigest()


def write_checkpoint(case: Case, directory: str | Path) -> Path:
    """Writes configuration, weights and vocabulary of a case into a directory."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    vocabulary = case.model.vocabulary
    extra = [f"[unused{n}]" for n in range(case.model.vocab_size - len(vocabulary))]
    vocab_text = "\n".join([*vocabulary, *extra]) + "\n"
    (directory / "vocab.txt").write_text(vocab_text, encoding="utf-8")
    if case.layout == "tensorflow":
        _write_json(directory / case.config_file, google_config(case.model))
        save_tensorflow(directory / case.weights_file, tensorflow_variables(case))
    else:
        _write_json(directory / case.config_file, huggingface_config(case))
        _write_json(directory / "tokenizer_config.json", {"do_lower_case": True})
        _save_safetensors(directory, huggingface_tensors(case), case.num_shards)
    return directory


def google_config(model: Model) -> dict[str, object]:
    """Returns the configuration with the keys that the published files have."""
    config: dict[str, object] = {
        "attention_probs_dropout_prob": 0.0 if model.family == "albert" else 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0 if model.family == "albert" else 0.1,
        "hidden_size": model.hidden_dim,
        "initializer_range": 0.02,
        "intermediate_size": model.intermediate_dim,
        "max_position_embeddings": model.max_positions,
        "num_attention_heads": model.num_heads,
        "num_hidden_layers": model.num_layers,
        "type_vocab_size": model.num_token_types,
        "vocab_size": model.vocab_size,
    }
    if model.family in ("albert", "electra"):
        config["embedding_size"] = model.embedding_dim
    return config | GOOGLE_CONFIG_EXTRAS[model.family]


def huggingface_config(case: Case) -> dict[str, object]:
    """Returns the `config.json` of a case."""
    activation = {"erf": "gelu", "tanh": "gelu_new"}[case.expected_gelu]
    model = case.model
    architecture = HUGGINGFACE_ARCHITECTURES[model.family][case.prefix]
    config = google_config(model) | {
        "architectures": [architecture],
        "model_type": model.model_type or model.family,
        "hidden_act": activation,
        "layer_norm_eps": 1e-12,
        "pad_token_id": model.pad_id,
        "transformers_version": "4.36.2",
    } | HUGGINGFACE_CONFIG_EXTRAS[model.family]  # fmt: skip
    if model.num_task_types:
        config |= {"use_task_id": True, "task_type_vocab_size": model.num_task_types}
    words = HUGGINGFACE_CONFIG_WORDS.get(model.family, {})
    renamed = {words.get(key, key): value for key, value in config.items()}
    return {key: value for key, value in renamed.items() if key}


def tensorflow_variables(case: Case) -> dict[str, np.ndarray]:
    """Returns everything a case's TensorFlow checkpoint holds, by variable name."""
    model = case.model
    scope = "electra" if model.family == "electra" else "bert"
    variables = {
        f"{scope}/{_rename(name, TENSORFLOW_NAMES[model.family])}": value
        for name, value in make_weights(model).items()
    }
    variables |= _draw_all(TENSORFLOW_HEADS[model.family], model)
    if case.optimizer_slots:
        slots = {
            f"{name}/{slot}": value * 1e-3
            for name, value in variables.items()
            for slot in ("adam_m", "adam_v")
        }
        variables |= slots | {"global_step": np.array(125000, "int64")}
    return variables


def huggingface_tensors(case: Case) -> dict[str, np.ndarray]:
    """Returns everything a case's safetensors files hold, by tensor name."""
    model = case.model
    prefix = f"{model.model_type or model.family}." if case.prefix else ""
    prefix = prefix.replace("modernbert", "model")
    prefix = re.sub("xlm-roberta|camembert", "roberta", prefix)
    tensors = {
        prefix + _rename(name, HUGGINGFACE_NAMES[model.family]): value.T
        if name.endswith("/kernel")
        else value
        for name, value in make_weights(model).items()
    }
    if case.position_ids:
        ids = np.arange(model.max_positions, dtype="int64")[None]
        tensors[f"{prefix}embeddings.position_ids"] = ids
    if case.prefix:
        tensors |= _draw_all(HUGGINGFACE_HEADS[model.family], model)
    if case.old_norm_names:
        old = [(r"LayerNorm\.weight$", "LayerNorm.gamma"),
               (r"LayerNorm\.bias$", "LayerNorm.beta")]  # fmt: skip
        tensors = {_rename(name, old): value for name, value in tensors.items()}
    return tensors


def _encoder_shapes(model: Model) -> dict[str, tuple[int, ...]]:
    width, hidden = model.embedding_dim, model.hidden_dim
    if model.family == "modernbert":
        return _modern_shapes(model)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings/word_embeddings": (model.vocab_size, width),
        "embeddings/token_type_embeddings": (model.num_token_types, width),
        "embeddings/position_embeddings": (model.max_positions, width),
        **_norm("embeddings/LayerNorm", width),
    }
    if not model.num_token_types:
        del shapes["embeddings/token_type_embeddings"]
    if model.num_task_types:
        shapes["embeddings/task_type_embeddings"] = (model.num_task_types, width)
    if model.family == "albert" or width != hidden:
        shapes |= _dense("embeddings_project", width, hidden)
    for index in range(1 if model.family == "albert" else model.num_layers):
        shapes |= _block_shapes(f"encoder/layer_{index}", model)
    if model.has_pooler:
        shapes |= _dense("pooler/dense", hidden, hidden)
    return shapes


def _modern_shapes(model: Model) -> dict[str, tuple[int, ...]]:
    hidden, inner = model.hidden_dim, model.intermediate_dim
    shapes = {
        "embeddings/word_embeddings": (model.vocab_size, hidden),
        "embeddings/LayerNorm/gamma": (hidden,),
    }
    for index in range(model.num_layers):
        block = f"encoder/layer_{index}"
        shapes |= {
            f"{block}/attention/LayerNorm/gamma": (hidden,),
            f"{block}/attention/self/kernel": (hidden, 3 * hidden),
            f"{block}/attention/output/dense/kernel": (hidden, hidden),
            f"{block}/LayerNorm/gamma": (hidden,),
            f"{block}/intermediate/dense/kernel": (hidden, 2 * inner),
            f"{block}/output/dense/kernel": (inner, hidden),
        }
    del shapes["encoder/layer_0/attention/LayerNorm/gamma"]
    return shapes | {"final/LayerNorm/gamma": (hidden,)}


def _block_shapes(block: str, model: Model) -> dict[str, tuple[int, ...]]:
    hidden, inner = model.hidden_dim, model.intermediate_dim
    return {
        **_dense(f"{block}/attention/self/query", hidden, hidden),
        **_dense(f"{block}/attention/self/key", hidden, hidden),
        **_dense(f"{block}/attention/self/value", hidden, hidden),
        **_dense(f"{block}/attention/output/dense", hidden, hidden),
        **_norm(f"{block}/attention/output/LayerNorm", hidden),
        **_dense(f"{block}/intermediate/dense", hidden, inner),
        **_dense(f"{block}/output/dense", inner, hidden),
        **_norm(f"{block}/output/LayerNorm", hidden),
    }


def _dense(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}/kernel": (inputs, outputs), f"{name}/bias": (outputs,)}


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}/gamma": (width,), f"{name}/beta": (width,)}


def _draw(
    random: np.random.RandomState, name: str, shape: tuple[int, ...], spread: float
) -> np.ndarray:
    values = random.standard_normal(shape).astype("float32")
    if name.endswith("/gamma"):
        return 1 + 0.1 * values
    return np.float32(spread) * values


def _draw_all(shapes: Shapes, model: Model) -> dict[str, np.ndarray]:
    random = np.random.RandomState(model.seed + 1000)
    sizes = {
        name: tuple(getattr(model, n) if isinstance(n, str) else n for n in shape)
        for name, shape in shapes.items()
    }
    return {name: _draw(random, name, size, 0.2) for name, size in sizes.items()}


def _rename(name: str, renames: list[tuple[str, str]]) -> str:
    for pattern, replacement in renames:
        name = re.sub(pattern, replacement, name)
    return name


def _write_json(path: Path, content: dict[str, object]):
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def save_tensorflow(prefix: Path, variables: dict[str, np.ndarray]):
    import tensorflow as tf

    names = sorted(variables)
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=names,
        shape_and_slices=[""] * len(names),
        tensors=[tf.constant(variables[name]) for name in names],
    )
    state = f'model_checkpoint_path: "{prefix.name}"\n'
    (prefix.parent / "checkpoint").write_text(state, encoding="utf-8")


def _save_safetensors(directory: Path, tensors: dict[str, np.ndarray], num_shards: int):
    from safetensors.numpy import save_file

    tensors = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    if num_shards == 1:
        save_file(tensors, directory / "model.safetensors", {"format": "pt"})
        return
    weight_map: dict[str, str] = {}
    for shard in range(num_shards):
        file = f"model-{shard + 1:05}-of-{num_shards:05}.safetensors"
        names = list(tensors)[shard::num_shards]
        save_file({n: tensors[n] for n in names}, directory / file, {"format": "pt"})
        weight_map |= dict.fromkeys(names, file)
    total = sum(value.nbytes for value in tensors.values())
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    _write_json(directory / "model.safetensors.index.json", index)


if __name__ == "__main__":
    if sys.argv[1:2] != ["references"]:
        sys.exit("usage: python make_checkpoints.py references [NAME ...]")
    from reference_models import write_references

    write_references(Path(__file__).parent / "references", sys.argv[2:] or MODELS)
