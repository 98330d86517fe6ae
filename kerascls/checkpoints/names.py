"""From our names of weights to those in checkpoints, family by family.

Our names are those of Google's BERT checkpoints without the prefix.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kerascls.errors import CheckpointError
from kerascls.models.families import FAMILIES, family_titles
from kerascls.system.tables import named

LayoutName = Literal["google", "huggingface"]
# Leading parts of our names and of theirs; the first that fits is exchanged.
Renames = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class WeightNames:
    """What the weights of a family are called in files.

    Args:
        google: From our names to Google's.
        google_prefix: Before every name in Google's files.
        huggingface: From our names to Hugging Face's, with slashes.
        sign: Pattern of a name that only this family's files have.
        bare_sign: Pattern of a name that a file of it without such a sign has.
    """

    google: Renames = ()
    google_prefix: str = "bert/"
    huggingface: Renames = (("encoder/layer_", "encoder/layer/"),)
    sign: str
    bare_sign: str | None = None


_PROJECTION: Renames = (
    ("embeddings_project/", "encoder/embedding_hidden_mapping_in/"),
)
_GROUP = "encoder/transformer/group_0/inner_group_0/"
_LAYER = "encoder/albert_layer_groups/0/albert_layers/0/"
_BARE_LAYER = r"^encoder\.layer\.0\."

BERT_NAMES = WeightNames(
    google=_PROJECTION,
    sign=r"^(bert/encoder/layer_0/|bert\.encoder\.layer\.0\.)",
    bare_sign=_BARE_LAYER,
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
    sign=r"(group_0/inner_group_0/|albert_layer_groups\.0\.)",
)
# Hugging Face's has the names of BERT where it has neither prefix nor projection.
ELECTRA_NAMES = WeightNames(
    google_prefix="electra/",
    sign=r"^(electra[/.]|embeddings_project\.)",
    bare_sign=_BARE_LAYER,
)

_HUGGINGFACE_ENDINGS: Renames = (
    (r"_embeddings$", "_embeddings.weight"),
    (r"/(kernel|gamma)$", ".weight"),
    (r"/beta$", ".bias"),
)
_OLD_NORM_ENDINGS: Renames = (
    (r"LayerNorm\.gamma$", "LayerNorm.weight"),
    (r"LayerNorm\.beta$", "LayerNorm.bias"),
)

LEFT_OUT: dict[LayoutName, Renames] = {
    "google": (
        (r"/(adam_m|adam_v|lamb_m|lamb_v|Adam|Adam_1)$", "optimiser slots"),
        (r"^(global_step|beta1_power|beta2_power)$", "training counters"),
        (r"^cls/", "pre-training heads"),
        (r"^(output_weights|output_bias)$", "classification head"),
        (r"^(generator|generator_predictions)/", "generator"),
        (r"^discriminator_predictions/", "discriminator head"),
        (r"^bert/pooler/", "pooler"),
    ),
    "huggingface": (
        (r"^embeddings\.(position_ids|token_type_ids)$", "position ids"),
        (r"^(cls|predictions|sop_classifier|lm_head)\.", "pre-training heads"),
        (r"^(generator_predictions|generator_lm_head)\.", "generator head"),
        (r"^discriminator_predictions\.", "discriminator head"),
        (r"^(classifier|qa_outputs|sequence_summary)\.", "task heads"),
        (r"^pooler\.", "pooler"),
    ),
}


def weight_names(family: str) -> WeightNames:
    """Returns what the weights of a family are called."""
    names: WeightNames = named(FAMILIES[family].weight_names)
    return names


def file_name(layout: LayoutName, family: str, name: str) -> str:
    """Returns a file's name, Google's with prefix, of a weight of our stable name."""
    theirs = weight_names(family)
    if layout == "google":
        return theirs.google_prefix + _exchange(name, theirs.google)
    name = _exchange(name, theirs.huggingface)
    return _substitute(name, _HUGGINGFACE_ENDINGS).replace("/", ".")


def is_transposed(layout: LayoutName, name: str) -> bool:
    """Whether a file of that layout holds our weight with its axes exchanged."""
    return layout == "huggingface" and name.endswith("/kernel")


def names_in_file(
    layout: LayoutName, family: str, names: Iterable[str]
) -> dict[str, str]:
    """Returns names free of what varies between files of one layout.

    Hugging Face's prefix (`bert.`) may be there or not, and old files say
    `LayerNorm.gamma` where new ones say `LayerNorm.weight`.

    Returns:
        From the plain name to the one in the file.
    """
    if layout == "google":
        return {name: name for name in names}
    prefix = f"{family}."
    return {
        _substitute(name.removeprefix(prefix), _OLD_NORM_ENDINGS): name
        for name in names
    }


def reason_to_leave_out(layout: LayoutName, name: str) -> str | None:
    """Returns why a weight that is no part of the encoder may be left out, if so."""
    matches = (why for pattern, why in LEFT_OUT[layout] if re.search(pattern, name))
    return next(matches, None)


def families_by_names(names: Iterable[str], path: Path) -> tuple[str, ...]:
    """Returns the families whose names these can be, the likeliest first.

    Hugging Face's ELECTRA has the names of BERT when it has neither a prefix nor a
    projection; all others differ.

    Raises:
        CheckpointError: When it is none of ours, or early brightmart ALBERT.
    """
    names = sorted(names)
    listed = "\n".join(names)
    if "/layer_shared/" in listed or "/word_embeddings_2" in listed:
        raise CheckpointError(
            f"Expected {family_titles()} as Google's code writes it. Received: "
            f"{path}, an early brightmart ALBERT (`layer_shared`, "
            f"`word_embeddings_2`), whose structure differs: it adds positions "
            f"after the projection. Use the release of the same model made with "
            f"Google's code (albert_*_zh_google)."
        )
    for sign in ("sign", "bare_sign"):
        patterns = {name: getattr(weight_names(name), sign) for name in FAMILIES}
        families = tuple(
            name
            for name, pattern in patterns.items()
            if pattern is not None and re.search(pattern, listed, re.MULTILINE)
        )
        if families:
            return families
    raise CheckpointError(
        f"Expected weights of a {family_titles()} encoder. Received: {path} "
        f"with {len(names)} weights, none of them of these families, such as "
        f"{', '.join(names[:10]) or 'nothing'}. Choose another checkpoint."
    )


def _exchange(name: str, renames: Renames) -> str:
    for ours, theirs in renames:
        if name.startswith(ours):
            return theirs + name.removeprefix(ours)
    return name


def _substitute(name: str, renames: Renames) -> str:
    for pattern, replacement in renames:
        name = re.sub(pattern, replacement, name)
    return name
