"""Mean and standard deviation of what is known."""

import pytest

from kerascls.evaluation.metrics.spread import Spread


def test_mean_and_deviation_are_of_the_known_values():
    spread = Spread("体育", (0.5, None, 0.7), True)
    assert spread.known == [0.5, 0.7]
    assert spread.mean == pytest.approx(0.6)
    assert spread.std == pytest.approx(0.1 * 2**0.5)


def test_one_value_has_no_deviation_and_none_no_mean():
    assert Spread("a", (0.5,), True).std is None
    assert Spread("a", (None,), True).mean is None
