import numpy as np
import pytest
from rich.cells import cell_len

from kerascls.evaluation.diff import RunDifference
from kerascls.evaluation.metrics.bootstrap import paired_bootstrap
from kerascls.evaluation.reports import render_difference

TRUTH = np.eye(3, dtype=bool)[[0, 1, 2, 0, 1, 1]]


@pytest.fixture
def found() -> RunDifference:
    chosen = TRUTH.copy()
    chosen[0] = False
    return RunDifference(
        run_a="runs/[b]",
        run_b="runs/b",
        rows=6,
        labels=("体育", "[red]x", "other"),
        support=TRUTH.sum(0),
        bootstrap=paired_bootstrap(TRUTH, chosen, TRUTH, resamples=50),
        only_a=0,
        only_b=1,
        lacked_by_a=("other",),
    )


def test_headline_scores_and_moved_classes_are_shown(found):
    lines = render_difference(found).splitlines()
    assert lines[:2] == ["A: runs/[b]", "B: runs/b"]
    accuracy = next(line for line in lines if "accuracy" in line).split()
    assert accuracy[1:4] == ["0.8333", "1.0000", "+0.1667"]
    moved = next(line for line in lines if "体育" in line).split()
    assert moved[1:4] == ["0.6667", "1.0000", "+0.3333"]
    assert moved[-1] == "2"
    assert "F1 moved in 1 of 3 classes." in lines
    assert "Rows that only A got right: 0; only B: 1." in lines
    assert "Not trained by A: other." in lines


def test_classes_that_did_not_move_are_left_out(found):
    assert "[red]x" not in render_difference(found)


def test_classes_can_be_cut(found):
    text = render_difference(found, max_classes=0)
    assert "the 0 that moved most are shown" in text
    assert "体育" not in text


def test_the_table_is_no_wider_than_it_may_be(found):
    table = render_difference(found, width=90).splitlines()[2:10]
    assert max(map(cell_len, table)) <= 90
