"""The learning-rate range test: a curve, and where to begin."""

import csv
from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

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


SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(40, 300), st.floats(0.1, 10), st.floats(0, 0.2))
def test_a_loss_that_only_varies_suggests_nothing(seed, steps, level, noise):
    random = np.random.default_rng(seed)
    losses = level * (1 + noise * random.uniform(-1, 1, steps))
    losses[-5:] *= [1, 2, 4, 8, 16]  # as where it breaks
    assert curve(losses).suggestion is None


@given(SEEDS, st.integers(40, 300), st.floats(0.3, 0.8), st.floats(0, 0.1))
def test_a_loss_that_falls_and_rises_suggests_a_tenth_of_where_it_turned(
    seed, steps, turn, noise
):
    random = np.random.default_rng(seed)
    turn = int(turn * steps)
    falling = np.r_[np.full(turn // 2, 3.0), np.linspace(3, 1, turn - turn // 2)]
    losses = np.r_[falling, np.linspace(1, 9, steps - turn)]
    found = curve(losses + noise * random.uniform(-1, 1, steps))
    turned = found.rates[turn]
    assert turned / 40 < found.suggestion < turned


@given(SEEDS, st.integers(1, 100), st.floats(-3, 3))
def test_no_suggestion_is_outside_of_what_was_tried(seed, steps, slope):
    random = np.random.default_rng(seed)
    found = curve(np.exp(np.linspace(0, slope, steps)) + random.exponential(1, steps))
    rate = found.suggestion
    assert rate is None or found.rates[0] <= rate <= found.rates[-1]


def test_the_first_rate_is_suggested_where_a_tenth_was_not_tried():
    losses = np.r_[np.full(25, 3.0), np.linspace(3, 0.5, 20), np.full(55, 9.0)]
    rates = np.geomspace(0.01, 1, 100)
    assert RateCurve(rates, losses).suggestion == rates[0]


def test_a_flat_sweep_of_a_real_classifier_suggests_nothing():
    # Of 2 layers of a multilingual encoder on 200 headlines: noise, then it breaks.
    random = np.random.default_rng(0)
    losses = np.r_[2.295 + random.normal(0, 0.04, 70), np.linspace(2.3, 4, 30)]
    assert curve(losses).suggestion is None


def test_a_picture_without_a_suggestion_says_so():
    title = curve([2.0] * 40).plot().axes[0].get_title()
    assert title == "no suggestion: the loss did not fall clearly"


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
        steps=100,
        out=out,
        quiet=True,
    )
    assert 1e-5 < found.suggestion < 0.5
    assert len(found.rates) == len(found.losses) <= 100
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


def test_a_loss_that_does_not_fall_is_told_in_place_of_a_rate(
    tiny_checkpoint, monkeypatch
):
    place = "kerascls.experiments.rising_rates.losses_at_rising_rates"
    monkeypatch.setattr(place, lambda *_: [2.0] * 100)
    console = Console(file=StringIO(), width=200)
    found = find_rate(
        checkpoint=tiny_checkpoint, max_tokens=16, cache=False, console=console
    )
    assert found.suggestion is None
    shown = console.file.getvalue()
    assert "the loss did not fall clearly: no suggestion" in shown
    assert "to begin with" not in shown
