import pytest

from kerascls.errors import SettingsError
from kerascls.evaluation.reports import append_history, history_rows, read_history


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


def test_an_empty_file_gets_a_header(tmp_path, scores):
    path = tmp_path / "history.csv"
    path.touch()
    append_history(path, history_rows(1, scores))
    assert len(read_history(path)) == len(scores.labels) + 4
