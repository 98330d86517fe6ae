"""An exported model that is over a limit is refused with the numbers."""

import math

import pytest

from kerascls.errors import ExportError, SettingsError
from kerascls.serving.exporters.acceptance import Limits
from kerascls.serving.exporters.comparison import Comparison, Side


def comparison(largest=0.0, changed=0, f1=(None, None)):
    sides = [Side(one, one, 1.0, 1.0) for one in f1]
    return Comparison(100, largest, largest / 20, changed, *sides)


@pytest.mark.parametrize("largest", [0.0, 1e-4])
def test_float32_noise_is_accepted(largest):
    Limits().check(comparison(largest, changed=1), "onnx", int8=False)


@pytest.mark.parametrize("largest", [1.1e-4, 0.5, math.nan])
def test_more_is_not(largest):
    with pytest.raises(ExportError, match="a probability differs by"):
        Limits().check(comparison(largest), "onnx", int8=False)


def test_eight_bits_may_change_some_rows_and_no_more():
    limits = Limits(max_changed=0.03, max_f1_drop=0.003)
    limits.check(comparison(0.3, changed=3), "onnx", int8=True)
    with pytest.raises(ExportError, match=r"4 of 100 rows \(4\.00%\).*0\.03"):
        limits.check(comparison(0.3, changed=4), "onnx", int8=True)


def test_eight_bits_that_move_all_probabilities_are_refused_whatever_labels_do():
    with pytest.raises(ExportError, match="by 0.045 on average, more than 0.02"):
        Limits().check(comparison(0.9), "onnx", int8=True)


def test_eight_bits_may_lose_some_f1_and_no_more():
    limits = Limits(max_changed=1, max_f1_drop=0.003)
    limits.check(comparison(0.3, f1=(0.5, 0.4971)), "onnx", int8=True)
    limits.check(comparison(0.3, f1=(0.5, 0.6)), "onnx", int8=True)
    with pytest.raises(ExportError, match=r"falls from 0\.5000 to 0\.4960"):
        limits.check(comparison(0.3, f1=(0.5, 0.496)), "onnx", int8=True)


def test_all_faults_are_told_with_what_to_do():
    with pytest.raises(ExportError) as error:
        Limits().check(comparison(0.3, 50, (0.5, 0.4)), "onnx", int8=True)
    message = str(error.value)
    for part in ("50 of 100", "macro F1 falls", "0.3", "--max-changed", "Nothing was"):
        assert part in message


@pytest.mark.parametrize("name", ["max_changed", "max_f1_drop"])
@pytest.mark.parametrize("value", [-0.1, 1.5, math.nan])
def test_limits_are_shares(name, value):
    with pytest.raises(SettingsError, match=name):
        Limits(**{name: value})
