"""Names of weights, as tables: ours are Google's BERT names without a prefix."""

import re
from collections.abc import Iterable
from typing import Literal

from kerascls.errors import CheckpointError
from kerascls.models.encoder_config import Family

LayoutName = Literal["google", "huggingface"]
Renames = tuple[tuple[str, str], ...]

GOOGLE_PREFIX: dict[Family, str] = {
    "bert": "bert/",
    "albert": "bert/",
    "electra": "electra/",
}

# Leading parts of our names and of theirs; the first that fits is exchanged.
_GROUP = "encoder/transformer/group_0/inner_group_0/"
_GOOGLE_BERT: Renames = (
    ("embeddings_project/", "encoder/embedding_hidden_mapping_in/"),
)
GOOGLE_RENAMES: dict[Family, Renames] = {
    "bert": _GOOGLE_BERT,
    "electra": (),
    "albert": (
        *_GOOGLE_BERT,
        ("encoder/layer_0/attention/output/LayerNorm/", _GROUP + "LayerNorm/"),
        ("encoder/layer_0/attention/", _GROUP + "attention_1/"),
        ("encoder/layer_0/intermediate/", _GROUP + "ffn_1/intermediate/"),
        ("encoder/layer_0/output/dense/", _GROUP + "ffn_1/intermediate/output/dense/"),
        ("encoder/layer_0/output/LayerNorm/", _GROUP + "LayerNorm_1/"),
    ),
}

_LAYER = "encoder/albert_layer_groups/0/albert_layers/0/"
_HUGGINGFACE_BERT: Renames = (("encoder/layer_", "encoder/layer/"),)
HUGGINGFACE_RENAMES: dict[Family, Renames] = {
    "bert": _HUGGINGFACE_BERT,
    "electra": _HUGGINGFACE_BERT,
    "albert": (
        *_GOOGLE_BERT,
        ("pooler/dense/", "pooler/"),
        ("encoder/layer_0/attention/self/", _LAYER + "attention/"),
        ("encoder/layer_0/attention/output/", _LAYER + "attention/"),
        ("encoder/layer_0/intermediate/dense/", _LAYER + "ffn/"),
        ("encoder/layer_0/output/dense/", _LAYER + "ffn_output/"),
        ("encoder/layer_0/output/LayerNorm/", _LAYER + "full_layer_layer_norm/"),
    ),
}
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


def file_name(layout: LayoutName, family: Family, name: str) -> str:
    """Returns what a weight of ours is called in a file.

    Args:
        layout: Whose names: Google's with their prefix, Hugging Face's without.
        family: Which encoder.
        name: Our stable name, for example `encoder/layer_0/output/dense/kernel`.
    """
    if layout == "google":
        return GOOGLE_PREFIX[family] + _exchange(name, GOOGLE_RENAMES[family])
    name = _exchange(name, HUGGINGFACE_RENAMES[family])
    return _substitute(name, _HUGGINGFACE_ENDINGS).replace("/", ".")


def is_transposed(layout: LayoutName, name: str) -> bool:
    """Whether a file of that layout holds our weight with its axes exchanged."""
    return layout == "huggingface" and name.endswith("/kernel")


def names_in_file(
    layout: LayoutName, family: Family, names: Iterable[str]
) -> dict[str, str]:
    """Returns names free of what varies between files of one layout.

    Hugging Face's prefix (`bert.`) may be there or not, and old files say
    `LayerNorm.gamma` where new ones say `LayerNorm.weight`.

    Args:
        layout: Whose names these are.
        family: Which encoder.
        names: Names as they are in the file.

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


def families_by_names(names: Iterable[str], where: object) -> tuple[Family, ...]:
    """Returns the families whose names these can be, the likeliest first.

    Hugging Face's ELECTRA has the names of BERT when it has neither a prefix nor a
    projection; all others differ.

    Args:
        names: Names of weights in a file.
        where: The file, for the message.

    Raises:
        CheckpointError: When it is none of ours, or early brightmart ALBERT.
    """
    names = sorted(names)
    text = "\n".join(names)
    if "/layer_shared/" in text or "/word_embeddings_2" in text:
        raise CheckpointError(
            f"Expected BERT, ALBERT or ELECTRA as Google's code writes it. Received: "
            f"{where}, an early brightmart ALBERT (`layer_shared`, "
            f"`word_embeddings_2`), whose structure differs: it adds positions "
            f"after the projection. Use the release of the same model made with "
            f"Google's code (albert_*_zh_google)."
        )
    for pattern, families in _SIGNS:
        if re.search(pattern, text, re.MULTILINE):
            return families
    raise CheckpointError(
        f"Expected weights of a BERT, ALBERT or ELECTRA encoder. Received: {where} "
        f"with {len(names)} weights, none of them of these families, such as "
        f"{', '.join(names[:10]) or 'nothing'}. Choose another checkpoint."
    )


_SIGNS: tuple[tuple[str, tuple[Family, ...]], ...] = (
    (r"^electra[/.]", ("electra",)),
    (r"(group_0/inner_group_0/|albert_layer_groups\.0\.)", ("albert",)),
    (r"^embeddings_project\.", ("electra",)),
    (r"^(bert/encoder/layer_0/|bert\.encoder\.layer\.0\.)", ("bert",)),
    (r"^encoder\.layer\.0\.", ("bert", "electra")),
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
