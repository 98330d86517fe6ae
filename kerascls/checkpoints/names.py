"""From our names of weights to those in checkpoints, family by family.

Our names are those of Google's BERT checkpoints without the prefix; so are the names
in files here. What stands before them in a file is found by `prefixes`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from kerascls.models.families import FAMILIES
from kerascls.system.tables import named

LayoutName = Literal["google", "huggingface"]
# Patterns of leading parts of our names, and theirs; the first that fits is exchanged.
Renames = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class WeightNames:
    """What the weights of a family are called in files.

    Args:
        google: From our names to Google's.
        huggingface: From our names to Hugging Face's, with slashes.
        words: What names of the encoder begin with in files of the family.
        google_scope: What they begin with in Google's; "" for what Google's code has
            no family for.
        projects: Whether a layer behind the embeddings is a sign of the family.
    """

    google: Renames = ()
    huggingface: Renames = (("encoder/layer_", "encoder/layer/"),)
    words: tuple[str, ...]
    google_scope: str = ""
    projects: bool = False


_PROJECTION: Renames = (
    ("embeddings_project/", "encoder/embedding_hidden_mapping_in/"),
)
_GROUP = "encoder/transformer/group_0/inner_group_0/"
_LAYER = "encoder/albert_layer_groups/0/albert_layers/0/"
_ANY_LAYER = r"encoder/layer_(\d+)/"
_DISTILBERT_LAYER = r"transformer/layer/\1/"

BERT_NAMES = WeightNames(
    google=_PROJECTION, words=("bert", "ernie"), google_scope="bert"
)
ALBERT_NAMES = WeightNames(
    google=(
        *_PROJECTION,
        ("encoder/layer_0/attention/output/LayerNorm/", _GROUP + "LayerNorm/"),
        ("encoder/layer_0/attention/", _GROUP + "attention_1/"),
        ("encoder/layer_0/intermediate/", _GROUP + "ffn_1/intermediate/"),
        ("encoder/layer_0/output/dense/", _GROUP + "ffn_1/intermediate/output/dense/"),
        ("encoder/layer_0/output/LayerNorm/", _GROUP + "LayerNorm_1/"),
    ),
    huggingface=(
        *_PROJECTION,
        ("pooler/dense/", "pooler/"),
        ("encoder/layer_0/attention/self/", _LAYER + "attention/"),
        ("encoder/layer_0/attention/output/", _LAYER + "attention/"),
        ("encoder/layer_0/intermediate/dense/", _LAYER + "ffn/"),
        ("encoder/layer_0/output/dense/", _LAYER + "ffn_output/"),
        ("encoder/layer_0/output/LayerNorm/", _LAYER + "full_layer_layer_norm/"),
    ),
    words=("albert",),
    google_scope="bert",
)
# Hugging Face's has the names of BERT where it has neither prefix nor projection.
ELECTRA_NAMES = WeightNames(
    words=("electra", "generator"), google_scope="electra", projects=True
)
ROBERTA_NAMES = WeightNames(words=("roberta",))
DISTILBERT_NAMES = WeightNames(
    huggingface=tuple(
        (f"{_ANY_LAYER}{ours}/", f"{_DISTILBERT_LAYER}{theirs}/")
        for ours, theirs in (
            ("attention/self/query", "attention/q_lin"),
            ("attention/self/key", "attention/k_lin"),
            ("attention/self/value", "attention/v_lin"),
            ("attention/output/dense", "attention/out_lin"),
            ("attention/output/LayerNorm", "sa_layer_norm"),
            ("intermediate/dense", "ffn/lin1"),
            ("output/dense", "ffn/lin2"),
            ("output/LayerNorm", "output_layer_norm"),
        )
    ),
    words=("distilbert",),
)
MODERNBERT_NAMES = WeightNames(
    huggingface=(
        ("embeddings/word_embeddings", "embeddings/tok_embeddings.weight"),
        ("embeddings/LayerNorm/", "embeddings/norm/"),
        ("final/LayerNorm/", "final_norm/"),
        *(
            (f"{_ANY_LAYER}{ours}/", rf"layers/\1/{theirs}/")
            for ours, theirs in (
                ("attention/LayerNorm", "attn_norm"),
                ("attention/self", "attn/Wqkv"),
                ("attention/output/dense", "attn/Wo"),
                ("LayerNorm", "mlp_norm"),
                ("intermediate/dense", "mlp/Wi"),
                ("output/dense", "mlp/Wo"),
            )
        ),
    ),
    words=("model", "modernbert"),
)

# From brightmart's first files to Google's; `early_albert` does the rest.
_EARLY_ALBERT: Renames = (
    ("attention/output/LayerNorm/", "LayerNorm/"),
    ("attention/", "attention_1/"),
    ("intermediate/", "ffn_1/intermediate/"),
    ("output/dense/", "ffn_1/intermediate/output/dense/"),
    ("output/LayerNorm/", "LayerNorm_1/"),
)

_HUGGINGFACE_ENDINGS: Renames = (
    (r"_embeddings$", "_embeddings.weight"),
    (r"/(kernel|gamma)$", ".weight"),
    (r"/beta$", ".bias"),
)

# From places in Keras's HDF5 files to names in PyTorch's, as `transformers` has them:
# the layer's group and the model's name before it, then what Keras allows in no name.
_KERAS_NAMES: Renames = (
    (r"^[^/]+/tf_[^/]+/", ""),
    (r":\d+$", ""),
    (r"^[^/]*___", ""),
    (r"/[^/]*___", "/"),
    (r"_\._", "/"),
)
_KERAS_ENDINGS: Renames = (
    (r"/(kernel|gamma|embeddings)$", "/weight"),
    (r"/beta$", "/bias"),
)

LEFT_OUT: dict[LayoutName, Renames] = {
    "google": (
        (r"/(adam_m|adam_v|lamb_m|lamb_v|Adam|Adam_1)$", "optimiser slots"),
        (r"^(global_step|beta1_power|beta2_power)$", "training counters"),
        (r"^cls/", "pre-training heads"),
        (r"^(output_weights|output_bias)$", "classification head"),
        (r"^(generator|generator_predictions)/", "generator"),
        (r"^discriminator_predictions/", "discriminator head"),
        (r"^pooler/", "pooler"),
    ),
    "huggingface": (
        (r"^embeddings\.(position_ids|token_type_ids)$", "position ids"),
        (r"^embeddings\.task_type_embeddings\.", "embeddings of tasks, not in use"),
        (
            r"^(cls|predictions|sop_classifier|lm_head"
            r"|vocab_transform|vocab_layer_norm|vocab_projector)\.",
            "pre-training heads",
        ),
        (r"^(generator_predictions|generator_lm_head)\.", "generator head"),
        (r"^discriminator_predictions\.", "discriminator head"),
        (
            r"^((pre_classifier|classifier|qa_outputs|sequence_summary|head\.(dense|norm))"
            r"\.|decoder\.(weight|bias)$)",
            "task heads",
        ),
        (r"^pooler\.", "pooler"),
    ),
}


def weight_names(family: str) -> WeightNames:
    """Returns what the weights of a family are called."""
    names: WeightNames = named(FAMILIES[family].weight_names)
    return names


def file_name(layout: LayoutName, family: str, name: str) -> str:
    """Returns a file's name, below the prefix, of a weight of our stable name."""
    theirs = weight_names(family)
    if layout == "google":
        return _exchange(name, theirs.google)
    name = _exchange(name, theirs.huggingface)
    for pattern, replacement in _HUGGINGFACE_ENDINGS:
        name = re.sub(pattern, replacement, name)
    return name.replace("/", ".")


