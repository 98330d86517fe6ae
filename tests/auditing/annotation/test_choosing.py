"""What is asked for has a meaning."""

import numpy as np
import pytest

from kerascls.auditing.annotation.choosing import Plan
from kerascls.errors import SettingsError

USUAL = {"n": 10, "uncertainty": "entropy", "diversity": "none"}
USUAL |= {"rare_boost": 0.5, "seed": 0}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"n": value} for value in (0, -1, 2.5)),
        *({"rare_boost": value} for value in (-0.1, float("nan"), float("inf"))),
        {"seed": -1},
    ],
    ids=str,
)
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(SettingsError, match="Expected one row or more.*Use n=100"):
        Plan(**USUAL | wrong)


@pytest.mark.parametrize(
    ("name", "value", "nearest"),
    [("uncertainty", "margins", "margin"), ("diversity", "k-centre", "k-center")],
)
def test_unknown_ways_are_refused_with_the_nearest(name, value, nearest):
    with pytest.raises(SettingsError, match=f"{name}='{value}'.*mean '{nearest}'"):
        Plan(**USUAL | {name: value})


def test_whole_numbers_of_numpy_are_numbers():
    assert Plan(**USUAL | {"n": np.int64(3)}).n == 3
