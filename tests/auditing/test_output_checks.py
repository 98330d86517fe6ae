"""What cannot be written, or would destroy work, is refused before work begins."""

import os

import pytest

import kerascls
from kerascls.auditing import audit as auditing
from kerascls.errors import SettingsError

ROWS = [("新车\n发布", "汽车"), ("新车\n发布", "")]


@pytest.fixture
def train(labelled):
    return labelled("train.csv", ROWS)


@pytest.fixture
def reads_nothing(monkeypatch):
    """Fails a test that goes on to read the audited files."""
    monkeypatch.setattr(auditing, "read_rows", lambda *a, **k: pytest.fail("read"))


def test_an_audit_without_corrections_can_be_written_again(train, tmp_path):
    written = []
    for _ in range(2):
        kerascls.audit(train, label_errors="none", out=tmp_path / "out")
        written.append((tmp_path / "out" / "findings.csv").read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_corrections_are_never_overwritten(train, tmp_path, encoding, request):
    kerascls.audit(train, label_errors="none", out=tmp_path / "out")
    path = tmp_path / "out" / "findings.csv"
    lines = path.read_bytes().decode("utf-8-sig").replace(",,r", ",汽车,r", 1)
    path.write_bytes(lines.encode(encoding))
    request.getfixturevalue("reads_nothing")
    with pytest.raises(SettingsError, match=r"findings.csv that was filled in"):
        kerascls.audit(train, label_errors="none", out=tmp_path / "out")
    assert path.read_bytes() == lines.encode(encoding)


@pytest.mark.parametrize("name", ["findings.csv", "letter.txt"])
def test_a_folder_of_someone_else_is_never_written_to(train, tmp_path, name):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(SettingsError, match="one of an earlier audit.*other files"):
        kerascls.audit(train, label_errors="none", out=tmp_path / "mine")
    assert os.listdir(tmp_path / "mine") == [name]


def test_a_findings_file_that_is_none_is_never_overwritten(train, tmp_path):
    kerascls.audit(train, label_errors="none", out=tmp_path / "out")
    (tmp_path / "out" / "findings.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(SettingsError, match="or is none of an audit"):
        kerascls.audit(train, label_errors="none", out=tmp_path / "out")


def test_an_export_that_exists_is_refused(train, tmp_path, reads_nothing):
    path = tmp_path / "rows.jsonl"
    path.write_text("{}", "utf-8")
    with pytest.raises(SettingsError, match="which exists. Choose another name"):
        kerascls.audit(train, export=path)
    assert path.read_text("utf-8") == "{}"


def test_a_folder_that_cannot_be_made_is_refused(train, reads_nothing):
    with pytest.raises(SettingsError, match=r"out='.*train.csv/out'"):
        kerascls.audit(train, out=train / "out")


def test_folders_that_cannot_be_written_to_are_refused(
    train, tmp_path, reads_nothing, monkeypatch
):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(SettingsError, match=r"out='.*new/out'"):
        kerascls.audit(train, out=tmp_path / "new" / "out")
    with pytest.raises(SettingsError, match=r"export='.*rows.jsonl'"):
        kerascls.audit(train, export=tmp_path / "rows.jsonl")
    assert os.listdir(tmp_path) == ["train.csv"]
