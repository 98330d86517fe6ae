"""A class has one colour on the page and in the pictures."""

import re
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from kerascls.evaluation.reports.colours import TONES, colours, tones
from kerascls.evaluation.reports.history import append_history, history_rows
from kerascls.evaluation.reports.plots import curves, history


def test_the_page_has_the_same_colours():
    page = files("kerascls.evaluation.reports.html") / "page.css"
    light = page.read_text("utf-8").partition("@media")[0]
    assert tuple(re.findall(r"--s\d: (#\w{6});", light)) == TONES


@given(st.lists(st.integers(0, 60), unique=True, max_size=8))
def test_classes_that_are_drawn_together_differ(places):
    assert len(set(tones(places))) == len(places)
    assert tones(places)[:1] == [place % len(TONES) for place in places[:1]]


@given(st.permutations(range(8)))
def test_few_classes_have_their_own_whatever_their_order(places):
    assert tones(places) == list(places)


def test_more_classes_than_colours_come_to_an_end():
    assert len(tones(range(20))) == 20


def colour_of(figure, label):
    lines = figure.axes[0].get_lines()
    (line,) = [line for line in lines if line.get_label() == label]
    return line.get_color()


def test_a_class_has_its_colour_in_all_pictures(report, scored, tmp_path):
    append_history(tmp_path / "history.csv", history_rows(1, report.scores))
    drawn = curves.plot_precision_recall(scored)
    over_epochs = history.plot_class_history(tmp_path / "history.csv")
    for place, label in enumerate(scored.labels[: scored.known]):
        assert colour_of(drawn, label) == colours([place])[0]
        assert colour_of(over_epochs, label) == colours([place])[0]
