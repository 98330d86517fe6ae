import numpy as np
import pytest
from hypothesis import given, settings
from metrics_cases import decisions

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics import resampling
from kerascls.evaluation.metrics.bootstrap import bootstrap_intervals, paired_bootstrap
from kerascls.evaluation.metrics.resampling import HEADLINE, resampled_weights
from kerascls.evaluation.metrics.scores import score


def naive_scores(targets, chosen, weights):
    """Headline scores and F1 of classes of the rows drawn, by `score`."""
    names = [str(column) for column in range(targets.shape[1])]
    headline, f1, present = [], [], []
    for row in weights.astype(int):
        drawn = np.repeat(np.arange(len(targets)), row)
        scores = score(targets[drawn], chosen[drawn], names)
        averages = (scores.micro.f1, scores.macro.f1, scores.weighted.f1)
        headline.append((scores.accuracy, *averages))
        f1.append(scores.f1)
        present.append(scores.present)
    return np.array(headline), np.array(f1), np.array(present)


def all_weights(targets, resamples, seed):
    return np.concatenate([*resampled_weights(len(targets), resamples, seed)])


def simulated(rows, seed, right=0.8):
    """One label of three for each row, right by chance."""
    random = np.random.default_rng(seed)
    truth = random.integers(3, size=rows)
    wrong = (truth + random.integers(1, 3, size=rows)) % 3
    given = np.where(random.random(rows) < right, truth, wrong)
    return np.eye(3, dtype=bool)[truth], np.eye(3, dtype=bool)[given]


@settings(max_examples=30)
@given(decisions())
def test_intervals_are_quantiles_of_scores_of_the_rows_drawn(arrays):
    found = bootstrap_intervals(*arrays, resamples=70, seed=5)
    headline, f1, present = naive_scores(*arrays, all_weights(arrays[0], 70, 5))
    for column, name in enumerate(HEADLINE):
        ends = np.quantile(headline[:, column], (0.025, 0.975))
        assert found.headline[name] == pytest.approx(ends)
    for column, ends in enumerate(found.f1):
        values = f1[present[:, column], column]
        if len(values):
            assert ends == pytest.approx(np.quantile(values, (0.025, 0.975)))
        else:
            assert np.isnan(ends).all()


@settings(max_examples=30)
@given(decisions(count=3))
def test_a_paired_test_scores_both_on_the_same_rows(arrays):
    targets, *both = arrays
    found = paired_bootstrap(*arrays, resamples=70, seed=5)
    drawn = [naive_scores(targets, one, all_weights(targets, 70, 5)) for one in both]
    change = drawn[1][0] - drawn[0][0]
    for column, name in enumerate(HEADLINE):
        one = found.headline[name]
        low, high = np.quantile(change[:, column], (0.025, 0.975))
        assert (one.low, one.high) == pytest.approx((low, high))
        assert one.difference == pytest.approx(one.b - one.a)
    f1_change = drawn[1][1] - drawn[0][1]
    present = drawn[0][2] | drawn[1][2]
    for column, one in enumerate(found.classes):
        values = f1_change[present[:, column], column]
        if len(values):
            ends = np.quantile(values, (0.025, 0.975))
            assert (one.low, one.high) == pytest.approx(tuple(ends))


def test_weights_draw_as_many_rows_as_there_are():
    blocks = [*resampled_weights(50, 130, seed=1)]
    weights = np.concatenate(blocks)
    assert weights.shape == (130, 50)
    assert (weights.sum(axis=1) == 50).all()
    assert abs(weights.var() - (1 - 1 / 50)) < 0.1  # of a binomial(50, 1/50)


def test_the_seed_decides():
    arrays = simulated(40, 0)
    first, again, other = (
        bootstrap_intervals(*arrays, seed=seed, resamples=99) for seed in (3, 3, 4)
    )
    assert first.headline == again.headline
    np.testing.assert_array_equal(first.f1, again.f1)
    assert first.headline != other.headline


def test_blocks_of_rows_make_no_difference(monkeypatch):
    arrays = simulated(40, 0)
    whole = bootstrap_intervals(*arrays, resamples=50)
    monkeypatch.setattr(resampling, "_CELLS_AT_ONCE", 10)
    assert bootstrap_intervals(*arrays, resamples=50).headline == whole.headline


def test_intervals_cover_the_truth_as_often_as_they_say():
    covered = 0
    for seed in range(200):
        found = bootstrap_intervals(*simulated(200, seed), resamples=200, level=0.9)
        low, high = found.headline["accuracy"]
        covered += low <= 0.8 <= high
    # Three standard deviations of a binomial(200, .9) are .064.
    assert 0.83 < covered / 200 < 0.97


def test_equal_decisions_differ_by_nothing():
    targets, chosen = simulated(50, 0)
    found = paired_bootstrap(targets, chosen, chosen, resamples=100)
    for one in (*found.headline.values(), *found.classes):
        assert (one.difference, one.low, one.high, one.p) == (0, 0, 0, 1)


def test_a_clear_difference_is_significant_in_either_order():
    targets, worse = simulated(400, 0, right=0.6)
    better = np.where(np.arange(400)[:, None] % 3 > 0, targets, worse)
    up = paired_bootstrap(targets, worse, better, resamples=300).headline["accuracy"]
    down = paired_bootstrap(targets, better, worse, resamples=300).headline["accuracy"]
    assert up.difference == -down.difference > 0.2
    assert up.p == down.p == pytest.approx(2 / 301)
    assert up.low > 0 > down.high


def test_without_a_difference_p_is_small_as_rarely_as_it_says():
    small = 0
    for seed in range(200):
        targets, one = simulated(150, seed)
        # Another decision that is as often right, on other rows.
        random = np.random.default_rng(seed)
        right = random.random(150) < 0.8
        wrong = np.roll(targets, 1, axis=1)
        other = np.where(right[:, None], targets, wrong)
        found = paired_bootstrap(targets, one, other, resamples=199)
        small += found.headline["accuracy"].p < 0.1
    assert 0.03 < small / 200 < 0.17


def test_a_class_that_is_nowhere_has_no_numbers():
    targets = np.array([[True, False], [True, False]])
    found = bootstrap_intervals(targets, targets, resamples=20)
    assert np.isnan(found.f1[1]).all() and found.f1[0].tolist() == [1, 1]
    absent = paired_bootstrap(targets, targets, targets, resamples=20).classes[1]
    assert np.isnan([absent.a, absent.difference, absent.low, absent.p]).all()


@pytest.mark.parametrize("wrong", [{"resamples": 0}, {"level": 1.0}])
def test_numbers_out_of_range_are_an_error(wrong):
    name, value = next(iter(wrong.items()))
    with pytest.raises(SettingsError, match=f"{name}={value}"):
        bootstrap_intervals(*simulated(5, 0), **wrong)
