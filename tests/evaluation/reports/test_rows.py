from kerascls.data.labels import Task
from kerascls.evaluation.reports.rows import report_rows, score_rows

AVERAGES = ["micro avg", "accuracy", "macro avg", "weighted avg"]


def test_classes_come_first_and_averages_behind(scores):
    names = [row.name for row in report_rows(scores, Task.MULTILABEL)]
    assert names == [*scores.labels, *AVERAGES]


def test_multiclass_leaves_out_the_micro_average(scores):
    names = [row.name for row in report_rows(scores, Task.MULTICLASS)]
    assert names == [*scores.labels, *AVERAGES[1:]]


def test_a_class_that_never_occurs_has_no_numbers(scores):
    row = score_rows(scores)[3]
    assert (row.precision, row.recall, row.f1, row.support) == (None, None, None, 0)


def test_a_missed_class_has_zeros(scores):
    row = score_rows(scores)[2]
    assert (row.precision, row.recall, row.f1, row.support) == (0, 0, 0, 1)


def test_the_accuracy_stands_under_f1_with_all_rows(scores):
    row = score_rows(scores)[5]
    assert (row.name, row.precision, row.f1, row.support) == ("accuracy", None, 0.6, 5)
