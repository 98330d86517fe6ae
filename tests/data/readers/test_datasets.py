"""Labelled text, read whole."""

import csv
import hashlib
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from kerascls.data.labels import Task
from kerascls.data.readers import Example, ReadOptions, join_labels, read
from kerascls.data.readers.cells import ERRORS, cell_text
from kerascls.errors import DataError, SettingsError

TEXT = st.one_of(
    st.text(st.sampled_from('甲a😀",|\\[\n\r\t'), max_size=8),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    # Not an error value or a number in Excel's dress, which no text is.
).filter(lambda text: text.strip() not in ERRORS and cell_text(text) == text)
SKIP = ReadOptions(skip_bad_rows=True)
NAMES = st.lists(TEXT.map(str.strip).filter(bool), max_size=3, unique=True)
ROWS = st.lists(
    st.tuples(TEXT, NAMES.map(tuple)).filter(lambda row: row[0].strip() or row[1]),
    min_size=1,
    max_size=5,
)


@pytest.fixture
def write(tmp_path):
    def write(content, name="训练集.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def pairs(dataset):
    return [(row.texts[0], row.labels) for row in dataset.examples]


@given(rows=ROWS, separator=st.sampled_from("|;, "))
def test_a_csv_gives_back_any_texts_and_labels(tmp_path_factory, rows, separator):
    path = tmp_path_factory.mktemp("data") / "数据.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["text", "labels"])
        writer.writerows([text, join_labels(names, separator)] for text, names in rows)
    assert pairs(read(path, ReadOptions(label_separator=separator))) == rows


@given(rows=ROWS)
def test_a_jsonl_gives_back_any_texts_and_labels(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("data") / "数据.jsonl"
    lines = [json.dumps({"text": text, "labels": names}) for text, names in rows]
    path.write_text("\n".join(lines))
    assert pairs(read(path)) == rows


def test_other_names_of_classes_make_it_another_file(write, tmp_path):
    path = write(b"label,text\n0,a\n1,b\n")
    hashes = set()
    for names in ("x\ny\n", "y\nx\n"):
        (tmp_path / "class.txt").write_text(names)
        options = ReadOptions(label_names=tmp_path / "class.txt", task="multiclass")
        hashes.add(read(path, options).sha256)
    assert len({*hashes, read(path).sha256}) == 3


def test_everything_about_the_file_is_told(write):
    content = "label,text\n体育, 国足 \n军事,\n".encode()
    dataset = read(write(content))
    assert dataset.examples == [
        Example(2, (" 国足 ",), ("体育",)),
        Example(3, ("",), ("军事",)),
    ]
    assert dataset.path.name == "训练集.csv"
    assert dataset.text_columns == ("text",)
    assert dataset.label_column == "label"
    assert dataset.task is Task.MULTICLASS
    assert dataset.skipped_rows == 0
    assert dataset.empty_texts == 1
    assert dataset.sha256 == hashlib.sha256(content).hexdigest()


def test_several_text_columns_give_several_texts(write):
    path = write("title,content,label\n甲,乙,a\n")
    assert read(path).examples[0].texts == ("甲", "乙")
    assert read(path, ReadOptions(text=["content", "title"])).examples[0].texts == (
        "乙",
        "甲",
    )
    assert read(path, ReadOptions(text="content")).examples[0].texts == ("乙",)


def test_a_workbook_is_read(tmp_path):
    book = Workbook()
    for row in (["text", "labels"], ["甲", "a|b"], ["乙", None], [3, 4.0]):
        book.active.append(row)
    book.save(tmp_path / "数据.xlsx")
    assert pairs(read(tmp_path / "数据.xlsx")) == [
        ("甲", ("a", "b")),
        ("乙", ()),
        ("3", ("4",)),
    ]


def test_another_encoding_is_read_when_named(write):
    path = write("text,label\n国足,体育\n".encode("gb18030"))
    assert pairs(read(path, ReadOptions(encoding="GB18030"))) == [("国足", ("体育",))]


def test_a_label_is_one_name_whatever_it_holds(write):
    path = write("text,label\n甲, 财经/股票-A|B \n乙,[其他]\n")
    assert [row.labels for row in read(path).examples] == [
        ("财经/股票-A|B",),
        ("[其他]",),
    ]


def test_a_labels_column_may_hold_one_label_each(write):
    dataset = read(write("text,labels\n甲,a\n乙,b\n"), ReadOptions(task="multiclass"))
    assert dataset.task is Task.MULTICLASS
    assert [row.labels for row in dataset.examples] == [("a",), ("b",)]


def test_bad_rows_are_placed_in_the_message(write):
    path = write("text,labels\n甲,a\n乙,a|b\n丙,\n丁,a|\n戊\n")
    with pytest.raises(DataError) as caught:
        read(path, ReadOptions(task="multiclass"))
    message = str(caught.value)
    assert "4 bad rows" in message
    for told in (
        '训练集.csv:3: label column "labels": 2 labels where multiclass allows one',
        '训练集.csv:4: label column "labels" is empty',
        '训练集.csv:5: label column "labels": label 2 of 2 is empty',
        "训练集.csv:6: 1 column where the header has 2",
    ):
        assert told in message


def test_bad_rows_are_skipped_and_counted_when_asked(write):
    dataset = read(write("text,label\n甲,a\n乙, \n丙\n"), SKIP)
    assert pairs(dataset) == [("甲", ("a",))]
    assert dataset.skipped_rows == 2


def test_only_bad_rows_are_an_error_even_when_skipped(write):
    with pytest.raises(DataError, match="1 rows, all of them bad"):
        read(write("text,label\n甲,\n"), SKIP)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_file_without_rows_is_refused(write, name):
    content = "text,label\n" if name == "a.csv" else "\n"
    with pytest.raises(DataError, match="a.*with no row"):
        read(write(content, name))


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ('{"text": "t", "labels": ["a", "b", "a"]}', ("a", "b")),
        ('{"text": "t", "labels": []}', ()),
        ('{"text": "t", "labels": null}', ()),
        ('{"text": "t", "labels": "a|b"}', ("a", "b")),
        ('{"text": "t", "labels": [0, 1]}', ("0", "1")),
        ('{"text": "t", "label": "a|b"}', ("a|b",)),
        ('{"text": "t", "label": 1}', ("1",)),
    ],
)
def test_json_labels_are_lists_or_texts(write, line, labels):
    assert read(write(line, "a.jsonl")).examples[0].labels == labels


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": {}, "label": "a"}', 'column "text" must hold a text, not an object'),
        ('{"label": "a"}', 'text column "text" is missing'),
        ('{"text": "t"}', 'label column "label" is missing'),
        ('{"text": "t", "label": null}', 'label column "label" is empty'),
        ('{"text": "t", "label": []}', 'label column "label" is empty'),
    ],
)
def test_json_of_the_wrong_kind_is_a_bad_row(write, line, reason):
    path = write('{"text": "t", "label": "a"}\n' + line, "a.jsonl")
    with pytest.raises(DataError, match=f"a.jsonl:2: .*{reason}"):
        read(path)


