import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.checkpoints.weight_files.torch_tensors import (
    DTYPES,
    ITEM_BYTES,
    Storage,
    Tensor,
)

SMALL = st.lists(st.integers(0, 6), max_size=3)


def test_every_type_has_its_size():
    assert set(DTYPES.values()) == set(ITEM_BYTES)
    for dtype in set(ITEM_BYTES) - {"bfloat16"}:
        assert ITEM_BYTES[dtype] == np.dtype(dtype).itemsize
    assert Storage(dtype="bfloat16", key="", count=3).nbytes == 6


@given(SMALL, SMALL, st.integers(0, 9), st.integers(0, 60))
def test_a_tensor_is_accepted_when_all_its_numbers_are_in_the_storage(
    shape, strides, offset, count
):
    strides = (strides + [1] * 3)[: len(shape)]
    places = [
        offset + sum(map(math.prod, zip(index, strides, strict=True)))
        for index in np.ndindex(*shape)
    ]
    fits = len(places) <= count and max(places, default=-1) < count

    def make():
        return Tensor(
            storage=Storage(dtype="float32", key="", count=count),
            offset=offset,
            shape=tuple(shape),
            strides=tuple(strides),
        )

    if fits:
        assert make().shape == tuple(shape)
    else:
        with pytest.raises(ValueError, match="too small"):
            make()
