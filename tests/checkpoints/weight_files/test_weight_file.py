import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.checkpoints.weight_files.weight_file import (
    as_float32,
    bfloat16_to_float32,
    first_line,
)


@given(st.floats(width=32, allow_nan=False))
def test_bfloat16_is_the_upper_half_of_a_float32(value):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    with np.errstate(over="ignore"):
        half = np.array([value], ml_dtypes.bfloat16)
    read = bfloat16_to_float32(half.view(np.uint16))
    np.testing.assert_array_equal(read, half.astype(np.float32))


@pytest.mark.filterwarnings("error")
def test_what_is_too_large_for_float32_is_infinite():
    np.testing.assert_array_equal(as_float32(np.array([1e300, -1.5])), [np.inf, -1.5])


@pytest.mark.parametrize(
    ("said", "line"), [("one.\ntwo", "one"), ("", "ValueError"), (" \n", "ValueError")]
)
def test_an_error_is_said_in_one_line(said, line):
    assert first_line(ValueError(said)) == line
