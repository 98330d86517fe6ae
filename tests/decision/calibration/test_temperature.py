import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.decision.calibration import temperature
from kerascls.decision.calibration.temperature import LIMITS, fit_temperature

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(20_000, 3)) * 2
MULTICLASS = np.eye(3, dtype=bool)[(LOGITS + RNG.gumbel(size=LOGITS.shape)).argmax(1)]
MULTILABEL = RNG.logistic(size=LOGITS.shape) < LOGITS


@pytest.mark.parametrize(
    ("task", "targets"), [(Task.MULTICLASS, MULTICLASS), (Task.MULTILABEL, MULTILABEL)]
)
@pytest.mark.parametrize("scale", [0.25, 1, 4])
def test_the_scale_of_the_logits_is_found(task, targets, scale):
    found = fit_temperature(targets, LOGITS * scale, task)
    assert found == pytest.approx(scale, rel=0.05)


@pytest.mark.parametrize(("scale", "limit"), [(1e-4, LIMITS[0]), (1e4, LIMITS[1])])
def test_a_temperature_stays_within_its_limits(scale, limit):
    found = fit_temperature(MULTICLASS, LOGITS * scale, Task.MULTICLASS)
    assert found == pytest.approx(limit, rel=1e-5)


def test_logits_that_part_the_rows_do_not_get_the_lowest_temperature():
    targets = np.eye(3, dtype=bool)[[0, 1, 2, 0]]
    found = fit_temperature(targets, targets * 4.0, Task.MULTICLASS)
    assert found > 1


def test_a_large_table_has_nearly_the_temperature_of_all_its_rows(monkeypatch):
    whole = fit_temperature(MULTILABEL, LOGITS * 2, Task.MULTILABEL)
    monkeypatch.setattr(temperature, "_ENOUGH", 20_000)
    thinned = fit_temperature(MULTILABEL, LOGITS * 2, Task.MULTILABEL)
    assert thinned != whole
    assert thinned == pytest.approx(whole, rel=0.1)


def test_rows_that_take_turns_have_the_temperature_of_all(monkeypatch):
    logits = LOGITS.copy()
    logits[::2] *= 5  # these rows alone would be much too sure
    whole = fit_temperature(MULTILABEL, logits, Task.MULTILABEL)
    every_other = fit_temperature(MULTILABEL[::2], logits[::2], Task.MULTILABEL)
    monkeypatch.setattr(temperature, "_ENOUGH", logits.size // 2)
    found = fit_temperature(MULTILABEL, logits, Task.MULTILABEL)
    assert found == pytest.approx(whole, rel=0.1)
    assert every_other != pytest.approx(whole, rel=0.3)
