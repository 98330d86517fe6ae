"""The table of judges refers to functions that can be called alike."""

import subprocess
import sys
from inspect import signature

import pytest

from kerascls.auditing.judges import AUTO, JUDGES, NONE
from kerascls.system.tables import named


@pytest.mark.parametrize("judge", JUDGES.values(), ids=JUDGES)
def test_every_judge_takes_the_same(judge):
    parameters = ["rows", "bundle", "folds", "seed", "on_progress"]
    assert list(signature(named(judge.function)).parameters) == parameters


def test_a_bundle_alone_needs_a_bundle():
    assert [name for name, judge in JUDGES.items() if judge.needs_bundle] == ["bundle"]


def test_no_judge_has_the_name_of_a_choice_among_them():
    assert not {AUTO, NONE} & set(JUDGES)


def test_reading_the_table_loads_no_judge():
    code = "import sys; from kerascls.auditing.judges import JUDGES; "
    code += "print([n for n in ('numpy', 'kerascls.auditing.judging') "
    code += "if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
