"""Scores and reports in a notebook."""

from dataclasses import replace

import numpy as np

from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.notebook import report_html_lines, scores_html

CELLS = np.array([[True, False], [False, True], [True, False]])


def test_every_class_and_average_has_a_row_with_a_bar():
    html = scores_html(score(CELLS, CELLS, ("<b>", "体育")), "part")
    assert html.count("<tr>") == 1 + 2 + 4
    assert html.count("width:100px") == 6
    assert "&lt;b&gt;" in html and "<b></" not in html and "体育" in html


def test_values_show_themselves(multilabel_run):
    result = multilabel_run.result
    html = result.report._repr_html_()
    assert html == report_html_lines(result.report)
    assert "test.csv, test part" in html and "Always" in html
    assert html in result._repr_html_() and str(result.bundle) in result._repr_html_()
    assert result.report.scores._repr_html_() in scores_html(result.report.scores)
    assert str(result.bundle) in replace(result, report=None)._repr_html_()
