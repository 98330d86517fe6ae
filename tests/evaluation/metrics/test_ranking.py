import json
import math
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from metrics_cases import scored_cells, single_labels

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics import ranking
from kerascls.evaluation.metrics.ranking import RankingScores, ranking_scores

HALF = settings(max_examples=50)
TARGETS = np.array([[1, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]], bool)
VALUES = np.float32([[0.9, 0.8, 0.7, 0.1], [0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]])


def naive(targets, values, k):
    """P@k, R@k and hits at each rank, as the mean over all orders of tied labels."""
    width = targets.shape[1]
    hits = np.zeros((len(targets), width))
    for row, scores in enumerate(values):
        orders = [
            order
            for order in permutations(range(width))
            if all(scores[a] >= scores[b] for a, b in pairwise(order))
        ]
        hits[row] = np.mean([targets[row, list(order)] for order in orders], axis=0)
    counts = targets.sum(axis=1)
    recall = [
        h[:k].sum() / count for h, count in zip(hits, counts, strict=True) if count
    ]
    return hits[:, :k].sum() / k / len(hits), recall, hits


@HALF
@given(scored_cells(min_labels=2))
def test_ndcg_equals_that_of_sklearn(cells):
    from sklearn.metrics import ndcg_score

    ours = ranking_scores(*cells, ks=(1, 2, 5)).ndcg_at
    for k in ours:
        assert ours[k] == pytest.approx(ndcg_score(*cells, k=k))


@HALF
@given(scored_cells())
def test_lrap_equals_that_of_sklearn(cells):
    from sklearn.metrics import label_ranking_average_precision_score

    theirs = label_ranking_average_precision_score(*cells)
    assert ranking_scores(*cells).lrap == pytest.approx(theirs)


@HALF
@given(single_labels())
def test_recall_of_one_label_is_top_k_accuracy(rows):
    from sklearn.metrics import top_k_accuracy_score

    targets, values = rows
    values = values + np.arange(values.shape[1]) * 1e-6  # no ties
    k = 2
    theirs = (
        top_k_accuracy_score(
            targets.argmax(1), values, k=k, labels=range(values.shape[1])
        )
        if values.shape[1] > 2
        else 1.0
    )
    assert ranking_scores(targets, values, ks=(k,)).r_at[k] == pytest.approx(theirs)


@settings(max_examples=20)
@given(scored_cells())
def test_ties_count_as_the_mean_over_all_orders(cells):
    targets, values = (array[:3, :4] for array in cells)
    ours = ranking_scores(targets, values, ks=(1, 3))
    for k in (1, 3):
        precision, recall, _ = naive(targets, values, k)
        assert ours.p_at[k] == pytest.approx(precision)
        if recall:
            assert ours.r_at[k] == pytest.approx(np.mean(recall))
        else:
            assert math.isnan(ours.r_at[k])


@settings(max_examples=20)
@given(scored_cells())
def test_the_top_five_score_is_that_of_its_formula(cells):
    targets, values = (array[:3, :6] for array in cells)
    _, _, hits = naive(targets, values, 5)
    p = sum(h / len(hits) / math.log(i + 2) for i, h in enumerate(hits.sum(0)[:5]))
    r = hits[:, :5].sum() / max(targets.sum(), 1)
    expected = p * r / (p + r) if p + r else 0.0
    assert ranking_scores(targets, values).top_five == pytest.approx(expected)


def test_scores_of_three_rows_by_hand():
    scores = ranking_scores(TARGETS, VALUES, ks=(1, 3))
    assert scores.p_at == pytest.approx({1: 1 / 3, 3: 3 / 9})
    assert scores.r_at == pytest.approx({1: 0.25, 3: 1.0})
    assert scores.lrap == pytest.approx(((1 + 2 / 3) / 2 + 1 / 3 + 1) / 3)
    p = 1 / 3 / math.log(2) + 2 / 3 / math.log(4)
    assert scores.top_five == pytest.approx(p / (p + 1))


def test_more_places_than_labels_are_empty_ones():
    scores = ranking_scores(TARGETS, VALUES, ks=(10,))
    assert (scores.p_at[10], scores.r_at[10]) == pytest.approx((3 / 30, 1.0))


def test_blocks_of_rows_make_no_difference(monkeypatch):
    whole = ranking_scores(TARGETS, VALUES)
    monkeypatch.setattr(ranking, "_CELLS_AT_ONCE", 4)
    blocks = ranking_scores(TARGETS, VALUES)
    assert blocks.p_at == pytest.approx(whole.p_at)
    assert blocks.r_at == pytest.approx(whole.r_at)
    assert blocks.ndcg_at == pytest.approx(whole.ndcg_at)
    assert (blocks.lrap, blocks.top_five) == pytest.approx((whole.lrap, whole.top_five))


def test_scores_survive_json():
    scores = ranking_scores(TARGETS, VALUES)
    copy = RankingScores.from_dict(json.loads(json.dumps(scores.to_dict())))
    assert copy == scores


def test_no_place_is_an_error():
    with pytest.raises(SettingsError, match=r"ks=\(1, 0\)"):
        ranking_scores(TARGETS, VALUES, ks=(1, 0))
