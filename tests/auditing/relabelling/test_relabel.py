"""Corrected labels come back from a spreadsheet or doccano into a new file."""

import csv
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kerascls
from kerascls.auditing.rows import label_cell, read_rows
from kerascls.data.readers import read
from kerascls.errors import DataError, SettingsError

ROWS = [
    ("新车, 今天", r"汽车|a\|b"),
    ("新车, 今天", ""),
    ('=1+1\n"引号"', "体育"),
    ("未提到的行", "教育"),
]
LABEL_SETS = st.lists(
    st.text("体育[]|\\ ,;\"'=ab", min_size=1).map(str.strip).filter(bool),
    unique=True,
    max_size=3,
)


@pytest.fixture
def train(labelled):
    return labelled("train.csv", ROWS)


@pytest.fixture
def corrections(train, tmp_path):
    """Writes findings.csv with other labels; None leaves a cell empty."""

    def write(labels_of_line, name="findings.csv"):
        rows = read_rows([train])
        path = tmp_path / name
        with open(path, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "line", "row", "corrected"))
            for line, labels in labels_of_line:
                row = rows.lines.tolist().index(line)
                cell = "" if labels is None else label_cell(labels)
                writer.writerow((rows.file(row), line, rows.key(row), cell))
        return path

    return write


def labels_in(path):
    return [row.labels for row in read(path).examples]


def test_a_filled_in_findings_file_changes_the_labels(train, tmp_path):
    out = tmp_path / "out"
    kerascls.audit(train, label_errors="none", out=out)
    text = (out / "findings.csv").read_text("utf-8-sig")
    lines = list(csv.DictReader(text.splitlines(keepends=True)))
    for line in lines:
        if line["kind"] == "conflict":
            line["corrected"] = r"汽车|a\|b|教育"
    with open(out / "findings.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    done = kerascls.relabel(train, out / "findings.csv", tmp_path / "new.csv")
    assert (done.rows, done.changed, done.new_labels) == (4, 2, ())
    assert labels_in(tmp_path / "new.csv")[:2] == [("汽车", "a|b", "教育")] * 2
    assert labels_in(tmp_path / "new.csv")[2:] == labels_in(train)[2:]


def test_labels_changed_in_doccano_come_back(train, tmp_path):
    exported = tmp_path / "rows.jsonl"
    kerascls.audit(train, label_errors="none", export=exported)
    lines = [json.loads(line) for line in exported.read_text("utf-8").splitlines()]
    lines[0] |= {"label": [], "id": 7, "Comments": []}
    lines[1]["label"] = ["新 标签"]
    exported.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    done = kerascls.relabel(train, exported, tmp_path / "new.csv")
    assert labels_in(tmp_path / "new.csv")[:2] == [(), ("新 标签",)]
    assert done.new_labels == ("新 标签",)


@pytest.mark.parametrize("place", ["meta", "metadata"])
def test_fields_that_doccano_nested_are_found(train, tmp_path, write_jsonl, place):
    rows = read_rows([train])
    inner = {"file": rows.file(0), "line": 2, "row": rows.key(0)}
    path = write_jsonl("x.jsonl", [{"text": "?", "label": ["体育"], place: inner}])
    assert kerascls.relabel(train, path, tmp_path / "new.csv").changed == 1


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(LABEL_SETS, min_size=4, max_size=4))
def test_any_label_set_survives_the_round_trip(train, corrections, tmp_path, sets):
    lines = [example.line for example in read(train).examples]
    path = corrections(zip(lines, sets, strict=True))
    (tmp_path / "new.csv").unlink(missing_ok=True)
    kerascls.relabel(train, path, tmp_path / "new.csv")
    new = read(tmp_path / "new.csv").examples
    assert [row.labels for row in new] == [tuple(one) for one in sets]
    assert [row.texts for row in new] == [row.texts for row in read(train).examples]


def test_a_file_without_corrections_is_written_as_it_was(train, corrections, tmp_path):
    path = corrections([(2, None)])
    done = kerascls.relabel(train, path, tmp_path / "new.csv")
    assert done.changed == 0
    assert (tmp_path / "new.csv").read_bytes() == train.read_bytes()


def test_corrections_of_another_file_are_left_alone(train, labelled, tmp_path):
    other = labelled("other.csv", [("船", "汽车")])
    rows = read_rows([train, other])
    path = tmp_path / "findings.csv"
    cells = [f"{rows.file(r)},{rows.lines[r]},{rows.key(r)},军事" for r in (3, 4)]
    path.write_text("\n".join(["file,line,row,corrected", *cells]), "utf-8")
    done = kerascls.relabel(train, path, tmp_path / "new.csv")
    assert (done.changed, done.other_files) == (1, 1)
    with pytest.raises(DataError, match="which is about"):
        unrelated = labelled("unrelated.csv", [("船", "汽车")])
        kerascls.relabel(unrelated, path, tmp_path / "new2.csv")


def test_a_file_that_changed_since_the_audit_is_refused(train, corrections, tmp_path):
    path = corrections([(2, ("军事",))])
    train.write_text(train.read_text("utf-8").replace("今天", "明天"), "utf-8")
    with pytest.raises(DataError, match="(?s)train.csv:2 is another row now.*Audit"):
        kerascls.relabel(train, path, tmp_path / "new.csv")
    assert not (tmp_path / "new.csv").exists()


def test_two_answers_for_one_row_are_refused(train, corrections, tmp_path):
    path = corrections([(2, ("军事",)), (2, ("教育",))])
    with pytest.raises(DataError, match="findings.csv:3: gives .* line 2"):
        kerascls.relabel(train, path, tmp_path / "new.csv")


def test_a_table_without_the_needed_columns_is_refused(train, tmp_path):
    with pytest.raises(DataError, match="without corrected, file, line, row"):
        kerascls.relabel(train, train, tmp_path / "new.csv")


@pytest.mark.parametrize("name", ["train.csv", "findings.csv", "x.jsonl", "no/x.csv"])
def test_an_output_that_cannot_be_is_refused(train, corrections, tmp_path, name):
    path = corrections([(2, ("军事",))])
    before = train.read_bytes(), path.read_bytes()
    with pytest.raises(SettingsError, match="output="):
        kerascls.relabel(train, path, tmp_path / name)
    assert (train.read_bytes(), path.read_bytes()) == before


def test_an_output_that_exists_is_never_overwritten(train, corrections, tmp_path):
    output = tmp_path / "new.csv"
    output.write_text("mine", "utf-8")
    with pytest.raises(SettingsError, match="which exists"):
        kerascls.relabel(train, corrections([(2, ("军事",))]), output)
    assert output.read_text("utf-8") == "mine"
