import numpy as np
import pytest
from rich.cells import cell_len

from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports import render_report, render_table


def line_of(text, name):
    return next(line for line in text.splitlines() if name in line)


def test_chinese_labels_keep_the_columns_aligned(scores):
    lines = render_table(scores).splitlines()
    ends = {cell_len(line) for line in lines if line.strip()}
    assert len(ends - {max(ends)}) <= 1


def test_a_class_that_never_occurs_is_marked(scores):
    assert line_of(render_table(scores), "never").split()[1:] == ["n/a"] * 3 + ["0"]


def test_a_label_in_brackets_is_no_markup(scores):
    assert line_of(render_table(scores), "[red]x|y").split()[-1] == "1"


def test_without_best_epoch_there_is_no_change(scores):
    assert "Δ best" not in render_table(scores)


def test_the_change_against_the_best_epoch_is_shown(scores):
    targets = np.eye(4, dtype=bool)[[0, 0]]
    best = score(targets, targets[::-1], scores.labels)
    text = render_table(scores, best=best)
    assert "Δ best" in text
    assert line_of(text, "体育").split()[-1] == "="
    assert line_of(text, "accuracy").split()[-1] == "-0.4000"
    assert line_of(text, "never").split()[-1] == "0"


def test_many_classes_are_cut_to_those_with_most_support():
    targets = np.triu(np.ones((50, 50), bool))
    scores = score(targets, targets, [f"label{number}" for number in range(50)])
    text = render_table(scores, max_classes=3, more_in="history.csv")
    shown = [line.split()[0] for line in text.splitlines() if " label" in line]
    assert shown == ["label47", "label48", "label49"]
    assert "... 47 more in history.csv" in text


def test_a_long_label_is_folded_and_numbers_stay_whole():
    eye = np.eye(2, dtype=bool)
    text = render_table(score(eye, eye, ("长" * 80, "b")), width=60)
    assert text.count("长") == 80
    assert "1.0000" in text
    assert max(map(cell_len, text.splitlines())) <= 60


@pytest.mark.parametrize(
    "line",
    [
        "Labels given: from probability 0.2500 on.",
        "Unseen in training: [red]x|y (1 row), never (3 rows).",
    ],
)
def test_a_report_says_what_its_numbers_rest_on(report, line):
    assert line in render_report(report).splitlines()
