"""What models are made of, by name, and who computes it; no Keras needed to read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pooling:
    """How hidden states become the vector of a text, or one for each label.

    Args:
        meaning: What the vector is, for help texts.
        layer: `module:name` of a function of `(hidden, padding_mask)` that returns
            `(batch, vectors, hidden_dim)`; with weights, of a layer called so, made
            from `(num_queries, hidden_dim, initializer)`, that returns vectors of its
            `output_dim`. Its `weights_by_name()` are stored under its fixed name.
        onnx: `module:function` of `(graph, hidden, padding_mask, prefix)` that adds
            the same to an ONNX graph, `(batch, width)` where there is one vector;
            names of weights begin with `prefix`. None for what cannot be exported so.
        in_tflite: Whether TensorFlow Lite has operations for it.
        has_weights: Whether it learns.
        first_only: Whether hidden states of other tokens than the first change nothing.
        with_pool: Whether it takes the encoder's pooled vector for hidden states.
        before_mix: Whether the pooling of a mix of layers is the mix of their poolings.
        per_label: Whether each label has a vector, and a query, of its own.
        tried_pretrained: Whether a search tries it on pretrained weights.
        tried_from_scratch: Whether a search tries it on random weights.
    """

    meaning: str
    layer: str
    onnx: str | None = None
    in_tflite: bool = True
    has_weights: bool = False
    first_only: bool = False
    with_pool: bool = False
    before_mix: bool = True
    per_label: bool = False
    tried_pretrained: bool = False
    tried_from_scratch: bool = False

    @property
    def reads_several(self) -> bool:
        """Whether it makes one vector of all: what pools windows of a text."""
        return not (self.first_only or self.per_label)


_LAYERS = "kerascls.models.layers.poolings"
_SEQUENCE_LAYERS = "kerascls.models.layers.sequence_poolings"
_HEAD_NODES = "kerascls.serving.exporters.onnx.head"
_SEQUENCE_NODES = "kerascls.serving.exporters.onnx.sequence_poolings"

POOLINGS = {
    "cls": Pooling(
        meaning="that of [CLS]",
        layer=f"{_LAYERS}:first_token",
        onnx=f"{_HEAD_NODES}:only_vector",
        first_only=True,
        tried_pretrained=True,
    ),
    "pooler": Pooling(
        meaning="the encoder's pooler on it",
        layer=f"{_LAYERS}:first_token",
        onnx=f"{_HEAD_NODES}:pooler",
        first_only=True,
        with_pool=True,
    ),
    "mean": Pooling(
        meaning="the mean over tokens",
        layer=f"{_LAYERS}:mean",
        onnx=f"{_HEAD_NODES}:mean",
        tried_pretrained=True,
        tried_from_scratch=True,
    ),
    "max": Pooling(
        meaning="the maximum over tokens",
        layer=f"{_LAYERS}:maximum",
        onnx=f"{_HEAD_NODES}:maximum",
        before_mix=False,
        tried_from_scratch=True,
    ),
    "attention": Pooling(
        meaning="attention over tokens",
        layer=f"{_LAYERS}:AttentionPooling",
        onnx=f"{_HEAD_NODES}:attention",
        has_weights=True,
        tried_pretrained=True,
        tried_from_scratch=True,
    ),
    "label_attention": Pooling(
        meaning="attention of each label",
        layer=f"{_LAYERS}:AttentionPooling",
        onnx=f"{_HEAD_NODES}:label_attention",
        has_weights=True,
        per_label=True,
    ),
    "cnn": Pooling(
        meaning="the maximum of convolutions over tokens",
        layer=f"{_SEQUENCE_LAYERS}:ConvolutionPooling",
        onnx=f"{_SEQUENCE_NODES}:convolutions",
        has_weights=True,
    ),
    "lstm": Pooling(
        meaning="the maximum of an LSTM from either end",
        layer=f"{_SEQUENCE_LAYERS}:LSTMPooling",
        onnx=f"{_SEQUENCE_NODES}:lstm",
        in_tflite=False,  # its loops are over states of a batch of one fixed size
        has_weights=True,
    ),
}


class _WindowPoolings(Mapping[str, Pooling]):
    """The poolings that make one vector of all windows, also those added later."""

    def __getitem__(self, name: str) -> Pooling:
        if not POOLINGS[name].reads_several:
            raise KeyError(name)
        return POOLINGS[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, row in POOLINGS.items() if row.reads_several)

    def __len__(self) -> int:
        return sum(1 for _ in self)


WINDOW_POOLINGS = _WindowPoolings()


@dataclass(frozen=True, kw_only=True)
class Activation:
    """The function between the two dense layers of a block.

    Args:
        function: `module:function` of a tensor and of whether gradients will be asked
            for; returns a tensor of the same shape and dtype.
        onnx: `module:function` of `(graph, x, bias)` that adds the same, of `x + bias`.
        spellings: What configuration files call it.
    """

    function: str
    onnx: str
    spellings: tuple[str, ...]


_FUNCTIONS = "kerascls.models.layers.transformer"
_ENCODER_NODES = "kerascls.serving.exporters.onnx.encoder"

ACTIVATIONS = {
    "gelu_erf": Activation(
        function=f"{_FUNCTIONS}:gelu_erf",
        onnx=f"{_ENCODER_NODES}:gelu_erf",
        spellings=("gelu", "gelu_python"),
    ),
    "gelu_tanh": Activation(
        function=f"{_FUNCTIONS}:gelu_tanh",
        onnx=f"{_ENCODER_NODES}:gelu_tanh",
        spellings=("gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh"),
    ),
    "relu": Activation(
        function=f"{_FUNCTIONS}:relu",
        onnx=f"{_ENCODER_NODES}:relu",
        spellings=("relu",),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """How a model is trained, and made again from a bundle.

    A Keras model is a `keras.Model` of a batch to logits with `weights_by_name`,
    `load_named_weights` and `named_arrays` as `TransformerClassifier` has them, and
    with `blueprint()`: what `rebuild` needs, as plain JSON types, with the sizes as
    `config`, and as `model` its name in `PRESETS` unless it is a transformer.

    Args:
        build: `module:function` of `(job, compute)` that returns the model to train,
            and notes for people; it refuses settings that it cannot follow, such as
            `freeze_encoder` without an encoder. A model of windows has `input_rank` 3
            and takes `(batch, windows, tokens)`. Empty for what is no Keras model.
        rebuild: `module:function` of `(num_classes, **blueprint)` that returns it in
            float32; the weights come later. Empty as for `build`.
        onnx: `module:function` of `(bundle, int8, metadata)` that returns the content
            of an ONNX file which tells what `metadata` says, strings by name; None for
            what cannot be exported so. `traced_onnx` is one for any Keras model.
        job: `module:function` of `(settings, data, screen, cache)` that returns what
            trains it, a `Trainable`.
        start: `module:function` of `(settings.model, data)` that returns what the job
            of a Keras model starts from, a `StartingPoint`.
        settings: The settings of `model` and `train` that it follows, all others
            being refused; None for all but those of `refused`.
        refused: The settings that it does not follow.
        may_halve: Whether its Keras model computes both halves of a batch apart where
            it has `in_halves` set.
    """

    build: str = ""
    rebuild: str = ""
    onnx: str | None = None
    job: str = "kerascls.training.job:keras_job"
    start: str = "kerascls.training.choose_start:choose_start"
    settings: tuple[str, ...] | None = None
    refused: tuple[str, ...] = ()
    may_halve: bool = False

    def follows(self, key: str) -> bool:
        """Whether it follows a setting of `model` or `train`."""
        if self.settings is not None:
            return key in self.settings
        return key not in self.refused


TRANSFORMER = Architecture(
    build="kerascls.training.build:build_transformer",
    rebuild="kerascls.models.transformer:rebuilt_transformer",
    onnx="kerascls.serving.exporters.onnx.model:transformer_onnx",
    may_halve=True,
    refused=(
        "model.units",
        "model.min_count",
        "model.word_vectors",
        "model.ngrams",
        "model.batch_norm",
        "model.embedding_dim",
        "model.hidden_dim",
    ),
)

CLASSIC = Architecture(
    build="kerascls.training.classic:build_classic",
    rebuild="kerascls.models.classic.classifier:rebuilt_classic",
    onnx="kerascls.serving.exporters.onnx.traced:traced_onnx",
    start="kerascls.training.classic:classic_start",
    refused=(
        "model.checkpoint",
        "model.vocab",
        "model.prune_vocab",
        "model.pooling",
        "model.mix_layers",
        "model.mlp_dim",
        "model.max_windows",
        "model.window_overlap",
        "model.window_pooling",
        "train.freeze_encoder",
        "train.freeze_layers",
        "train.layer_decay",
    ),
)

LINEAR = Architecture(
    job="kerascls.training.linear.job:linear_job",
    settings=(
        "model.name",
        "train.linear_loss",
        "train.label_weights",
        "train.best_by",
        "train.seed",
        "train.language",
    ),
)
