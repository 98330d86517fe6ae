"""Predictions appear when they are complete, for whoever may read new files."""

import os

import pytest

from kerascls.inference.outputs import open_output


@pytest.mark.parametrize("name", ["预测.csv", "out.jsonl"])
def test_an_interrupt_leaves_the_older_file_and_nothing_else(tmp_path, name):
    path = tmp_path / name
    path.write_text("older")
    with pytest.raises(KeyboardInterrupt), open_output(path, path.suffix[1:], ["text"]):
        raise KeyboardInterrupt
    assert path.read_text() == "older"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640)])
def test_a_file_may_be_read_as_other_new_files(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        with open_output(tmp_path / "out.csv", "csv", ["text"]):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == mode


def test_standard_output_is_no_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with open_output("-", "csv", ["text"]):
        pass
    assert capsys.readouterr().out == "text,predicted,score\r\n"
    assert os.listdir(tmp_path) == []
