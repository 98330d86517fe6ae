"""What all classic models have in common: words in, logits out, weights by name."""

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from kerascls.models.backend import tensorflow_ops
from kerascls.models.classic.bricks import masked
from kerascls.models.classic.config import CLASSICS, ClassicConfig
from kerascls.models.encoder import assign_by_name
from kerascls.models.heads import first_bias
from kerascls.models.layers.bricks import Dropout, Seeds
from kerascls.preprocessing.sequence_layout import INPUTS
from kerascls.system.tables import named

# Of smaller tables the exact update takes no longer: 29 s of CPU either way, of TextCNN
# on 20,000 headlines.
LAZY_FROM = 4_000_000


class WordEmbeddings(layers.Layer):
    """A learned vector for each token; zeros for padding, whatever its id is.

    A table of `LAZY_FROM` numbers or more asks for an update of the rows that a batch
    has, see `kerascls.training.optimizers.lazy_rows`.

    Args:
        vocab_size: Ids that there are.
        embedding_dim: Width of a vector.
        seed: Fixes the first values.
        **kwargs: `name`, `dtype`.
    """

    def __init__(
        self, vocab_size: int, embedding_dim: int, seed: int, **kwargs: Any
    ) -> None:
        kwargs.setdefault("name", "embeddings")
        super().__init__(**kwargs)
        self.shape = vocab_size, embedding_dim
        self.initializer = keras.initializers.RandomNormal(stddev=0.1, seed=seed)

    def build(self, *_: Any) -> None:
        """Makes the table."""
        self.table = self.add_weight(
            shape=self.shape,
            initializer=self.initializer,
            name="word_embeddings",
            # Its rows, not all of it, become halves.
            autocast=False,
        )
        self.table.lazy_rows = math.prod(self.shape) >= LAZY_FROM
        self.built = True

    def call(self, token_ids: KerasTensor, padding_mask: KerasTensor) -> KerasTensor:
        """Returns `(batch, tokens, embedding_dim)` in the compute dtype.

        Args:
            token_ids: int32 `(batch, tokens)`.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
        """
        vectors = ops.cast(table_rows(self.table, token_ids), self.compute_dtype)
        return masked(vectors, padding_mask)


def table_rows(table: keras.Variable, ids: KerasTensor) -> KerasTensor:
    """Returns rows of a table, one for each id; their gradient knows their ids."""
    if keras.backend.backend() == "tensorflow":
        return tensorflow_ops.table_rows(table.value, ids)
    return ops.take(table, ids, axis=0)


