"""Which sentence of its text each token is in, found by marks, within the model."""

from typing import NamedTuple

import numpy as np
from keras import KerasTensor, ops


class Sentences(NamedTuple):
    """The sentences of a batch of texts.

    Args:
        index: int32 `(batch, tokens)`, from 0 on; -1 for padding.
        begins: bool `(batch, tokens)`, the first token of each sentence.
        ends: bool `(batch, tokens)`, the last one.
        members: bool `(batch, sentences, tokens)`, which tokens each has.
        exist: bool `(batch, sentences)`, whether a text has so many.
    """

    index: KerasTensor
    begins: KerasTensor
    ends: KerasTensor
    members: KerasTensor
    exist: KerasTensor


def split_sentences(
    inputs: dict[str, KerasTensor],
    end_ids: tuple[int, ...],
    max_sentences: int,
    piece_tokens: int | None = None,
) -> Sentences:
    """Finds the sentences of texts.

    A sentence begins at the first token behind an end mark that is no end mark itself,
    so that several marks belong to one end. A mark within a number ends a sentence,
    too, and a closing quotation mark belongs to the next: only ids are known here.
    Texts of a row are sentences apart if the separator is among the end marks. What
    lies beyond the last sentence that there is room for belongs to it.

    Args:
        inputs: `token_ids` and `padding_mask`, int32 `(batch, tokens)`.
        end_ids: Ids of the end marks.
        max_sentences: Sentences that there is room for, however many there are.
        piece_tokens: Tokens of the pieces in which a text of one sentence is cut, for
            models that choose from what they read; None for not cutting it.
    """
    token_ids = inputs["token_ids"]
    is_real = ops.cast(inputs["padding_mask"], "bool")
    marks = np.asarray(end_ids, np.int32)
    is_end = ops.any(ops.equal(ops.expand_dims(token_ids, -1), marks), axis=-1)
    new = ops.logical_and(_shifted(ops.cast(is_end, "int32"), 1, 0) == 1, is_real)
    new = ops.cast(ops.logical_and(new, ops.logical_not(is_end)), "int32")
    index = ops.cumsum(new, axis=1)
    if piece_tokens is not None:
        is_one = ops.max(new, axis=1, keepdims=True) == 0  # (batch, 1)
        places = ops.cumsum(ops.ones_like(token_ids), axis=1) - 1
        index = ops.where(is_one, places // piece_tokens, index)
    index = ops.where(is_real, ops.minimum(index, max_sentences - 1), -1)
    numbers = np.arange(max_sentences, dtype=np.int32)[:, None]
    members = ops.equal(ops.expand_dims(index, 1), numbers)
    return Sentences(
        index=index,
        begins=ops.logical_and(is_real, index != _shifted(index, 1, -1)),
        ends=ops.logical_and(is_real, index != _shifted(index, -1, -1)),
        members=members,
        exist=ops.any(members, axis=-1),
    )


def places_in_sentences(sentences: Sentences) -> KerasTensor:
    """Returns how many tokens of its sentence stand before each token.

    Returns:
        int32 `(batch, tokens)`; of padding anything from 0 on.
    """
    places = ops.cumsum(ops.ones_like(sentences.index), axis=1) - 1
    beyond = ops.shape(places)[1]
    by_sentence = ops.where(sentences.members, ops.expand_dims(places, 1), beyond)
    firsts = ops.min(by_sentence, axis=-1)  # (batch, sentences)
    index = ops.maximum(sentences.index, 0)
    return ops.maximum(places - ops.take_along_axis(firsts, index, axis=1), 0)


def shares(scores: KerasTensor, members: KerasTensor) -> KerasTensor:
    """Returns the softmax of scores among the members of each group.

    Args:
        scores: `(batch, items)`, or of each group its own, `(batch, groups, items)`.
        members: bool `(batch, groups, items)`, which items each group has.

    Returns:
        float32 `(batch, groups, items)`, zeros for what is no member.
    """
    scores = ops.cast(scores, "float32")
    if len(scores.shape) == 2:
        scores = ops.expand_dims(scores, 1)
    # Not -infinity: a group without members would have NaN for shares.
    scores = ops.where(members, scores, -1e9)
    powers = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    powers = powers * ops.cast(members, "float32")
    total = ops.sum(powers, axis=-1, keepdims=True)
    return powers / ops.maximum(total, 1e-9)


def _shifted(x: KerasTensor, by: int, filling: int) -> KerasTensor:
    """Returns what stands so many places before each, `filling` where nothing does."""
    if by > 0:
        return ops.pad(x, ((0, 0), (by, 0)), constant_values=filling)[:, :-by]
    return ops.pad(x, ((0, 0), (0, -by)), constant_values=filling)[:, -by:]
