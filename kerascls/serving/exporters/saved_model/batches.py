"""The layout of a batch in TensorFlow's operations, as `Layout.collate` has it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerascls.preprocessing.sequence_layout import Layout

if TYPE_CHECKING:
    import tensorflow as tf


def collate(
    fields: Sequence["tf.RaggedTensor"], layout: Layout
) -> dict[str, "tf.Tensor"]:
    """Puts the text fields of each row into one sequence, padded to the longest.

    Args:
        fields: The ids of each field, whole, int32 `(batch, None)`.
        layout: Truncation and special tokens.

    Returns:
        `token_ids`, `segment_ids`, `padding_mask`, each int32 `(batch, tokens)`, with
        windows `(batch, windows, tokens)`.
    """
    import tensorflow as tf

    lengths = tf.stack([field.row_lengths() for field in fields], axis=1)
    kept = _kept(lengths, layout.capacity(len(fields)))  # (batch, fields)
    fields = [
        _truncated(field, kept[:, index], layout) for index, field in enumerate(fields)
    ]
    if layout.max_windows > 1:
        return _windows(fields[0], layout)
    return _sequences(fields, kept, layout)


def _windows(text: "tf.RaggedTensor", layout: Layout) -> dict[str, "tf.Tensor"]:
    """Returns the windows of each text, as sequences of their own laid out in a row."""
    import tensorflow as tf

    kept = text.row_lengths()[:, None]
    step = layout.window_step
    num_windows = 1 + tf.reduce_max(
        tf.concat([[0], -((layout.max_tokens - 2 - kept[:, 0]) // step)], 0)
    )
    begins = tf.range(num_windows) * step
    exists = (kept > begins + layout.window_overlap) | tf.equal(begins, 0)
    held = tf.clip_by_value(kept - begins, 0, layout.max_tokens - 2)
    held = tf.reshape(tf.where(exists, held, 0), [-1])  # (batch * windows,)
    starts = tf.reshape(text.row_starts()[:, None] + begins, [-1])
    windows = tf.gather(text.values, tf.ragged.range(starts, starts + held))
    batch = _sequences([windows], held[:, None], layout)
    shape = tf.stack([tf.size(kept, tf.int64), num_windows, -1])
    arrays = {name: tf.reshape(array, shape) for name, array in batch.items()}
    exists = exists[:, :, None]
    arrays["token_ids"] = tf.where(exists, arrays["token_ids"], layout.pad_id)
    arrays["padding_mask"] *= tf.cast(exists, tf.int32)
    return arrays


def _sequences(
    fields: Sequence["tf.RaggedTensor"], kept: "tf.Tensor", layout: Layout
) -> dict[str, "tf.Tensor"]:
    """Returns sequences of fields of `kept` tokens, int64 `(batch, fields)`."""
    import tensorflow as tf

    column = tf.zeros_like(kept[:, :1], tf.int32)
    pieces = [tf.RaggedTensor.from_tensor(column)[:, :0], column + layout.cls_id]
    for field in fields:
        pieces += [field, column + layout.sep_id]
    rows = tf.concat(pieces, axis=1)  # (batch, None)
    ends = rows.row_lengths()[:, None]
    longest = tf.reduce_max(tf.concat([[1], ends[:, 0]], 0))
    token_ids = rows.to_tensor(layout.pad_id, shape=tf.stack([rows.nrows(), longest]))
    columns = tf.range(longest)
    mask = tf.cast(columns < ends, tf.int32)
    segment_ids = tf.zeros_like(mask)
    if layout.pair:
        second = columns >= ends - kept[:, -1:] - 1
        segment_ids = tf.cast(second, tf.int32) * mask
    return {"token_ids": token_ids, "segment_ids": segment_ids, "padding_mask": mask}


def _kept(lengths: "tf.Tensor", room: int) -> "tf.Tensor":
    """Returns how many tokens stay of each field; see `Layout`."""
    import tensorflow as tf

    num_fields = lengths.shape[1]
    indices = tf.range(num_fields, dtype=tf.int64)
    ascending = tf.sort(lengths, axis=1)
    below = tf.cumsum(ascending, axis=1, exclusive=True)
    levels = (room - below) // (num_fields - indices)
    first_cut = tf.reduce_min(
        tf.where(levels < ascending, indices, num_fields - 1), axis=1, keepdims=True
    )
    level = tf.gather(levels, first_cut, batch_dims=1)
    kept = tf.minimum(lengths, level)
    cut = lengths > level
    from_last = tf.cumsum(tf.cast(cut, tf.int64), axis=1, reverse=True)
    left = room - tf.reduce_sum(kept, axis=1, keepdims=True)
    kept += tf.cast(cut & (from_last <= left), tf.int64)
    fits = tf.reduce_sum(lengths, axis=1, keepdims=True) <= room
    return tf.where(fits, lengths, kept)


def _truncated(
    field: "tf.RaggedTensor", kept: "tf.Tensor", layout: Layout
) -> "tf.RaggedTensor":
    import tensorflow as tf

    head = {"head": kept, "tail": tf.zeros_like(kept), "both": kept // 2}
    head = head[layout.truncate]
    tail_from = field.row_lengths() - (kept - head)
    rows = field.value_rowids()
    # (all tokens,): how far each is from the start of its row
    indices = tf.range(tf.size(rows, tf.int64)) - tf.gather(field.row_starts(), rows)
    stays = (indices < tf.gather(head, rows)) | (indices >= tf.gather(tail_from, rows))
    return tf.ragged.boolean_mask(field, field.with_values(stays))
