"""Whether all together do better than the best of them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from report_cases import LABELS, PREDICTED, TARGETS

from kerascls.data.labels import Task
from kerascls.evaluation.reports.baselines import baseline_lines
from kerascls.evaluation.reports.best_member import BestMember, compared_with_member
from kerascls.evaluation.reports.language import language_of
from kerascls.evaluation.scored_rows import ScoredRows

NAME = "runs/[b]小[/b] {x}"


def member(chosen, ours=PREDICTED) -> BestMember:
    targets, chosen, ours = (
        np.repeat(one, 40, axis=0) for one in (TARGETS, chosen, ours)
    )
    scored = ScoredRows(
        task=Task.MULTILABEL,
        labels=tuple(LABELS),
        targets=targets,
        probabilities=ours.astype(np.float32),
        chosen=ours,
        known=len(LABELS),
        rows_sha256="",
        lines=np.arange(len(targets)),
    )
    return compared_with_member(scored, chosen, NAME)


@pytest.mark.parametrize(
    ("chosen", "begins"),
    [
        (np.zeros_like(TARGETS), "Beats its best member: macro-F1 by +"),
        (TARGETS, "WORSE THAN ITS BEST MEMBER: macro-F1 by -"),
        (PREDICTED, "Not surely better than its best member: macro-F1 by +0.0000"),
    ],
)
def test_the_verdict_is_that_of_the_interval(report, chosen, begins):
    lines = baseline_lines(replace(report, best_member=member(chosen)))
    assert lines[1].startswith(f"Best member on the same rows ({NAME}): accuracy ")
    assert lines[2].startswith(begins)
    assert lines[2].endswith("] (95 % intervals).")


def test_it_is_said_in_chinese(report):
    found = replace(report, best_member=member(PREDICTED))
    text = " ".join(baseline_lines(found, language_of("zh")))
    assert "最佳成员" in text and "best member" not in text


def test_it_is_stored_with_the_report(report):
    found = replace(report, best_member=member(PREDICTED))
    stored = json.loads(json.dumps(found.to_dict()))
    again = type(report).from_dict(stored)
    assert again.best_member.to_dict() == found.best_member.to_dict()
    del stored["best_member"]  # as earlier versions wrote it
    assert type(report).from_dict(stored).best_member is None


def test_labels_that_training_lacked_are_misses_of_the_member_too():
    few = np.repeat(PREDICTED, 40, axis=0)[:, :-1]
    targets = np.repeat(TARGETS, 40, axis=0)
    scored = ScoredRows(
        task=Task.MULTILABEL,
        labels=tuple(LABELS),
        targets=targets,
        probabilities=targets.astype(np.float32),
        chosen=targets,
        known=len(LABELS) - 1,
        rows_sha256="",
        lines=np.arange(len(targets)),
    )
    found = compared_with_member(scored, few, NAME)
    assert found.scores.labels == tuple(LABELS)
    assert found.scores.recall[-1] == 0
