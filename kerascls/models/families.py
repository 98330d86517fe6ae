"""The families of encoders: what sets each apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_NODES = "kerascls.serving.exporters.onnx"


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
        pairs_by_separator: Whether it was trained on pairs that separators alone tell
            apart; others need two segments for them.
        counts_from_padding: Whether the first token's position is the one behind the
            padding token's id, as in RoBERTa, and padding is not counted.
        encoder: `module:name` of its layer.
        onnx: `module:function` of `(graph, config, num_outputs, first_only)` that adds
            it to an ONNX graph and returns its states.
        is_modern: Whether blocks are those of ModernBERT: normalised before, without
            biases, with rotary positions, gates, and attention that is mostly local.
        google_gelu: What `"gelu"` means in Google's configurations, which say it for
            both forms; it is a matter of the code they were trained with.
        google_absent: What a key stands for that Google's configuration leaves out, as
            the code says that reads it; where nothing is said all have the defaults of
            `EncoderConfig`.
        huggingface_absent: As `google_absent`.
        huggingface_words: What Hugging Face's configurations call keys that they
            call otherwise in other families.
        huggingface_class: What transformers calls the encoder; "" where it has none.
    """

    title: str
    weight_names: str
    aliases: tuple[str, ...] = ()
    model_types: tuple[str, ...] = ()
    shares_layers: bool = False
    has_pooler: bool = True
    has_segments: bool = True
    pairs_by_separator: bool = False
    counts_from_padding: bool = False
    encoder: str = "kerascls.models.encoder:Encoder"
    onnx: str = f"{_NODES}.encoder:add_encoder"
    is_modern: bool = False
    google_gelu: str = "gelu_erf"
    google_absent: Mapping[str, Any] = field(default_factory=dict)
    huggingface_absent: Mapping[str, Any] = field(default_factory=dict)
    huggingface_words: Mapping[str, str] = field(default_factory=dict)
    huggingface_class: str = ""


_NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
_NAMES = "kerascls.checkpoints.names"

FAMILIES = {
    "bert": Family(
        title="BERT",
        weight_names=f"{_NAMES}:BERT_NAMES",
        aliases=("roberta",),  # so bert4keras calls BERTs that were trained like one
        model_types=("ernie",),
        huggingface_class="BertModel",
    ),
    "roberta": Family(
        title="RoBERTa",
        weight_names=f"{_NAMES}:ROBERTA_NAMES",
        model_types=("xlm-roberta", "camembert"),
        counts_from_padding=True,
        pairs_by_separator=True,
        huggingface_absent={"pad_token_id": 1},
        huggingface_class="RobertaModel",
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
        huggingface_class="AlbertModel",
    ),
    "electra": Family(
        title="ELECTRA",
        weight_names=f"{_NAMES}:ELECTRA_NAMES",
        has_pooler=False,
        huggingface_absent={"embedding_size": 128},
        huggingface_class="ElectraModel",
    ),
    "distilbert": Family(
        title="DistilBERT",
        weight_names=f"{_NAMES}:DISTILBERT_NAMES",
        has_pooler=False,
        has_segments=False,
        pairs_by_separator=True,
        huggingface_words={
            "dim": "hidden_size",
            "hidden_dim": "intermediate_size",
            "n_layers": "num_hidden_layers",
            "n_heads": "num_attention_heads",
            "activation": "hidden_act",
            "dropout": "hidden_dropout_prob",
            "attention_dropout": "attention_probs_dropout_prob",
        },
        huggingface_class="DistilBertModel",
    ),
    "modernbert": Family(
        title="ModernBERT",
        weight_names=f"{_NAMES}:MODERNBERT_NAMES",
        has_pooler=False,
        has_segments=False,
        pairs_by_separator=True,
        encoder="kerascls.models.modern_encoder:ModernEncoder",
        onnx=f"{_NODES}.modern_encoder:add_modern_encoder",
        is_modern=True,
        huggingface_absent={
            "layer_norm_eps": 1e-5,
            "max_position_embeddings": 8192,
            **_NO_DROPOUT,
        },
        huggingface_words={
            "norm_eps": "layer_norm_eps",
            "hidden_activation": "hidden_act",
            "mlp_dropout": "hidden_dropout_prob",
            "attention_dropout": "attention_probs_dropout_prob",
        },
        huggingface_class="ModernBertModel",
    ),
}


def family_titles() -> str:
    """Returns what people call them, as in "BERT, ALBERT or ELECTRA"."""
    *others, last = (family.title for family in FAMILIES.values())
    return f"{', '.join(others)} or {last}"
