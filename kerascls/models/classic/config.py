"""The classic models by name: what each is, its sizes, what to try first; no Keras."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kerascls.errors import SettingsError


@dataclass(frozen=True, kw_only=True)
class ClassicConfig:
    """Sizes of a classic model.

    Args:
        model: Its name in `CLASSICS`.
        vocab_size: Ids that the word embeddings have a row for; 0 in a preset, where
            the training text is to give it.
        embedding_dim: Width of word embeddings.
        hidden_dim: Width of what is computed from them.
        num_layers: How many layers stand on each other.
        sizes: What only this model has, by name: whole numbers, or tuples of them.
        sentence_end_ids: Ids of tokens that end a sentence, for models that read
            sentences.

    Raises:
        SettingsError: When attention heads do not divide `hidden_dim`.
    """

    model: str
    vocab_size: int = 0
    embedding_dim: int = 128
    hidden_dim: int = 128
    num_layers: int = 1
    sizes: Mapping[str, Any] = field(default_factory=dict)
    sentence_end_ids: tuple[int, ...] = ()

    num_token_types = 2
    shares_layers = False

    def __post_init__(self) -> None:
        # As they come from a file.
        sizes = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.sizes.items()
        }
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "sentence_end_ids", tuple(self.sentence_end_ids))
        num_heads: Any = sizes.get("num_heads", 1)
        nearest = num_heads * max(1, self.hidden_dim // num_heads)
        if nearest != self.hidden_dim:
            raise SettingsError(
                f"Expected a width that {num_heads} attention heads share evenly. "
                f"Received: hidden_dim={self.hidden_dim} for {self.model}. Give a "
                f"multiple of {num_heads} with --set model.hidden_dim={nearest}."
            )

    @property
    def has_batch_norm(self) -> bool:
        """Whether what one text of a batch gives depends on the others in training."""
        return bool(self.sizes.get("batch_norm"))

    @property
    def parameters(self) -> int:
        """How many numbers it holds, of the table's sizes, without its last layer.

        Those of a preset, which has no vocabulary yet, are without word embeddings.
        """
        own = CLASSICS[self.model].parameters
        return self.vocab_size * self.embedding_dim + own

    def to_dict(self) -> dict[str, Any]:
        """Returns the sizes as plain JSON types."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Classic:
    """A classic model known by name.

    Args:
        title: One line for people.
        layer: `module:name` of its `ClassicLayer`.
        parameters: How many numbers it has of these sizes, without word embeddings and
            the last layer.
        sizes: What `ClassicConfig` says of it otherwise than by default.
        own: Its `ClassicConfig.sizes`.
        follows: Which settings of sizes change it.
        dropout: Share of the text vector dropped in training.
        learning_rate: Peak rate.
        epochs: Upper limit; early stopping may end it sooner.
        batch_size: Rows per step.
        max_tokens: Longest sequence.
        reads_pairs: Whether it compares two texts, and takes nothing else.
        reads_sentences: Whether it asks where sentences end.
        gives_in_turn: Whether it gives labels one after another, at most
            `sizes["steps"]`, which the training text is to give.
        in_tflite: Whether TensorFlow Lite has operations for it. Of recurrent layers
            it has none: its loops are over states of a batch of one fixed size.
    """

    title: str
    layer: str
    parameters: int
    sizes: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    follows: tuple[str, ...] = ("embedding_dim", "hidden_dim")
    dropout: float = 0.5
    learning_rate: float = 3e-3
    epochs: int = 10
    batch_size: int = 64
    max_tokens: int = 256
    reads_pairs: bool = False
    reads_sentences: bool = False
    gives_in_turn: bool = False
    in_tflite: bool = False


_HERE = "kerascls.models.classic"
_WITH_LAYERS = "embedding_dim", "hidden_dim", "num_layers"
_CONVOLUTIONS = {"widths": (2, 3, 4), "batch_norm": 0}