def early_albert_name(name: str) -> str:
    """Returns what Google's files call a weight of brightmart's first ALBERTs."""
    before, shared, inside = name.partition("encoder/layer_shared/")
    return f"{before}{_GROUP}{_exchange(inside, _EARLY_ALBERT)}" if shared else name


def keras_name(place: str) -> tuple[str, bool]:
    """Returns a weight's name in PyTorch's files, and whether its axes are exchanged.

    Args:
        place: Where it is in an HDF5 file, as in
            `bert/tf_bert_model/bert/encoder/layer_._0/output/dense/kernel:0`.
    """
    for pattern, replacement in _KERAS_NAMES:
        place = re.sub(pattern, replacement, place)
    is_kernel = place.endswith("/kernel")
    for pattern, replacement in _KERAS_ENDINGS:
        place = re.sub(pattern, replacement, place)
    return place.replace("/", "."), is_kernel


# ERNIE adds an embedding of the task to each token.
TASKS = "embeddings/task_type_embeddings"


def is_transposed(layout: LayoutName, name: str) -> bool:
    """Whether a file of that layout holds our weight with its axes exchanged."""
    return layout == "huggingface" and name.endswith("/kernel")


def reason_to_leave_out(layout: LayoutName, name: str) -> str | None:
    """Returns why a weight that is no part of the encoder may be left out, if so."""
    matches = (why for pattern, why in LEFT_OUT[layout] if re.search(pattern, name))
    return next(matches, None)


def _exchange(name: str, renames: Renames) -> str:
    for ours, theirs in renames:
        if re.match(ours, name):
            return re.sub(f"^{ours}", theirs, name)
    return name
