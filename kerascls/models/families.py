"""The families of encoders: what sets each apart, and what its files call things.

Our names of weights are those of Google's BERT checkpoints without the prefix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Leading parts of our names and of theirs; the first that fits is exchanged.
Renames = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Family:
    """One family of encoders and its checkpoints.

    Args:
        title: What people call it.
        aliases: Other names for `build_transformer_model`.
        shares_layers: Whether one block's weights serve all layers, behind a
            projection.
        has_pooler: Whether it is published with a pooler.
        google_prefix: Before every name in Google's files.
        google_renames: From our names to Google's.
        google_gelu: What `"gelu"` means in Google's configurations, which say it for
            both forms; it is a matter of the code they were trained with.
        google_absent: What a key stands for that Google's configuration leaves out, as
            the code says that reads it; where nothing is said all have the defaults of
            `EncoderConfig`.
        huggingface_renames: From our names to Hugging Face's, with slashes.
        huggingface_absent: As `google_absent`.
        sign: Pattern of a name that only this family's files have.
        bare_sign: Pattern of a name that a file of it without such a sign has.
    """

    title: str
    aliases: tuple[str, ...] = ()
    shares_layers: bool = False
    has_pooler: bool = True
    google_prefix: str = "bert/"
    google_renames: Renames = ()
    google_gelu: str = "gelu_erf"
    google_absent: Mapping[str, Any] = field(default_factory=dict)
    huggingface_renames: Renames = (("encoder/layer_", "encoder/layer/"),)
    huggingface_absent: Mapping[str, Any] = field(default_factory=dict)
    sign: str
    bare_sign: str | None = None


_NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
_PROJECTION: Renames = (
    ("embeddings_project/", "encoder/embedding_hidden_mapping_in/"),
)
_GROUP = "encoder/transformer/group_0/inner_group_0/"
_LAYER = "encoder/albert_layer_groups/0/albert_layers/0/"
_BARE_LAYER = r"^encoder\.layer\.0\."

FAMILIES = {
    "bert": Family(
        title="BERT",
        aliases=("roberta",),
        google_renames=_PROJECTION,
        sign=r"^(bert/encoder/layer_0/|bert\.encoder\.layer\.0\.)",
        bare_sign=_BARE_LAYER,
    ),
    "albert": Family(
        title="ALBERT",
        shares_layers=True,
        google_renames=(
            *_PROJECTION,
            ("encoder/layer_0/attention/output/LayerNorm/", _GROUP + "LayerNorm/"),
            ("encoder/layer_0/attention/", _GROUP + "attention_1/"),
            ("encoder/layer_0/intermediate/", _GROUP + "ffn_1/intermediate/"),
            (
                "encoder/layer_0/output/dense/",
                _GROUP + "ffn_1/intermediate/output/dense/",
            ),
            ("encoder/layer_0/output/LayerNorm/", _GROUP + "LayerNorm_1/"),
        ),
        google_gelu="gelu_tanh",
        google_absent=_NO_DROPOUT,
        huggingface_renames=(
            *_PROJECTION,
            ("pooler/dense/", "pooler/"),
            ("encoder/layer_0/attention/self/", _LAYER + "attention/"),
            ("encoder/layer_0/attention/output/", _LAYER + "attention/"),
            ("encoder/layer_0/intermediate/dense/", _LAYER + "ffn/"),
            ("encoder/layer_0/output/dense/", _LAYER + "ffn_output/"),
            ("encoder/layer_0/output/LayerNorm/", _LAYER + "full_layer_layer_norm/"),
        ),
        huggingface_absent={
            "embedding_size": 128,
            "hidden_act": "gelu_new",
            **_NO_DROPOUT,
        },
        sign=r"(group_0/inner_group_0/|albert_layer_groups\.0\.)",
    ),
    # Hugging Face's has the names of BERT where it has neither prefix nor projection.
    "electra": Family(
        title="ELECTRA",
        has_pooler=False,
        google_prefix="electra/",
        huggingface_absent={"embedding_size": 128},
        sign=r"^(electra[/.]|embeddings_project\.)",
        bare_sign=_BARE_LAYER,
    ),
}


def family_titles() -> str:
    """Returns what people call them, as in "BERT, ALBERT or ELECTRA"."""
    *others, last = (family.title for family in FAMILIES.values())
    return f"{', '.join(others)} or {last}"
