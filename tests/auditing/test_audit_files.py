"""An audit on disk: Markdown, JSON, findings.csv and doccano's JSON lines."""

import csv
import json

import pytest

import kerascls
from kerascls.auditing.audit_files import FINDINGS_COLUMNS, export_doccano, findings_csv

HOSTILE = '=HYPERLINK("http://x","y")'
ROWS = [
    ("新车, 今天\n“发布”", "汽车|体育"),
    ("新车, 今天\n“发布”", ""),
    (HOSTILE, "体育"),
    (HOSTILE, "体育"),
]


@pytest.fixture
def found(labelled):
    return kerascls.audit(labelled("train.csv", ROWS), label_errors="none")


def test_all_files_are_written(found, tmp_path):
    kerascls.audit(found.rows.files[0], label_errors="none", out=tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"audit.md", "audit.json", "findings.csv"}
    content = json.loads((tmp_path / "out" / "audit.json").read_text("utf-8"))
    assert content == found.to_dict()
    assert (tmp_path / "out" / "findings.csv").read_bytes()[:3] == b"\xef\xbb\xbf"


def test_every_finding_row_is_a_line_that_reads_back(found):
    lines = list(csv.DictReader(findings_csv(found).splitlines(keepends=True)))
    assert tuple(lines[0]) == FINDINGS_COLUMNS
    conflict = [line for line in lines if line["kind"] == "conflict"]
    assert [line["text"] for line in conflict] == [ROWS[0][0]] * 2
    assert [line["labels"] for line in conflict] == ["汽车|体育", "[]"]
    assert [line["line"] for line in conflict] == ["2", "4"]
    assert {line["corrected"] for line in lines} == {""}


def test_cells_are_written_as_they_are(found):
    lines = list(csv.DictReader(findings_csv(found).splitlines(keepends=True)))
    assert HOSTILE in {line["text"] for line in lines}


def test_doccano_gets_each_row_to_decide_once(found, tmp_path):
    path = tmp_path / "rows.jsonl"
    assert export_doccano(path, found) == 2
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["label"] for line in lines] == [["汽车", "体育"], []]
    assert [line["text"] for line in lines] == [ROWS[0][0]] * 2
    assert {line["kind"] for line in lines} == {"conflict"}


def test_half_a_surrogate_pair_can_be_written(found, tmp_path, monkeypatch):
    monkeypatch.setattr(type(found.rows), "text", lambda self, row: "\ud800")
    assert export_doccano(tmp_path / "rows.jsonl", found) == 2
