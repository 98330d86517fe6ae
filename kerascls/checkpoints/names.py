"""From our names of weights to those in files, by the tables of the families."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from kerascls.errors import CheckpointError
from kerascls.models.families import FAMILIES, Renames, family_titles

LayoutName = Literal["google", "huggingface"]
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


def file_name(layout: LayoutName, family: str, name: str) -> str:
    """Returns a file's name, Google's with prefix, of a weight of our stable name."""
    row = FAMILIES[family]
    if layout == "google":
        return row.google_prefix + _exchange(name, row.google_renames)
    name = _exchange(name, row.huggingface_renames)
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
        patterns = {name: getattr(row, sign) for name, row in FAMILIES.items()}
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