class ClassicLayer(layers.Layer):
    """The layers of a classic model. A subclass says what makes a vector of a text.

    Args:
        config: Sizes.
        num_classes: Columns of the logits.
        dropout: Share of the text vector dropped in training.
        seed: Fixes initial weights and dropout.
        **kwargs: `name`; `dtype`, in which all but the last layer compute.
    """

    def __init__(
        self,
        config: ClassicConfig,
        num_classes: int,
        dropout: float = 0.0,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("name", config.model)
        super().__init__(**kwargs)
        self.config = config
        self.num_classes = num_classes
        seeds = Seeds(seed)
        self.words = WordEmbeddings(
            config.vocab_size,
            config.embedding_dim,
            seeds.next(),
            dtype=self.dtype_policy,
        )
        self.dropout = Dropout(dropout, seed=seeds.next(), dtype=self.dtype_policy)
        self._make_layers(seeds)
        self.classifier = layers.Dense(
            num_classes,
            kernel_initializer=keras.initializers.GlorotUniform(seeds.next()),
            dtype="float32",
            name="classifier",
        )
        self.built = True

    @property
    def has_gradients(self) -> bool:
        """Whether gradients by word embeddings say all of what tokens do to logits.

        Not so where ids are looked up in another table, too, or logits jump.
        """
        return True

    def _make_layers(self, seeds: Seeds) -> None:
        """Makes what stands between word embeddings and the text vector.

        Every layer has a name, under which its weights are stored, a seed of its own
        if it is random, and `self.dtype_policy`. They are built when they are called.
        """
        raise NotImplementedError

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        """Returns `(batch, width)`, whatever stands behind the texts.

        Args:
            embedded: `(batch, tokens, embedding_dim)`, zeros for padding.
            inputs: `token_ids`, `segment_ids`, `padding_mask`, int32
                `(batch, tokens)`.
            training: Whether dropout is on.
        """
        raise NotImplementedError

    def call(
        self,
        token_ids: KerasTensor,
        segment_ids: KerasTensor,
        padding_mask: KerasTensor,
        training: bool | None = None,
    ) -> KerasTensor:
        """Returns logits.

        Args:
            token_ids: int32 `(batch, tokens)`.
            segment_ids: int32 `(batch, tokens)`, 1 for the second of two texts.
            padding_mask: int32 `(batch, tokens)`, 1 for real tokens.
            training: Whether dropout is on.

        Returns:
            float32 `(batch, num_classes)`.
        """
        embedded = self.words(token_ids, padding_mask)
        arrays = token_ids, segment_ids, padding_mask
        inputs = dict(zip(INPUTS, arrays, strict=True))
        return self._logits(embedded, inputs, training)

    def _logits(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        """Returns float32 `(batch, num_classes)`; for the arguments see `_text_vector`.

        A model whose logits are not made of one vector has another.
        """
        vector = self._text_vector(embedded, inputs, training)
        return self.classifier(self.dropout(vector, training=training))


class ClassicClassifier(keras.Model):
    """A classic model as `Architecture` describes it; returns float32 logits.

    Args:
        body: Its layers.
        **kwargs: `name`.

    Example:
        >>> model = build_classic_model(classic_config("textcnn", vocab_size=9000), 5)
        >>> logits = model({"token_ids": ..., "segment_ids": ..., "padding_mask": ...})
    """

    def __init__(self, body: ClassicLayer, **kwargs: Any) -> None:
        inputs = {
            name: keras.Input((None,), dtype="int32", name=name) for name in INPUTS
        }
        super().__init__(inputs=inputs, outputs=body(**inputs), **kwargs)
        self.body = body

    @property
    def has_states(self) -> bool:
        """Whether logits are made of one vector of each text."""
        return type(self.body)._logits is ClassicLayer._logits

    def states(
        self, inputs: dict[str, KerasTensor], training: bool | None = None
    ) -> KerasTensor:
        """Returns the vector of each text, `(batch, width)`, if the model `has_states`.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, int32
                `(batch, tokens)`.
            training: Whether dropout is on.
        """
        body, mask = self.body, inputs["padding_mask"]
        embedded = body.words(inputs["token_ids"], mask)
        return body._text_vector(embedded, inputs, training)

    @property
    def has_gradients(self) -> bool:
        """Whether gradients by what `embed` returns say all of what tokens do."""
        return self.body.has_gradients

    def embed(self, inputs: dict[str, KerasTensor]) -> KerasTensor:
        """Returns `(batch, tokens, embedding_dim)`, zeros for padding.

        Args:
            inputs: `token_ids`, `segment_ids`, `padding_mask`, each int32
                `(batch, tokens)`.
        """
        return self.body.words(inputs["token_ids"], inputs["padding_mask"])

    def logits_of(
        self, embedded: KerasTensor, inputs: dict[str, KerasTensor]
    ) -> KerasTensor:
        """Returns float32 logits `(batch, num_classes)` of what `embed` returns.

        Where sentences end is read from the inputs.
        """
        return self.body._logits(embedded, inputs, False)

    def start_at(self, frequencies: np.ndarray, log_odds: bool) -> None:
        """Makes the first logits say how frequent each label is; see `first_bias`."""
        self.body.classifier.bias.assign(first_bias(frequencies, log_odds))

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns every variable, float32, under its stable name."""
        # A path begins with the name of the layer, which says nothing here.
        return {
            variable.path.partition("/")[2]: variable for variable in self.body.weights
        }

    def load_named_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Sets every variable; see `Encoder.load_named_weights`.

        Raises:
            CheckpointError: When names or shapes differ; nothing is set then.
        """
        assign_by_name(self.weights_by_name(), weights)

    def named_arrays(self) -> dict[str, np.ndarray]:
        """Returns a copy of every weight as a float32 numpy array."""
        # On a CPU the array of a variable itself would change with the next step.
        return {
            name: ops.convert_to_numpy(ops.copy(variable))
            for name, variable in self.weights_by_name().items()
        }

    def blueprint(self) -> dict[str, Any]:
        """Returns what `rebuilt_classic` needs, as plain JSON types."""
        config = self.body.config
        return {"model": config.model, "config": config.to_dict()}


def build_classic_model(
    config: ClassicConfig,
    num_classes: int,
    dropout: float = 0.0,
    seed: int = 0,
    dtype: Any = "float32",
) -> ClassicClassifier:
    """Returns the model of a configuration; see `ClassicLayer` for the arguments."""
    layer = named(CLASSICS[config.model].layer)
    return ClassicClassifier(layer(config, num_classes, dropout, seed, dtype=dtype))


def rebuilt_classic(num_classes: int, *, config: dict[str, Any]) -> ClassicClassifier:
    """Returns the float32 model whose `blueprint` this is; its weights are random."""
    return build_classic_model(ClassicConfig(**config), num_classes)
