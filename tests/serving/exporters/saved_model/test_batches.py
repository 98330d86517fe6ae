"""A graph of TensorFlow operations lays out batches as `Layout.collate` does."""

from typing import get_args

import numpy as np
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_cases import IDS, cases, make_store, rows_of_ids

from kerascls.preprocessing.sequence_layout import Layout, Truncate
from kerascls.serving.exporters.saved_model.batches import collate

TRUNCATE = get_args(Truncate)


def fields_of(rows):
    """Ragged tensors, one for each field."""
    return [
        tf.RaggedTensor.from_row_splits(
            np.int32([one for field in fields for one in field]),
            np.cumsum([0, *map(len, fields)]),
        )
        for fields in zip(*rows, strict=True)
    ]


@settings(max_examples=40)
@given(cases, st.integers(0, 20), st.sampled_from(TRUNCATE), st.booleans())
def test_batches_equal_the_layouts(rows, more, truncate, pair):
    num_fields = len(rows[0])
    layout = Layout(
        max_tokens=2 * num_fields + 1 + more,
        truncate=truncate,
        pair=pair and num_fields > 1,
        **IDS,
    )
    found = collate(fields_of(rows), layout)
    expected = layout.collate(make_store(rows), np.arange(len(rows)))
    for name, array in expected.items():
        assert found[name].dtype == tf.int32
        np.testing.assert_array_equal(found[name], array, name)


@settings(max_examples=40)
@given(rows_of_ids(1), st.integers(0, 4), st.sampled_from(TRUNCATE), st.data())
def test_windows_equal_the_layouts(rows, more, truncate, data):
    layout = Layout(
        max_tokens=3 + more,
        max_windows=data.draw(st.integers(2, 5)),
        window_overlap=data.draw(st.integers(0, more)),
        truncate=truncate,
        **IDS,
    )
    found = collate(fields_of(rows), layout)
    expected = layout.collate(make_store(rows), np.arange(len(rows)))
    for name, array in expected.items():
        assert found[name].dtype == tf.int32
        np.testing.assert_array_equal(found[name], array, name)


def test_a_batch_of_no_rows_keeps_a_column():
    empty = tf.RaggedTensor.from_row_splits(np.int32([]), np.int64([0]))
    batch = collate([empty], Layout(max_tokens=8, **IDS))
    assert {tuple(array.shape) for array in batch.values()} == {(0, 1)}
