"""The models and layouts that the checkpoint tests use, as one table.

Everything tiny: what counts is that each oddity of the published files occurs once.
"""

from dataclasses import dataclass, replace

PIECES = """
, . ? ! : % ( ) - ， 。 ？ ！ ： 《 》 0 1 2 3 4 5 6 7 8 9
中 国 足 球 队 在 上 海 以 比 战 胜 日 本 今 天 气 很 好
我 们 去 学 校 看 书 新 车 发 布 价 格 军 事
演 习 医 院 健 康 教 育 部 长 说 人 大 小 了 的 是 不
a b c e g i n o s t the team wins goal new car school health army ##s ##ed ##ing ##er
##a ##e ##n ##t match book is good 2026
""".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *PIECES]
KEPT_TOKENS = [n for n in range(len(VOCABULARY)) if n < 5 or n % 3]


@dataclass(frozen=True, kw_only=True)
class Model:
    """Sizes of a model and the seed of its weights; `gelu` is its family's form.

    `model_type` is what its configuration says where that is not the family;
    `max_positions` are the rows of its table.
    """

    name: str
    family: str
    seed: int
    gelu: str
    embedding_dim: int
    hidden_dim: int
    intermediate_dim: int = 64
    num_layers: int = 2
    num_heads: int = 4
    max_positions: int = 40
    num_token_types: int = 2
    spread: float = 0.2
    vocab_size: int = len(VOCABULARY)
    pad_id: int = 0
    num_task_types: int = 0
    model_type: str | None = None

    @property
    def has_pooler(self) -> bool:
        return self.family not in ("electra", "distilbert")

    @property
    def vocabulary(self) -> list[str]:
        """Its tokens; where padding is the second, it stands in place of [UNK]."""
        pad, other, *others = VOCABULARY
        return [other, pad, *others] if self.pad_id else [pad, other, *others]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One model in one layout, with the oddities that real files have.

    `prefix` puts `bert.` and the like before Hugging Face names, and with it the
    heads such files come with. `weights_file` is what stands for the weights: a
    TensorFlow prefix, a safetensors file or the index of several. `gelu` set means
    that the configuration names a form other than the family's.
    """

    name: str
    model: Model
    layout: str
    config_file: str = "config.json"
    weights_file: str = "model.safetensors"
    prefix: bool = False
    optimizer_slots: bool = False
    old_norm_names: bool = False
    position_ids: bool = False
    num_shards: int = 1
    gelu: str | None = None

    @property
    def expected_gelu(self) -> str:
        """The form that a loader must choose when nobody tells it which."""
        return self.gelu or self.model.gelu


BERT = Model(
    name="bert", family="bert", seed=11, gelu="erf",
    embedding_dim=48, hidden_dim=48, num_layers=3,
)  # fmt: skip
ALBERT = Model(
    name="albert", family="albert", seed=12, gelu="tanh",
    embedding_dim=16, hidden_dim=48, num_layers=3,
)  # fmt: skip
# Hugging Face's ALBERT has the projection even where the two sizes are equal.
ALBERT_EQUAL = replace(ALBERT, name="albert_equal", seed=13, embedding_dim=48)
ELECTRA = Model(
    name="electra", family="electra", seed=14, gelu="erf",
    embedding_dim=16, hidden_dim=32,
)  # fmt: skip
ELECTRA_EQUAL = replace(ELECTRA, name="electra_equal", seed=15, embedding_dim=32)
ROBERTA = Model(
    name="roberta", family="roberta", seed=16, gelu="erf",
    embedding_dim=48, hidden_dim=48, num_token_types=1, pad_id=1,
)  # fmt: skip
ERNIE = Model(
    name="ernie", family="bert", seed=17, gelu="erf", model_type="ernie",
    embedding_dim=48, hidden_dim=48, num_task_types=3,
)  # fmt: skip
DISTILBERT = Model(
    name="distilbert", family="distilbert", seed=18, gelu="erf",
    embedding_dim=48, hidden_dim=48, num_token_types=0,
)  # fmt: skip
MODELS = {
    model.name: model
    for model in (
        BERT,
        ALBERT,
        ALBERT_EQUAL,
        ELECTRA,
        ELECTRA_EQUAL,
        ROBERTA,
        ERNIE,
        DISTILBERT,
    )
}

CASES = {
    case.name: case
    for case in (
        Case(
            name="bert_tensorflow", model=BERT, layout="tensorflow",
            config_file="bert_config.json", weights_file="bert_model.ckpt",
            optimizer_slots=True,
        ),
        Case(
            name="albert_tensorflow", model=ALBERT, layout="tensorflow",
            config_file="albert_config_small_google.json",
            weights_file="albert_model.ckpt",
        ),
        Case(
            name="electra_tensorflow", model=ELECTRA, layout="tensorflow",
            config_file="small_discriminator_config.json",
            weights_file="electra_180g_small.ckpt", optimizer_slots=True,
        ),
        Case(
            name="electra_equal_tensorflow", model=ELECTRA_EQUAL, layout="tensorflow",
            config_file="base_discriminator_config.json",
            weights_file="electra_180g_base.ckpt",
        ),
        Case(
            name="bert_huggingface", model=BERT, layout="huggingface", prefix=True,
            old_norm_names=True,
        ),
        Case(
            name="bert_huggingface_sharded", model=BERT, layout="huggingface",
            weights_file="model.safetensors.index.json", position_ids=True,
            num_shards=3,
        ),
        Case(
            name="albert_huggingface", model=ALBERT, layout="huggingface", prefix=True,
            position_ids=True,
        ),
        Case(name="albert_huggingface_bare", model=ALBERT, layout="huggingface"),
        Case(
            name="albert_equal_huggingface", model=ALBERT_EQUAL, layout="huggingface",
            prefix=True, gelu="erf",
        ),
        Case(
            name="electra_huggingface", model=ELECTRA, layout="huggingface",
            prefix=True, position_ids=True,
        ),
        Case(
            name="electra_equal_huggingface", model=ELECTRA_EQUAL, gelu="tanh",
            layout="huggingface", weights_file="model.safetensors.index.json",
            num_shards=2,
        ),
        Case(
            name="roberta_huggingface", model=ROBERTA, layout="huggingface",
            prefix=True, position_ids=True,
        ),
        Case(name="roberta_huggingface_bare", model=ROBERTA, layout="huggingface"),
        Case(
            name="ernie_huggingface", model=ERNIE, layout="huggingface", prefix=True,
        ),
        Case(
            name="distilbert_huggingface", model=DISTILBERT, layout="huggingface",
            prefix=True,
        ),
    )
}  # fmt: skip
