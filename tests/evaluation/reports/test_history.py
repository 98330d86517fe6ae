import numpy as np
import pytest

from kerascls.errors import SettingsError
from kerascls.evaluation.metrics.scores import score
from kerascls.evaluation.reports.history import (
    append_history,
    class_history,
    epoch_text,
    history_rows,
    read_history,
)


def test_epochs_are_appended_under_one_header(tmp_path, scores):
    path = tmp_path / "run" / "history.csv"
    for epoch in (1, 2):
        append_history(path, history_rows(epoch, scores, loss=0.5, val_loss=0.25))
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfepoch,class,precision,recall,f1,support,loss,")
    assert data.count(b"\xef\xbb\xbf") == data.count(b"epoch,") == 1
    rows = read_history(path)
    assert len(rows) == 2 * (len(scores.labels) + 4)
    assert rows[-1]["epoch"] == "2"
    assert rows[0]["val_loss"] == "0.25"
    assert rows[0]["threshold"] == ""


def test_a_row_keeps_every_digit(tmp_path, scores):
    path = tmp_path / "history.csv"
    append_history(path, history_rows(1, scores))
    rows = {row["class"]: row for row in read_history(path)}
    assert float(rows["教育 education"]["f1"]) == scores.f1[1]
    assert float(rows["micro avg"]["f1"]) == scores.micro.f1


def test_a_file_of_another_header_is_left_alone(tmp_path, scores):
    path = tmp_path / "history.csv"
    path.write_text("epoch,loss\n1,2\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="first line is 'epoch,loss'"):
        append_history(path, history_rows(1, scores))
    assert path.read_text(encoding="utf-8") == "epoch,loss\n1,2\n"


def test_a_history_of_an_earlier_version_goes_on_in_its_form(tmp_path, scores):
    path = tmp_path / "history.csv"
    append_history(path, history_rows(1, scores, loss=1.0))
    lines = path.read_text("utf-8-sig").splitlines()
    old = [line.rpartition(",")[0] for line in lines]
    path.write_text("\n".join(old) + "\n", encoding="utf-8-sig")
    append_history(path, history_rows(2, scores, loss=0.5))
    assert path.read_text("utf-8-sig").splitlines()[0] == old[0]
    assert class_history(path).averages["macro avg"] == (scores.macro.f1,) * 2


def test_an_empty_file_gets_a_header(tmp_path, scores):
    path = tmp_path / "history.csv"
    path.touch()
    append_history(path, history_rows(1, scores))
    assert len(read_history(path)) == len(scores.labels) + 4


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


@pytest.mark.parametrize(
    ("epoch", "text"), [(2, "2"), (2.5, "2.5"), (7 / 3, "2.33"), (10.0, "10")]
)
def test_an_epoch_has_two_decimals_at_most(epoch, text):
    assert epoch_text(epoch) == text