def test_several_labels_in_a_row_are_told_once_with_the_task(write):
    several = '{"text": "t", "label": ["a", "b"]}\n'
    path = write('{"text": "t", "label": "a"}\n' + 3 * several, "a.jsonl")
    with pytest.raises(DataError, match="3 rows with several labels.*multilabel`"):
        read(path)
    left = read(path, ReadOptions(skip_bad_rows=True))
    assert (len(left.examples), left.skipped_rows) == (1, 3)
    assert "3 rows with several labels" in left.notes[0]


def test_a_separator_where_a_row_has_one_label_is_refused(write):
    path = write("text,label\na,x\n")
    with pytest.raises(SettingsError, match="label_separator=','.*--task multilabel"):
        read(path, ReadOptions(label_separator=","))
    assert read(path, ReadOptions(label_separator="|")).examples[0].labels == ("x",)
    assert read(path, ReadOptions(label_separator=",", task="multilabel"))


FIRST_ROW_IS_BAD = '{"text": "a"}\n{\n{"text": "b", "topic": "x", "label": "y"}\n'


@pytest.mark.parametrize("options", [{}, {"label": "topic", "task": "multiclass"}])
def test_a_first_row_without_its_columns_is_a_bad_row_like_others(write, options):
    path = write(FIRST_ROW_IS_BAD, "a.jsonl")
    column = options.get("label", "label")
    with pytest.raises(DataError, match=f'a.jsonl:1: label column "{column}" is miss'):
        read(path, ReadOptions(**options))
    dataset = read(path, ReadOptions(skip_bad_rows=True, **options))
    assert [row.line for row in dataset.examples] == [3]
    assert dataset.skipped_rows == 2


def test_columns_that_no_row_has_are_told(write):
    path = write('{"text": "a"}\n{"text": "b"}\n', "a.jsonl")
    with pytest.raises(DataError, match="Expected one label column"):
        read(path, SKIP)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label": "topic"}, "`--task multiclass`"),
        ({"text": "topic", "label": "topic", "task": "multiclass"}, "its label"),
    ],
)
def test_settings_without_meaning_are_refused(write, options, message):
    with pytest.raises(SettingsError, match=message):
        read(write("text,topic\n甲,a\n"), ReadOptions(**options))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    os.mkfifo(path)
    code = f"open({str(path)!r}, 'w').write('text,label\\n')"
    with subprocess.Popen([sys.executable, "-c", code]):
        with pytest.raises(DataError, match="which is a pipe"):
            read(path)


def test_progress_ends_at_the_size_of_the_file(write):
    path = write("text,label\n" + "甲,a\n" * 2500)
    calls = []
    read(path, on_progress=lambda done, total: calls.append((done, total)))
    size_bytes = path.stat().st_size
    assert [total for _, total in calls] == [size_bytes] * 4
    assert calls[-1][0] == size_bytes
    assert calls == sorted(calls)


def test_reading_imports_nothing_heavy():
    code = (
        "import sys, kerascls.data.readers; "
        "print({'numpy', 'pandas', 'openpyxl', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_published_data_is_read(shared_data):
    dataset = read(shared_data / "weibo_sentiment" / "train.csv")
    assert len(dataset.examples) == 7452
    assert dataset.empty_texts == 57
    dataset = read(shared_data / "event_types_2020" / "train.csv")
    assert len({name for row in dataset.examples for name in row.labels}) == 65
    dataset = read(
        shared_data / "bdci_car_2018" / "train.csv",
        ReadOptions(label="labels_sentiment", task="multilabel"),
    )
    assert len({name for row in dataset.examples for name in row.labels}) == 30


def test_a_workbook_whose_first_sheet_has_one_line_is_cured_by_the_other(tmp_path):
    book = Workbook()
    book.active.append(["说明"])
    sheet = book.create_sheet("数据")
    for row in [("text", "label"), ("国足主场取胜", "体育"), ("新车上市", "汽车")]:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="--sheet '?数据"):
        read(tmp_path / "a.xlsx")
    assert len(read(tmp_path / "a.xlsx", ReadOptions(sheet="数据")).examples) == 2
