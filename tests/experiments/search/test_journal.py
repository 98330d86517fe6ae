"""The memory of a search, and how it survives."""

import pytest

from kerascls.experiments.search.journal import Journal
from kerascls.experiments.search.proxy_data import Stage
from kerascls.experiments.search.space import Choice, LogRange
from kerascls.experiments.search.trials import Goal, Trial

SPACE = {"train.learning_rate": LogRange(1e-4, 1e-2), "model.dropout": Choice((0, 0.1))}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.journal"


def opened(path):
    return Journal(path, SPACE, Goal("macro_f1"), 1)


def recorded(journal, stage=Stage.FULL, outcome="done", score=0.5):
    asked, values = journal.ask(stage)
    number = len(journal.trials()) + 1
    trial = Trial(number, stage, outcome, values, score, 1, 1, 0.1)
    journal.tell(asked, trial)
    return trial


def test_trials_are_there_for_the_next_process(path):
    journal = opened(path)
    trials = [
        recorded(journal),
        recorded(journal, Stage.PROXY, "pruned"),
        recorded(journal, outcome="diverged", score=None),
    ]
    assert opened(path).trials() == trials


def test_a_line_that_was_not_finished_is_dropped(path):
    trial = recorded(opened(path))
    with open(path, "ab") as file:
        file.write(b'{"op_code": 4, "wor')
    journal = opened(path)
    assert journal.trials() == [trial]
    more = recorded(journal)
    assert opened(path).trials() == [trial, more]


def test_a_trial_that_was_not_told_is_asked_again(path):
    _, values = opened(path).ask(Stage.FULL)
    assert opened(path).ask(Stage.FULL)[1] == values


def test_what_is_wanted_is_tried(path):
    wanted = {"train.learning_rate": 1.23e-3, "model.dropout": 0.1}
    assert opened(path).ask(Stage.PROXY, wanted)[1] == wanted


def test_stages_do_not_mix(path):
    journal = opened(path)
    for _ in range(4):
        recorded(journal, Stage.PROXY, score=0.9)
    asked, _ = journal.ask(Stage.FULL)
    for epoch in range(3):
        asked.report(0.1, epoch)
    assert not asked.should_prune()
