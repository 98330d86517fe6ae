import numpy as np

from kerascls.evaluation.metrics import score
from kerascls.evaluation.reports import append_history, history_rows
from kerascls.evaluation.reports.class_history import class_history


def test_the_history_has_a_line_for_each_class_and_average(tmp_path, scores):
    path = tmp_path / "history.csv"
    for epoch in (1, 2):
        append_history(path, history_rows(epoch, scores, loss=1 / epoch))
    history = class_history(path)
    assert history.epochs == (1.0, 2.0)
    assert history.classes["教育 education"] == (scores.f1[1], scores.f1[1])
    assert history.classes["never"] == (None, None)
    assert history.averages["macro avg"] == (scores.macro.f1,) * 2
    assert history.support == dict(zip(scores.labels, scores.support, strict=True))
    assert history.losses == {"loss": (1.0, 0.5), "val_loss": (None, None)}


def test_a_label_named_like_an_average_is_kept_apart(tmp_path):
    rows = np.array([[True, False], [True, True]])
    scores = score(rows, ~rows, ("macro avg", "accuracy"))
    path = tmp_path / "history.csv"
    append_history(path, history_rows(1, scores))
    history = class_history(path)
    assert history.classes == {"macro avg": (0.0,), "accuracy": (scores.f1[1],)}
    assert history.averages["accuracy"] == (scores.accuracy,)


def test_an_epoch_that_was_done_again_counts_as_it_ended(tmp_path, scores):
    path = tmp_path / "history.csv"
    for epoch, loss in ((1, 3.0), (2, 2.0), (1, 2.5), (2, 1.5)):
        append_history(path, history_rows(epoch, scores, loss=loss))
    history = class_history(path)
    assert history.epochs == (1.0, 2.0)
    assert history.losses["loss"] == (2.5, 1.5)
