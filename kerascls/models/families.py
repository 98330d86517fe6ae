"""The families of encoders: what sets each apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Family:
    """One family of encoders and its checkpoints.

    Args:
        title: What people call it.
        weight_names: `module:name` of the `WeightNames` of its checkpoints.
        aliases: Other names for `build_transformer_model`.
        model_types: What else configurations call an encoder that computes the same.
        shares_layers: Whether one block's weights serve all layers, behind a
            projection.
        has_pooler: Whether it is published with a pooler.
        google_gelu: What `"gelu"` means in Google's configurations, which say it for
            both forms; it is a matter of the code they were trained with.
        google_absent: What a key stands for that Google's configuration leaves out, as
            the code says that reads it; where nothing is said all have the defaults of
            `EncoderConfig`.
        huggingface_absent: As `google_absent`.
    """

    title: str
    weight_names: str
    aliases: tuple[str, ...] = ()
    model_types: tuple[str, ...] = ()
    shares_layers: bool = False
    has_pooler: bool = True
    google_gelu: str = "gelu_erf"
    google_absent: Mapping[str, Any] = field(default_factory=dict)
    huggingface_absent: Mapping[str, Any] = field(default_factory=dict)


_NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
_NAMES = "kerascls.checkpoints.names"

FAMILIES = {
    "bert": Family(
        title="BERT",
        weight_names=f"{_NAMES}:BERT_NAMES",
        aliases=("roberta",),
        model_types=("ernie",),
    ),
    "albert": Family(
        title="ALBERT",
        weight_names=f"{_NAMES}:ALBERT_NAMES",
        shares_layers=True,
        google_gelu="gelu_tanh",
        google_absent=_NO_DROPOUT,
        huggingface_absent={
            "embedding_size": 128,
            "hidden_act": "gelu_new",
            **_NO_DROPOUT,
        },
    ),
    "electra": Family(
        title="ELECTRA",
        weight_names=f"{_NAMES}:ELECTRA_NAMES",
        has_pooler=False,
        huggingface_absent={"embedding_size": 128},
    ),
}


def family_titles() -> str:
    """Returns what people call them, as in "BERT, ALBERT or ELECTRA"."""
    *others, last = (family.title for family in FAMILIES.values())
    return f"{', '.join(others)} or {last}"
