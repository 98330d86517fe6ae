"""What of a row's texts a classifier reads, and where in its input that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kerascls.inference.explanation.units import Units, token_units
from kerascls.preprocessing.token_store import build_token_store
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer

if TYPE_CHECKING:
    from kerascls.inference.predictor import Predictor

_SPECIAL = -1


@dataclass(frozen=True, eq=False)
class Reading:
    """A row as a model of tokens reads it.

    Args:
        inputs: A batch of this row alone.
        places: int64, shaped as a row of the inputs: which of the row's tokens stands
            there, -1 for special tokens and padding.
        units: The units of all its tokens, of those not read too.
        hidden_id: What stands in place of a token that is left out.
    """

    inputs: dict[str, np.ndarray]
    places: np.ndarray
    units: Units
    hidden_id: int

    @property
    def is_read(self) -> np.ndarray:
        """Of which units a token is read, bool `(units,)`."""
        found = np.zeros(len(self.units), bool)
        found[self.units.of_part[self.places[self.places >= 0]]] = True
        return found

    def without(self, units: np.ndarray) -> dict[str, np.ndarray]:
        """Returns a batch in which tokens of units are hidden.

        Args:
            units: bool `(variants, units)`, which.
        """
        batch = {
            name: np.repeat(array, len(units), axis=0)
            for name, array in self.inputs.items()
        }
        of_token = self.places >= 0
        is_hidden = units[:, self.units.of_part[self.places[of_token]]]
        ids = batch["token_ids"]
        ids[:, of_token] = np.where(is_hidden, self.hidden_id, ids[:, of_token])
        return batch


def read_tokens(predictor: "Predictor", texts: Sequence[str]) -> Reading:
    """Returns how a predictor of tokens reads a row."""
    tokenizer, row = predictor.tokenizer, np.zeros(1, np.int64)
    store = build_token_store([tuple(texts)], tokenizer)
    inputs = predictor.layout.collate(store, row)
    # The same layout, of the numbers of tokens in place of their ids.
    numbered = replace(
        predictor.layout, cls_id=_SPECIAL, sep_id=_SPECIAL, pad_id=_SPECIAL
    )
    numbers = replace(store, token_ids=np.arange(len(store.token_ids)))
    places = numbered.collate(numbers, row)["token_ids"][0].astype(np.int64)
    units = token_units(texts, tokenizer)
    return Reading(inputs, places, units, hidden_token(tokenizer)[0])


def hidden_token(tokenizer: TextTokenizer) -> tuple[int, str]:
    """Returns id and name of what stands in place of a token that is left out.

    The token that its encoder was trained to see there; without one what stands for
    unknown words, or else padding.
    """
    unknown = tokenizer.unk_id if tokenizer.unk_id >= 0 else tokenizer.pad_id
    token_id = unknown if tokenizer.mask_id is None else tokenizer.mask_id
    return token_id, tokenizer.token(token_id)


def characters_read(predictor: "Predictor", texts: Sequence[str]) -> np.ndarray:
    """Returns which characters a predictor reads, bool `(characters,)`.

    Of an ensemble, those that some member reads; white space may count as not read.
    """
    if predictor.bundle.input_spec.has_tokens:
        reading = read_tokens(predictor, texts)
        return reading.units.hidden(texts, reading.is_read[None])[0]
    read = np.ones(sum(map(len, texts)), bool)
    if members := getattr(predictor.runtime, "predictors", ()):
        read = np.any([characters_read(one, texts) for one in members], axis=0)
    return read
