"""Every word of a report is there in every language, and no other."""

import ast
import json
import re
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pytest

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.evaluation.reports import leaderboards
from kerascls.evaluation.reports.baselines import SCORE_NAMES
from kerascls.evaluation.reports.details import PER_CLASS
from kerascls.evaluation.reports.distributions import SHARES
from kerascls.evaluation.reports.label_effects import EFFECTS
from kerascls.evaluation.reports.language import ENGLISH, language_of
from kerascls.evaluation.reports.plots.history import _AVERAGES
from kerascls.evaluation.reports.tables import NUMBERS
from kerascls.models.linear.config import LINEAR_LOSSES
from kerascls.settings.training import LANGUAGES
from kerascls.training.linear.fitting import UNITS

REPORTS = Path(str(files("kerascls.evaluation.reports")))
OTHERS = [code for code in LANGUAGES if code != ENGLISH.code]
# What is said by a variable in place of words.
SAID_BY_NAME = {
    *SCORE_NAMES.values(),
    *PER_CLASS.values(),
    *SHARES.values(),
    *EFFECTS.values(),
    *NUMBERS,
    *(task.value for task in Task),
    *_AVERAGES.values(),
    *("micro avg", "macro avg", "weighted avg"),
    *("loss", "val_loss"),
    *("linear", "baseline"),
    *UNITS.values(),
    *(loss.meaning for loss in LINEAR_LOSSES.values()),
    *("none", "balanced"),
    *leaderboards._COSTS,
    *leaderboards._PAIRS,
}
CONTENTS = {"policy", "title", "heading", "style", "script", "payload", "language"}
BRACES = re.compile(r"\{(\w*)\}")


def said_in_python():
    for path in REPORTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                yield from (one.value for one in node.args[:1] if hasattr(one, "value"))


def said_on_the_page():
    for path in (REPORTS / "html").glob("*.js"):
        text = path.read_text("utf-8")
        yield from map(json.loads, re.findall(r'\bt\(\s*("(?:[^"\\]|\\.)*")', text))
    template = (REPORTS / "html" / "page.html").read_text("utf-8")
    yield from set(re.findall(r"\{\{([^{}]+)\}\}", template)) - CONTENTS


@pytest.fixture(scope="module")
def said():
    found = chain(said_in_python(), said_on_the_page())
    return {one for one in found if isinstance(one, str)} | SAID_BY_NAME


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_has_all_words_and_no_others(said, code):
    words = language_of(code).words
    assert sorted(said - set(words)) == []
    assert sorted(set(words) - said) == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_has_a_place_for_each_value(code):
    for english, words in language_of(code).words.items():
        assert sorted(BRACES.findall(words)) == sorted(BRACES.findall(english))
        assert words.strip() or not english.strip()


def test_no_words_stand_in_the_template_but_by_the_table():
    template = (REPORTS / "html" / "page.html").read_text("utf-8")
    assert re.findall(r">\s*\w[^<{]*<", template) == []


def test_values_are_taken_as_they_are():
    say = language_of("zh")
    assert say("Always {label}: {scores}.", label="{x}", scores="{0}") == (
        "总是给出{x}：{0}。"
    )
    assert say("what nobody has translated") == "what nobody has translated"


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(SettingsError, match="one of en, zh.*language='de'"):
        language_of("de")
