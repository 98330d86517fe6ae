"""Outputs of bert4keras and of transformers on checkpoints of ours.

Runs where those two can be installed, which is not where kerascls runs; see
`references/README.md`. As a program it answers for one checkpoint:

    python reference_models.py bert4keras DIRECTORY FAMILY GELU INPUTS.npz OUTPUTS.npz
    python reference_models.py transformers DIRECTORY FAMILY GELU INPUTS.npz OUTPUTS.npz

FAMILY is what a configuration calls its model.
"""

import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from checkpoint_cases import CASES, KEPT_TOKENS, MODELS, Case, Model
from make_checkpoints import weights_digest, write_checkpoint

# bert4keras needs Keras 2, and TensorFlow chooses its Keras when it is imported.
os.environ |= {"TF_KERAS": "1", "TF_USE_LEGACY_KERAS": "1"}

Arrays = dict[str, np.ndarray]
PACKAGES = ("bert4keras", "tf-keras", "tensorflow", "transformers", "torch", "numpy")
TOLERANCE = 1e-5

TEXTS = {
    "plain": [
        ("中国足球队今天在上海比赛。", None),
        ("the team wins 3 : 0 good match, new book is good", None),
    ],
    "padded": [
        ("军事演习", None),
        ("新车发布，价格不高！", None),
        ("the healthing books is not 2026 ?", None),
        ("医院", None),
    ],
    "pairs": [
        ("今天天气很好", "我们去学校看书。"),
        ("中国队以 2 - 1 战胜日本队", "goal!"),
        ("教育部长", "说了不去"),
    ],
}


def write_references(directory: Path, names: Iterable[str]):
    """Writes one file of inputs and outputs for each model of these names."""
    with tempfile.TemporaryDirectory() as parent:
        folders = {
            name: write_checkpoint(case, Path(parent, name))
            for name, case in CASES.items()
        }
        for model in map(MODELS.__getitem__, names):
            arrays = _model_references(model, folders)
            np.savez_compressed(directory / f"{model.name}.npz", **arrays)


def run_bert4keras(
    directory: Path, family: str, gelu: str, inputs: Arrays, **options: object
) -> Arrays:
    """Returns `hidden`, and `pooled` where the family has it, as bert4keras does it.

    Args:
        directory: A TensorFlow checkpoint with its configuration.
        family: `"bert"`, `"albert"` or `"electra"`.
        gelu: `"erf"` or `"tanh"`.
        inputs: `token_ids` and `segment_ids`, both int32 `(batch, tokens)`. Padding
            is what has the token id 0.
        **options: More arguments of its `build_transformer_model`.
    """
    import tensorflow as tf
    from bert4keras.backend import set_gelu
    from bert4keras.models import build_transformer_model

    set_gelu(gelu)
    (config_path,) = map(str, Path(directory).glob("*config*.json"))
    prefix = tf.train.latest_checkpoint(directory)
    feed = [inputs["token_ids"], inputs["segment_ids"]]
    model = build_transformer_model(config_path, prefix, family, **options)
    outputs = {"hidden": model.predict_on_batch(feed)}
    if family != "electra":
        model = build_transformer_model(
            config_path, prefix, family, with_pool=True, **options
        )
        outputs["pooled"] = model.predict_on_batch(feed)
    return _without_padding(outputs, inputs)


def run_transformers(directory: Path, family: str, gelu: str, inputs: Arrays) -> Arrays:
    """Returns `hidden`, and `pooled` where the family has it, as transformers does.

    Args:
        directory: A Hugging Face directory.
        family: `"bert"`, `"albert"` or `"electra"`.
        gelu: `"erf"` or `"tanh"`.
        inputs: `token_ids` and `segment_ids`, both int32 `(batch, tokens)`. Padding
            is what has the token id that the configuration names.
    """
    import torch
    from transformers import AutoModel

    activation = "activation" if family == "distilbert" else "hidden_act"
    model, loaded = AutoModel.from_pretrained(
        directory,
        attn_implementation="eager",
        output_loading_info=True,
        **{activation: {"erf": "gelu", "tanh": "gelu_new"}[gelu]},
    )
    if model.config.model_type != family or loaded["missing_keys"]:
        raise RuntimeError(f"transformers did not load {directory}: {loaded}")
    token_ids = torch.tensor(inputs["token_ids"].astype("int64"))
    pad_id = model.config.pad_token_id
    segments = {}
    if getattr(model.config, "type_vocab_size", 0) > 1:
        segment_ids = torch.tensor(inputs["segment_ids"].astype("int64"))
        segments["token_type_ids"] = segment_ids
    with torch.no_grad():
        result = model.eval()(
            input_ids=token_ids, attention_mask=(token_ids != pad_id).long(), **segments
        )
    outputs = {"hidden": result.last_hidden_state.numpy()}
    if family not in ("electra", "distilbert"):
        outputs["pooled"] = result.pooler_output.numpy()
    return _without_padding(outputs, inputs, pad_id)


