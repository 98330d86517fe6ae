"""Decisions of several runs on the same rows."""

import numpy as np
import pytest
from leaderboard_cases import LABELS, scored, truth

from kerascls.errors import BundleError, SettingsError
from kerascls.evaluation.same_rows import same_rows

TARGETS = truth(20)


def test_labels_are_matched_by_name_and_added_where_a_run_has_more():
    order = [2, 0, 1]
    more = np.zeros((20, 1), bool)
    names = (*(LABELS[place] for place in order), "more")
    other = scored(
        np.hstack([TARGETS[:, order], more]),
        np.hstack([TARGETS[:, order], ~more]),
        labels=names,
        known=4,
    )
    same = same_rows([("run", "a", scored(TARGETS, TARGETS)), ("run", "b", other)])
    assert same.labels.names == (*LABELS, "more")
    np.testing.assert_array_equal(same.chosen[0], np.hstack([TARGETS, more]))
    np.testing.assert_array_equal(same.chosen[1], np.hstack([TARGETS, ~more]))
    np.testing.assert_array_equal(same.targets, same.chosen[0])


def test_one_that_differs_is_named_beside_the_first():
    good = scored(TARGETS, TARGETS)
    bad = scored(TARGETS, TARGETS, rows_sha256="b" * 64)
    with pytest.raises(SettingsError, match="run='a' .*run='c' "):
        same_rows([("run", "a", good), ("run", "b", good), ("run", "c", bad)])


def test_another_truth_below_the_same_hash_is_damage():
    good, bad = scored(TARGETS, TARGETS), scored(~TARGETS, TARGETS)
    with pytest.raises(BundleError, match="damaged"):
        same_rows([("run", "a", good), ("run", "b", bad)])
