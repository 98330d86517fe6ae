"""Names, shapes and configuration keys of published checkpoints, as tables.

Encoder weights go by Google's BERT names without the `bert/` prefix; a renaming is a
list of (pattern, replacement), all applied in order. Shapes of heads are given in the
words of `make_checkpoints.Model`.
"""

GOOGLE_CONFIG_EXTRAS: dict[str, dict[str, object]] = {
    "bert": {
        "directionality": "bidi",
        "pooler_fc_size": 768,
        "pooler_num_attention_heads": 12,
        "pooler_num_fc_layers": 3,
        "pooler_size_per_head": 128,
        "pooler_type": "first_token_transform",
    },
    "albert": {
        "num_hidden_groups": 1,
        "net_structure_type": 0,
        "gap_size": 0,
        "num_memory_blocks": 0,
        "inner_group_num": 1,
        "down_scale_factor": 1,
    },
    "electra": {},
    "roberta": {},
    "distilbert": {},
}

HUGGINGFACE_CONFIG_EXTRAS: dict[str, dict[str, object]] = {
    "bert": {
        "classifier_dropout": None,
        "position_embedding_type": "absolute",
        "use_cache": True,
    },
    "albert": {
        "bos_token_id": 2,
        "classifier_dropout_prob": 0.1,
        "eos_token_id": 3,
        "layers_to_keep": [],
        "output_past": True,
    },
    "electra": {
        "position_embedding_type": "absolute",
        "summary_activation": "gelu",
        "summary_last_dropout": 0.1,
        "summary_type": "first",
        "summary_use_proj": True,
    },
    "roberta": {
        "bos_token_id": 0,
        "eos_token_id": 2,
        "position_embedding_type": "absolute",
        "use_cache": True,
    },
    "distilbert": {
        "qa_dropout": 0.1,
        "seq_classif_dropout": 0.2,
        "sinusoidal_pos_embds": False,
        "tie_weights_": True,
    },
}
# What a family calls keys that others call so; "" for those it does not have.
HUGGINGFACE_CONFIG_WORDS = {
    "distilbert": {
        "hidden_size": "dim",
        "intermediate_size": "hidden_dim",
        "num_hidden_layers": "n_layers",
        "num_attention_heads": "n_heads",
        "hidden_act": "activation",
        "hidden_dropout_prob": "dropout",
        "attention_probs_dropout_prob": "attention_dropout",
        "type_vocab_size": "",
        "layer_norm_eps": "",
    },
}

# By family: without and with the prefix, that is, without and with heads.
HUGGINGFACE_ARCHITECTURES = {
    "bert": ("BertModel", "BertForPreTraining"),
    "albert": ("AlbertModel", "AlbertForMaskedLM"),
    "electra": ("ElectraModel", "ElectraForPreTraining"),
    "roberta": ("RobertaModel", "RobertaForMaskedLM"),
    "distilbert": ("DistilBertModel", "DistilBertForMaskedLM"),
}

_ALBERT_GROUP = r"encoder/transformer/group_0/inner_group_0/"
TENSORFLOW_NAMES: dict[str, list[tuple[str, str]]] = {
    "bert": [],
    "electra": [],
    "albert": [
        (r"^embeddings_project/", r"encoder/embedding_hidden_mapping_in/"),
        (r"^encoder/layer_0/attention/output/LayerNorm/", _ALBERT_GROUP + "LayerNorm/"),
        (r"^encoder/layer_0/output/LayerNorm/", _ALBERT_GROUP + "LayerNorm_1/"),
        (r"^encoder/layer_0/attention/", _ALBERT_GROUP + "attention_1/"),
        (r"^encoder/layer_0/output/", _ALBERT_GROUP + "ffn_1/intermediate/output/"),
        (r"^encoder/layer_0/intermediate/", _ALBERT_GROUP + "ffn_1/intermediate/"),
    ],
}

_HUGGINGFACE_PARAMETERS = [
    (r"_embeddings$", "_embeddings.weight"),
    (r"/(kernel|gamma)$", ".weight"),
    (r"/beta$", ".bias"),
    (r"/", "."),
]
_ALBERT_LAYER = "encoder/albert_layer_groups/0/albert_layers/0/"
HUGGINGFACE_NAMES: dict[str, list[tuple[str, str]]] = {
    "bert": [(r"/layer_(\d+)/", r"/layer/\1/"), *_HUGGINGFACE_PARAMETERS],
    "electra": [(r"/layer_(\d+)/", r"/layer/\1/"), *_HUGGINGFACE_PARAMETERS],
    "roberta": [(r"/layer_(\d+)/", r"/layer/\1/"), *_HUGGINGFACE_PARAMETERS],
    "distilbert": [
        (r"^encoder/layer_(\d+)/", r"transformer/layer/\1/"),
        (r"/attention/self/(.)[a-z]+/", r"/attention/\1_lin/"),
        (r"/attention/output/dense/", "/attention/out_lin/"),
        (r"/attention/output/LayerNorm/", "/sa_layer_norm/"),
        (r"/intermediate/dense/", "/ffn/lin1/"),
        (r"/output/dense/", "/ffn/lin2/"),
        (r"/output/LayerNorm/", "/output_layer_norm/"),
        *_HUGGINGFACE_PARAMETERS,
    ],
    "albert": [
        (r"^embeddings_project/", "encoder/embedding_hidden_mapping_in/"),
        (r"^pooler/dense/", "pooler/"),
        (r"^encoder/layer_0/", _ALBERT_LAYER),
        (r"/attention/self/", "/attention/"),
        (r"/attention/output/", "/attention/"),
        (r"/intermediate/dense/", "/ffn/"),
        (r"/output/dense/", "/ffn_output/"),
        (r"/output/LayerNorm/", "/full_layer_layer_norm/"),
        *_HUGGINGFACE_PARAMETERS,
    ],
}

