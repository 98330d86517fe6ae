"""The learning-rate range test: a curve, and where to begin."""

import csv

import numpy as np
import pytest

import kerascls
from kerascls.errors import SettingsError
from kerascls.experiments.learning_rate import (
    RateCurve,
    check_curve_file,
    find_rate,
)


def curve(losses):
    return RateCurve(np.geomspace(1e-5, 1, len(losses)), np.array(losses, float))


def test_the_suggestion_is_a_tenth_of_the_best_rate():
    found = curve(np.r_[np.linspace(3, 1, 60), np.linspace(1, 9, 41)])
    best = found.rates[np.argmin(found.smoothed)]
    assert found.suggestion == pytest.approx(best / 10)
    assert 0.3 * found.rates[60] < best < 3 * found.rates[60]


def test_smoothing_keeps_a_constant():
    np.testing.assert_allclose(curve([0.7] * 30).smoothed, 0.7)


def test_one_lucky_batch_does_not_decide():
    losses = np.r_[np.linspace(3, 1, 60), np.linspace(1, 9, 41)]
    lucky = losses.copy()
    lucky[10] = 0.5
    assert curve(lucky).suggestion == pytest.approx(curve(losses).suggestion, rel=0.3)


def test_too_few_steps_are_an_error():
    with pytest.raises(SettingsError, match="steps=5"):
        find_rate(steps=5)


def test_a_file_that_is_no_curve_is_not_overwritten(tmp_path):
    out = tmp_path / "曲线.csv"
    for content in ("text,label\n", ""):
        out.write_text(content)
        with pytest.raises(SettingsError, match="which is something else"):
            find_rate(out=out)
        assert out.read_text() == content
    out.unlink()
    out.with_suffix(".png").write_bytes(b"mine")
    with pytest.raises(SettingsError, match=r"png.*which is something else"):
        find_rate(out=out)
    out.mkdir()
    with pytest.raises(SettingsError, match="which is something else"):
        find_rate(out=out)


def test_an_earlier_curve_may_be_replaced(tmp_path):
    out = tmp_path / "曲线.csv"
    out.write_text(curve([3.0, 2.0, 1.0]).to_csv())
    picture = out.with_suffix(".png")
    picture.write_bytes(b"its picture")
    check_curve_file(out)
    assert picture.read_bytes() == b"its picture"


@pytest.mark.slow
def test_a_rate_is_found_between_nothing_learned_and_all_lost(
    multilabel_files, tiny_checkpoint, tmp_path
):
    out = tmp_path / "曲线.csv"
    found = kerascls.find_rate(
        train=multilabel_files["train"],
        valid=multilabel_files["valid"],
        checkpoint=tiny_checkpoint,
        batch_size=8,
        steps=40,
        out=out,
        quiet=True,
    )
    assert 1e-5 < found.suggestion < 0.5
    assert len(found.rates) == len(found.losses) <= 40
    assert found.rates[0] == pytest.approx(1e-7)
    with open(out, encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(found.losses)
    assert out.with_suffix(".png").stat().st_size > 1000


def test_a_curve_is_no_text_file():
    with pytest.raises(SettingsError, match="ends in .csv.*out='curve.txt'"):
        find_rate(out="curve.txt")


def test_a_loss_that_is_no_number_from_the_start_is_told(tiny_checkpoint, monkeypatch):
    place = "kerascls.experiments.rising_rates.losses_at_rising_rates"
    monkeypatch.setattr(place, lambda *_: [])
    with pytest.raises(SettingsError, match="none at learning_rate=1e-"):
        find_rate(checkpoint=tiny_checkpoint, max_tokens=16, quiet=True, cache=False)
