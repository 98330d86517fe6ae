"""A file is written anew as it was, but for the corrected label cells."""

import json

import pytest

import kerascls
from kerascls.auditing.relabelling.rewriting import rewritten
from kerascls.auditing.rows import read_rows
from kerascls.data.readers import ReadOptions, read
from kerascls.errors import DataError


def test_rows_that_could_not_be_read_are_left_out(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("text,label\na,x\nb,\nc,y\n", "utf-8")
    options = ReadOptions(skip_bad_rows=True)
    dataset = read(path, options)
    content = rewritten(dataset, {4: ("z",)}, options, "csv", "tsv")
    assert content == b"text\tlabel\na\tx\nc\tz\n"


def test_numbers_of_classes_stay_numbers(tmp_path):
    (tmp_path / "class.txt").write_text("体育\n汽车\n", "utf-8")
    path = tmp_path / "t.csv"
    path.write_text("text,label\na,0\nb,1\n", "utf-8")
    options = ReadOptions(label_names=tmp_path / "class.txt")
    dataset = read(path, options)
    content = rewritten(dataset, {2: ("汽车",)}, options, "csv", "csv")
    assert content == b"text,label\na,1\nb,1\n"


def test_a_label_that_the_encoding_cannot_write_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("text,label\n新,汽车\n".encode("gb2312"))
    options = ReadOptions(encoding="gb2312")
    dataset = read(path, options)
    with pytest.raises(DataError, match="gb2312 can write. Received: '🚗'"):
        rewritten(dataset, {2: ("🚗",)}, options, "csv", "csv")


def test_encoding_separator_and_other_columns_are_kept(tmp_path):
    path = tmp_path / "train.csv"
    content = "id,text,labels\n1,新车,汽车;体育\n2,书,\n"
    path.write_bytes(content.encode("gb18030"))
    options = {"encoding": "gb18030", "label_separator": ";"}
    rows = read_rows([path], options=ReadOptions(**options))
    found = tmp_path / "findings.csv"
    cells = f"file,line,row,corrected\n{path},3,{rows.key(1)},教育|体育\n"
    found.write_text(cells, "utf-8")
    kerascls.relabel(path, found, tmp_path / "new.csv", **options)
    expected = content.replace("2,书,", "2,书,教育;体育").encode("gb18030")
    assert (tmp_path / "new.csv").read_bytes() == expected


def test_a_lone_carriage_return_in_a_cell_is_kept(labelled, tmp_path):
    path = labelled("t.csv", [("a\rb", "x"), ("c", "y")])
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    fixes = tmp_path / "findings.csv"
    fixes.write_text("file,line,row,corrected\n", "utf-8")
    kerascls.relabel(path, fixes, tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_line_ends_of_a_table_are_kept(tmp_path, end, encoding):
    path, fixes = tmp_path / "t.csv", tmp_path / "findings.csv"
    path.write_bytes(end.join(["text,label", "a,x", "b,y", ""]).encode(encoding))
    fixes.write_text("file,line,row,corrected\n", "utf-8")
    kerascls.relabel(path, fixes, tmp_path / "new.csv", encoding=encoding)
    assert (tmp_path / "new.csv").read_bytes() == path.read_bytes()


def test_line_ends_of_json_lines_are_kept(tmp_path):
    path, fixes = tmp_path / "t.jsonl", tmp_path / "findings.csv"
    path.write_bytes(b'{"text": "a", "label": "x"}\r\n' * 2)
    fixes.write_text("file,line,row,corrected\n", "utf-8")
    kerascls.relabel(path, fixes, tmp_path / "new.jsonl")
    assert (tmp_path / "new.jsonl").read_bytes() == path.read_bytes()


def test_json_lines_stay_json_lines(tmp_path, write_jsonl):
    path = write_jsonl("t.jsonl", [{"n": 1, "text": "新", "label": "a"}])
    rows = read_rows([path])
    fixes = [{"label": ["b"], "file": str(path), "line": 1, "row": rows.key(0)}]
    kerascls.relabel(path, write_jsonl("fix.jsonl", fixes), tmp_path / "new.jsonl")
    new = json.loads((tmp_path / "new.jsonl").read_text("utf-8"))
    assert new == {"n": 1, "text": "新", "label": "b"}


@pytest.mark.parametrize(
    ("name", "before", "given", "after"),
    [
        ("label", 3, ["4"], 4),
        ("label", 3, ["04"], "04"),
        ("label", "3", ["4"], "4"),
        ("labels", "x|y", ["x", "z"], "x|z"),
        ("labels", "x|y", [], ""),
        ("labels", [1, 2], ["2", "3"], [2, 3]),
        ("labels", [1, "x"], ["y", "1"], ["y", 1]),
        ("labels", [], ["3"], ["3"]),
    ],
)
def test_new_labels_have_the_json_type_of_the_old_ones(
    tmp_path, write_jsonl, name, before, given, after
):
    path = write_jsonl("t.jsonl", [{"text": "新", name: before}])
    rows = read_rows([path])
    fixes = [{"label": given, "file": str(path), "line": 1, "row": rows.key(0)}]
    kerascls.relabel(path, write_jsonl("fix.jsonl", fixes), tmp_path / "new.jsonl")
    assert json.loads((tmp_path / "new.jsonl").read_text("utf-8"))[name] == after


def test_truth_values_stay_truth_values_in_json(tmp_path):
    path = tmp_path / "t.jsonl"
    rows = [{"text": text, "label": text < "c"} for text in "abcd"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    dataset = read(path, ReadOptions())
    content = rewritten(dataset, {1: ("FALSE",)}, ReadOptions(), "jsonl", "jsonl")
    labels = [json.loads(line)["label"] for line in content.splitlines()]
    assert labels == [False, True, False, False]