Shapes = dict[str, tuple[str | int, ...]]
_GOOGLE_BERT_HEADS: Shapes = {
    "cls/predictions/output_bias": ("vocab_size",),
    "cls/predictions/transform/LayerNorm/beta": ("embedding_dim",),
    "cls/predictions/transform/LayerNorm/gamma": ("embedding_dim",),
    "cls/predictions/transform/dense/bias": ("embedding_dim",),
    "cls/predictions/transform/dense/kernel": ("hidden_dim", "embedding_dim"),
    "cls/seq_relationship/output_bias": (2,),
    "cls/seq_relationship/output_weights": (2, "hidden_dim"),
}
_GENERATOR_LAYER = "generator/encoder/layer_0/"
TENSORFLOW_HEADS: dict[str, Shapes] = {
    "bert": _GOOGLE_BERT_HEADS,
    "albert": _GOOGLE_BERT_HEADS,
    "electra": {
        "discriminator_predictions/dense/bias": ("hidden_dim",),
        "discriminator_predictions/dense/kernel": ("hidden_dim", "hidden_dim"),
        "discriminator_predictions/dense_1/bias": (1,),
        "discriminator_predictions/dense_1/kernel": ("hidden_dim", 1),
        "generator/embeddings_project/bias": (8,),
        "generator/embeddings_project/kernel": ("embedding_dim", 8),
        _GENERATOR_LAYER + "attention/self/query/bias": (8,),
        _GENERATOR_LAYER + "attention/self/query/kernel": (8, 8),
        _GENERATOR_LAYER + "output/LayerNorm/beta": (8,),
        _GENERATOR_LAYER + "output/LayerNorm/gamma": (8,),
        "generator_predictions/LayerNorm/beta": ("embedding_dim",),
        "generator_predictions/LayerNorm/gamma": ("embedding_dim",),
        "generator_predictions/dense/bias": ("embedding_dim",),
        "generator_predictions/dense/kernel": (8, "embedding_dim"),
        "generator_predictions/output_bias": ("vocab_size",),
    },
}
HUGGINGFACE_HEADS: dict[str, Shapes] = {
    "bert": {
        "cls.predictions.bias": ("vocab_size",),
        "cls.predictions.decoder.weight": ("vocab_size", "hidden_dim"),
        "cls.predictions.transform.LayerNorm.bias": ("hidden_dim",),
        "cls.predictions.transform.LayerNorm.weight": ("hidden_dim",),
        "cls.predictions.transform.dense.bias": ("hidden_dim",),
        "cls.predictions.transform.dense.weight": ("hidden_dim", "hidden_dim"),
        "cls.seq_relationship.bias": (2,),
        "cls.seq_relationship.weight": (2, "hidden_dim"),
    },
    "albert": {
        "predictions.LayerNorm.bias": ("embedding_dim",),
        "predictions.LayerNorm.weight": ("embedding_dim",),
        "predictions.bias": ("vocab_size",),
        "predictions.decoder.bias": ("vocab_size",),
        "predictions.decoder.weight": ("vocab_size", "embedding_dim"),
        "predictions.dense.bias": ("embedding_dim",),
        "predictions.dense.weight": ("embedding_dim", "hidden_dim"),
    },
    "electra": {
        "discriminator_predictions.dense.bias": ("hidden_dim",),
        "discriminator_predictions.dense.weight": ("hidden_dim", "hidden_dim"),
        "discriminator_predictions.dense_prediction.bias": (1,),
        "discriminator_predictions.dense_prediction.weight": (1, "hidden_dim"),
    },
    "roberta": {
        "lm_head.bias": ("vocab_size",),
        "lm_head.dense.bias": ("hidden_dim",),
        "lm_head.dense.weight": ("hidden_dim", "hidden_dim"),
        "lm_head.layer_norm.bias": ("hidden_dim",),
        "lm_head.layer_norm.weight": ("hidden_dim",),
        "lm_head.decoder.weight": ("vocab_size", "hidden_dim"),
    },
    "distilbert": {
        "vocab_layer_norm.bias": ("hidden_dim",),
        "vocab_layer_norm.weight": ("hidden_dim",),
        "vocab_projector.bias": ("vocab_size",),
        "vocab_projector.weight": ("vocab_size", "hidden_dim"),
        "vocab_transform.bias": ("hidden_dim",),
        "vocab_transform.weight": ("hidden_dim", "hidden_dim"),
    },
}