def make_inputs(model: Model) -> dict[str, Arrays]:
    """Returns the batches: one without padding, one with, one of sentence pairs."""
    from bert4keras.tokenizers import Tokenizer

    vocab = {token: index for index, token in enumerate(model.vocabulary)}
    tokenizer = Tokenizer(vocab, do_lower_case=True)
    return {
        name: _pad([tokenizer.encode(*texts) for texts in rows], model, name != "plain")
        for name, rows in TEXTS.items()
    }


def _model_references(model: Model, folders: dict[str, Path]) -> Arrays:
    inputs = make_inputs(model)
    arrays: Arrays = {
        "made_with": np.array(_versions()),
        "weights_sha256": np.array(weights_digest(model)),
    }
    arrays |= {f"{batch}/{k}": v for batch, x in inputs.items() for k, v in x.items()}
    cases = [case for case in CASES.values() if case.model == model]
    for gelu in ("erf", "tanh"):
        for batch, feed in inputs.items():
            results = [_run(case, folders[case.name], gelu, feed) for case in cases]
            _check_agreement(f"{model.name} {gelu} {batch}", cases, results)
            for case, outputs in zip(cases, results, strict=True):
                project = PROJECTS[case.layout]
                arrays |= {
                    f"{project}/{gelu}/{batch}/{k}": v for k, v in outputs.items()
                }
    for case in cases:
        if case.layout == "tensorflow":
            arrays |= _option_references(case, folders[case.name], inputs["padded"])
    return arrays


def _option_references(case: Case, folder: Path, inputs: Arrays) -> Arrays:
    new_ids = {old: new for new, old in enumerate(KEPT_TOKENS)}
    token_ids = np.vectorize(lambda old: new_ids.get(old, 1))(inputs["token_ids"])
    kept = inputs | {"token_ids": token_ids.astype("int32")}
    calls = {
        "keep_tokens": (kept, {"keep_tokens": KEPT_TOKENS}),
        "num_hidden_layers": (inputs, {"num_hidden_layers": 1}),
    }
    arrays = {"keep_tokens/token_ids": kept["token_ids"]}
    for option, (feed, arguments) in calls.items():
        gelu = case.expected_gelu
        outputs = run_bert4keras(folder, case.model.family, gelu, feed, **arguments)
        arrays |= {f"bert4keras/{option}/{k}": v for k, v in outputs.items()}
    return arrays


def _run(case: Case, folder: Path, gelu: str, inputs: Arrays) -> Arrays:
    run = RUNNERS[PROJECTS[case.layout]]
    return run(folder, case.model.model_type or case.model.family, gelu, inputs)


def _check_agreement(title: str, cases: list[Case], results: list[Arrays]):
    for name, first in results[0].items():
        apart = [float(np.abs(first - other[name]).max()) for other in results[1:]]
        worst = max(apart, default=0.0)
        names = ", ".join(case.name for case in cases)
        sys.stdout.write(f"{title} {name}: {worst:.1e} between {names}\n")
        if not worst < TOLERANCE:
            raise RuntimeError(f"The references disagree by {apart}: {names}")


def _without_padding(outputs: Arrays, inputs: Arrays, pad_id: int = 0) -> Arrays:
    mask = (inputs["token_ids"] != pad_id)[..., None]
    hidden = np.where(mask, outputs["hidden"], 0).astype("float32")
    return outputs | {"hidden": hidden}


def _pad(rows: list[tuple[list[int], list[int]]], model: Model, extra: bool) -> Arrays:
    # Beyond the longest row, so that whole columns are padding.
    tokens = max(len(ids) for ids, _ in rows) + (3 if extra else 0)
    padded = np.zeros((2, len(rows), tokens), "int32")
    for index, pair in enumerate(rows):
        padded[:, index, : len(pair[0])] = pair
    used = np.arange(tokens) < np.array([[len(ids)] for ids, _ in rows])
    token_ids = np.where(used, padded[0], model.pad_id).astype("int32")
    return {"token_ids": token_ids, "segment_ids": padded[1]}


def _versions() -> list[str]:
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return [f"python {platform.python_version()}", *versions]


PROJECTS = {"tensorflow": "bert4keras", "huggingface": "transformers"}
RUNNERS = {"bert4keras": run_bert4keras, "transformers": run_transformers}

if __name__ == "__main__":
    project, folder, family, gelu, inputs_file, outputs_file = sys.argv[1:]
    with np.load(inputs_file) as inputs:
        outputs = RUNNERS[project](Path(folder), family, gelu, dict(inputs))
    np.savez(outputs_file, **outputs)