CLASSICS: dict[str, Classic] = {
    "fasttext": Classic(
        title="fastText: the mean of embeddings of words and of pairs of words",
        layer=f"{_HERE}.fasttext:FastText",
        parameters=(1 << 18) * 64,
        sizes={"embedding_dim": 64, "hidden_dim": 64},
        # 64 MiB.
        own={"ngrams": 2, "buckets": 1 << 18},
        follows=("embedding_dim", "ngrams"),
        dropout=0.0,
        learning_rate=2e-2,
        batch_size=128,
        in_tflite=True,
    ),
    "textcnn": Classic(
        title="TextCNN: convolutions of several widths, the maximum over time",
        layer=f"{_HERE}.textcnn:TextCNN",
        parameters=295_296,
        sizes={"embedding_dim": 256},
        own=_CONVOLUTIONS,
        follows=(*_WITH_LAYERS, "batch_norm"),
        learning_rate=2e-3,
        in_tflite=True,
    ),
    "textrnn": Classic(
        title="TextRNN: an LSTM from either end, its last states",
        layer=f"{_HERE}.textrnn:TextRNN",
        parameters=263_168,
        follows=_WITH_LAYERS,
        own={"max_over_time": 0},
    ),
    "textrnn_max": Classic(
        title="TextRNN with the maximum over time of all states",
        layer=f"{_HERE}.textrnn:TextRNN",
        parameters=263_168,
        follows=_WITH_LAYERS,
        own={"max_over_time": 1},
    ),
    "rcnn": Classic(
        title="RCNN: each word between its left and right context, the maximum",
        layer=f"{_HERE}.rcnn:RCNN",
        parameters=115_328,
    ),
    "textcnn_rcnn": Classic(
        title="TextCNN and RCNN on one set of embeddings, mixed by a number",
        layer=f"{_HERE}.textcnn_rcnn:TextCNNAndRCNN",
        parameters=263_169,
        follows=(*_WITH_LAYERS, "batch_norm"),
        own=_CONVOLUTIONS,
    ),
    "seq2seq": Classic(
        title="Seq2seq: labels one after another, folded into scores",
        layer=f"{_HERE}.seq2seq:Seq2Seq",
        parameters=527_361,
        own={"steps": 5},
        gives_in_turn=True,
    ),
    "siamese_cnn": Classic(
        title="Two texts through one TextCNN, then compared",
        layer=f"{_HERE}.siamese:SiameseCNN",
        parameters=147_840,
        follows=(*_WITH_LAYERS, "batch_norm"),
        own=_CONVOLUTIONS,
        reads_pairs=True,
        in_tflite=True,
    ),
    "siamese_rnn": Classic(
        title="Two texts through one BiLSTM, then a bilinear form for each label",
        layer=f"{_HERE}.siamese:SiameseRNN",
        parameters=98_816,
        follows=_WITH_LAYERS,
        sizes={"hidden_dim": 64},
        own={"max_over_time": 0},
        reads_pairs=True,
    ),
    "dpcnn": Classic(
        title="DPCNN: a pyramid of convolutions, each on half of the one below",
        layer=f"{_HERE}.dpcnn:DPCNN",
        parameters=936_320,
        follows=_WITH_LAYERS,
        sizes={"num_layers": 8},
        in_tflite=True,
    ),
    "transformer": Classic(
        title="Transformer: self-attention from scratch, the maximum over tokens",
        layer=f"{_HERE}.transformer:Transformer",
        parameters=396_544,
        follows=_WITH_LAYERS,
        sizes={"num_layers": 2},
        own={"num_heads": 4},
        dropout=0.2,
        in_tflite=True,
    ),
    "han": Classic(
        title="HAN: BiGRU and attention over words, then over sentences",
        layer=f"{_HERE}.han:HierarchicalAttention",
        parameters=182_272,
        sizes={"hidden_dim": 64},
        own={"max_sentences": 16},
        reads_sentences=True,
    ),
    "entity_network": Classic(
        title="Recurrent entity network: blocks of memory that read sentences",
        layer=f"{_HERE}.entity_network:EntityNetwork",
        parameters=87_936,
        own={"blocks": 10, "places": 32, "piece_tokens": 4, "max_sentences": 32},
        reads_sentences=True,
    ),
    "dynamic_memory": Classic(
        title="Dynamic memory network: passes over sentences, with attention",
        layer=f"{_HERE}.dynamic_memory:DynamicMemory",
        parameters=528_001,
        own={"passes": 3, "piece_tokens": 4, "max_sentences": 32},
        reads_sentences=True,
    ),
}


def classic_config(name: str, **changes: Any) -> ClassicConfig:
    """Returns the sizes of the model of that name, or others where they are given."""
    row = CLASSICS[name]
    return ClassicConfig(**{"model": name, "sizes": row.own, **row.sizes, **changes})
