"""`kerascls relabel` says what it wrote."""

import json

import pytest

from kerascls.auditing.rows import read_rows


@pytest.fixture
def files(tmp_path):
    data = tmp_path / "a.csv"
    data.write_text("text,labels\n新车,汽车\n书,教育\n", "utf-8")
    row = read_rows([data]).key(1)
    corrections = tmp_path / "findings.csv"
    cells = f"file,line,row,corrected\n{data},3,{row},体育\n"
    corrections.write_text(cells, "utf-8")
    return data, corrections


def test_rows_and_new_labels_are_counted(run, files, tmp_path):
    outcome = run("relabel", *files, "--output", tmp_path / "new.csv")
    assert outcome.code == 0
    assert "2 rows, 1 with other labels" in outcome.out
    assert "labels that are new: 体育" in outcome.out
    assert (tmp_path / "new.csv").read_text("utf-8").endswith("书,体育\n")


def test_nothing_of_a_label_reaches_the_terminal_as_a_command(run, files, tmp_path):
    corrections = files[1]
    corrections.write_text(corrections.read_text("utf-8")[:-1] + "\x1b[2J\n", "utf-8")
    outcome = run("relabel", *files, "--output", tmp_path / "new.csv")
    assert "labels that are new: 体育 [2J" in outcome.out


def test_what_was_done_is_written_as_json(run, files, tmp_path):
    outcome = run("relabel", *files, "--output", tmp_path / "new.csv", "--json")
    assert json.loads(outcome.out)["changed"] == 1


def test_the_input_is_never_overwritten(run, files):
    assert run("relabel", *files, "--output", files[0]).code == 2


def test_nothing_corrected_is_said(run, files, tmp_path):
    data, corrections = files
    row = read_rows([data]).key(1)
    cells = f"file,line,row,corrected\n{data},3,{row},\n"
    corrections.write_text(cells, "utf-8")
    outcome = run("relabel", *files, "--output", tmp_path / "new.csv")
    assert "nothing was corrected" in outcome.out
    assert "column 'corrected' of" in outcome.out
