"""Trains only those rows of the word embeddings that a training can move.

A multilingual encoder has more numbers in this table than in all its layers: 96 of the
118 million of multilingual-e5-small. Every update of all of them takes longer than a
quarter of the step. But the rows of tokens that no text of a training has get no
gradient, ever: their moments stay 0, and all that AdamW does to them is weight decay,
the same factor for all. So the rows that texts have are trained as a table of their
own, and at the end the others are multiplied by that factor.

That is AdamW itself, to the last digits, not an approximation of it. What is called
lazy or sparse Adam leaves a row as it is, its moments too, in each update whose batch
does not have it; dense Adam moves such rows by what remains of their momentum.

References:
    - `tfa.optimizers.LazyAdam`, `torch.optim.SparseAdam`: other results than Adam's,
      as both say.
    - `keras.optimizers`: makes a dense table of the slices that TensorFlow's `gather`
      has for a gradient.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from kerascls.models.encoder import build_encoder
from kerascls.models.transformer import TransformerClassifier
from kerascls.training.job import Job
from kerascls.training.state import stored_shapes

TABLE = "embeddings/word_embeddings"
# Fewer numbers are updated in less time than a second, smaller model takes to build.
SPARED_AT_LEAST = 8_000_000


def with_used_rows(
    job: Job, model: keras.Model, states: Path | None = None
) -> keras.Model:
    """Returns what to train in place of a model, and says so; often the model itself.

    Args:
        job: With the tokens, and what is frozen.
        model: With all rows of the word embeddings.
        states: Where states are that the training goes on from: what was trained as a
            whole before, as earlier versions did, is so behind them.

    Returns:
        The model, or a `UsedRowsModel` of it where that spares enough.
    """
    train = job.settings.train
    is_frozen = train.freeze_encoder or train.freeze_layers
    if not isinstance(model, TransformerClassifier) or is_frozen:
        return model
    num_rows, width = model.weights_by_name()[TABLE].shape
    if states is not None and (num_rows, width) in stored_shapes(states):
        return model
    ids = used_ids(job, num_rows)
    if (num_rows - len(ids)) * width < SPARED_AT_LEAST:
        return model
    job.screen.say(
        f"word embeddings: {len(ids):,} of {num_rows:,} rows are of tokens in train "
        f"or valid, and trained; the others have no gradient and only decay"
    )
    return UsedRowsModel(model, ids)


def used_ids(job: Job, num_rows: int) -> np.ndarray:
    """Returns the ids of special tokens and of those in the files of train and valid.

    Args:
        job: With the tokens.
        num_rows: Ids that there are.

    Returns:
        int64 `(used,)`, ascending.
    """
    is_used, layout = np.zeros(num_rows, bool), job.layout
    is_used[[layout.cls_id, layout.sep_id, layout.pad_id]] = True
    for store in (job.learned[0], job.stores["valid"]):
        is_used[store.token_ids] = True
    return np.flatnonzero(is_used)


class UsedRowsModel(keras.Model):
    """A classifier that has the rows of some tokens only, and one more.

    It takes the inputs of the whole classifier and starts at its weights. To be
    compiled and fitted in its place; `give_to` gives what was learned back. A text with
    other tokens gets NaN for logits. It has the classifier's `head`, but neither its
    `encoder` nor its `named_arrays`: ids of tokens would look up other rows in them.

    Args:
        whole: A classifier that trains its word embeddings.
        ids: int `(used,)`, ascending.
        **kwargs: `name`.
    """

    def __init__(
        self, whole: TransformerClassifier, ids: np.ndarray, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        weights = {
            name: ops.convert_to_numpy(variable)
            for name, variable in whole.weights_by_name().items()
        }
        table = weights[TABLE]
        self.ids = np.asarray(ids)
        # A row that no token has: what becomes of it becomes of all such rows. As many
        # numbers as columns, so that rounding takes from it what it takes from others.
        self._unused = np.linspace(1, 2, table.shape[1], endpoint=False, dtype="f4")
        rows = np.concatenate([table[self.ids], self._unused[None]])
        self.model = _like(whole, num_rows=len(rows))
        self.model.load_named_weights(weights | {TABLE: rows})
        self.input_rank = whole.input_rank
        self._places = np.full(len(table), -1, np.int32)
        self._places[self.ids] = np.arange(len(self.ids))
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Returns the logits, float32 `(batch, num_classes)`.

        Args:
            inputs: `token_ids` among them, those of the whole classifier.
            training: Whether dropout is on.
        """
        # (batch, tokens), or (batch, windows, tokens)
        # Where Keras builds under a strategy it gives ids as float32.
        token_ids = ops.cast(inputs["token_ids"], "int32")
        places = ops.take(self._places, token_ids, axis=0)
        known = {**inputs, "token_ids": ops.maximum(places, 0)}
        logits = self.model(known, training=training)
        is_known = ops.all(ops.reshape(places, (ops.shape(places)[0], -1)) >= 0, axis=1)
        return ops.where(is_known[:, None], logits, np.float32(np.nan))

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns every variable under its stable name; the table has few rows."""
        return self.model.weights_by_name()

    @property
    def head(self) -> keras.layers.Layer:
        """That of the classifier while it trains, for callbacks."""
        return self.model.head

    @property
    def num_rows(self) -> int:
        """Word embeddings that tokens have."""
        return len(self.ids)

    def give_to(self, whole: TransformerClassifier) -> None:
        """Gives the whole classifier, which is as it was, what was learned.

        Rows of other tokens are decayed as if they had been trained.
        """
        learned = self.model.named_arrays()
        rows = learned[TABLE]
        factor = np.mean(rows[-1].astype(np.float64) / self._unused)
        table = ops.convert_to_numpy(whole.weights_by_name()[TABLE])
        table = table * np.float32(factor)
        table[self.ids] = rows[:-1]
        whole.load_named_weights(learned | {TABLE: table})


def _like(whole: TransformerClassifier, num_rows: int) -> TransformerClassifier:
    """Returns such a classifier with so many word embeddings; its weights are random.

    Its seeds are the same: it drops the same units.
    """
    encoder, config = whole.encoder, whole.get_config()
    model = TransformerClassifier(
        **config
        | {
            "encoder": build_encoder(
                replace(encoder.config, vocab_size=num_rows),
                encoder.with_pool,
                encoder.seed,
                encoder.num_outputs,
                dtype=encoder.dtype_policy,
            )
        }
    )
    model.in_halves = whole.in_halves
    return model
