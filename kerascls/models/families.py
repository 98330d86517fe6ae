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
        has_segments: Whether it adds an embedding of the segment to each token.
        counts_from_padding: Whether the first token's position is the one behind the
            padding token's id, as in RoBERTa, and padding is not counted.
        google_gelu: What `"gelu"` means in Google's configurations, which say it for
            both forms; it is a matter of the code they were trained with.
        google_absent: What a key stands for that Google's configuration leaves out, as
            the code says that reads it; where nothing is said all have the defaults of
            `EncoderConfig`.
        huggingface_absent: As `google_absent`.
        huggingface_words: What Hugging Face's configurations call keys that they
            call otherwise in other families.
    """

    title: str
    weight_names: str
    aliases: tuple[str, ...] = ()
    model_types: tuple[str, ...] = ()
    shares_layers: bool = False
    has_pooler: bool = True
    has_segments: bool = True
    counts_from_padding: bool = False
    google_gelu: str = "gelu_erf"
    google_absent: Mapping[str, Any] = field(default_factory=dict)
    huggingface_absent: Mapping[str, Any] = field(default_factory=dict)
    huggingface_words: Mapping[str, str] = field(default_factory=dict)


_NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
_NAMES = "kerascls.checkpoints.names"

FAMILIES = {
    "bert": Family(
        title="BERT",
        weight_names=f"{_NAMES}:BERT_NAMES",
        aliases=("roberta",),  # so bert4keras calls BERTs that were trained like one
        model_types=("ernie",),
    ),
    "roberta": Family(
        title="RoBERTa",
        weight_names=f"{_NAMES}:ROBERTA_NAMES",
        model_types=("xlm-roberta", "camembert"),
        counts_from_padding=True,
        huggingface_absent={"pad_token_id": 1},
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
    "distilbert": Family(
        title="DistilBERT",
        weight_names=f"{_NAMES}:DISTILBERT_NAMES",
        has_pooler=False,
        has_segments=False,
        huggingface_words={
            "dim": "hidden_size",
            "hidden_dim": "intermediate_size",
            "n_layers": "num_hidden_layers",
            "n_heads": "num_attention_heads",
            "activation": "hidden_act",
            "dropout": "hidden_dropout_prob",
            "attention_dropout": "attention_probs_dropout_prob",
        },
    ),
}


def family_titles() -> str:
    """Returns what people call them, as in "BERT, ALBERT or ELECTRA"."""
    *others, last = (family.title for family in FAMILIES.values())
    return f"{', '.join(others)} or {last}"
