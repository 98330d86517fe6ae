"""Labelled text from one format to another."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascls.data.conversion import convert_data
from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.data.readers import FORMATS, ReadOptions, read
from kerascls.errors import DataError, SettingsError

WRITTEN = [name for name, one in FORMATS.items() if one.save is not None]
# What every format holds; what one of them loses has tests of its own.
TEXTS = st.text("ab体育,;|\"'\\#\t ，。1", max_size=8).map(lambda s: f"x{s.strip()}")
NAMES = st.text("ab体育-_.", min_size=1, max_size=4).map(lambda s: f"x{s}")


def needs_pyarrow(format):
    if format in ("parquet", "arrow"):
        pytest.importorskip("pyarrow")


def write_jsonl(path, rows, column):
    lines = [{"text": text, column: labels} for text, labels in rows]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def pairs_of(dataset):
    return [(row.texts, row.labels) for row in dataset.examples]


def label_column(format, column):
    return column if FORMATS[format].has_columns else "label"


@pytest.mark.parametrize("format", WRITTEN)
@pytest.mark.parametrize("task", LABEL_TASKS)
@settings(max_examples=25)  # of each format and task
@given(data=st.data())
def test_examples_come_back_from_every_format(tmp_path_factory, format, task, data):
    needs_pyarrow(format)
    if format == "folder" and task is Task.MULTILABEL:
        return
    labels = st.lists(NAMES, unique=True, max_size=3)
    if task is Task.MULTICLASS:
        labels = NAMES
    pairs = st.lists(st.tuples(TEXTS, labels), min_size=1, max_size=4)
    # Twice, for a label that is there once is said to be none.
    rows = data.draw(pairs, label="rows") * 2
    if format == "doccano-csv":
        rows = [
            (text, json.loads(json.dumps(one).replace("#", ""))) for text, one in rows
        ]
    folder = tmp_path_factory.mktemp("convert")
    column = "labels" if task is Task.MULTILABEL else "label"
    source = write_jsonl(folder / "in.jsonl", rows, column)
    options = ReadOptions(task=task, skip_bad_rows=True)
    expected = read(source, options)
    done = convert_data(source, folder / "out", out_format=format, task=task)
    stated = ReadOptions(format=format, label=label_column(format, column), task=task)
    found = read(done.output, stated)
    assert sorted(pairs_of(found)) == sorted(pairs_of(expected))
    assert done.rows == len(rows)
    assert done.lost == {}


@pytest.fixture
def table(tmp_path, write_csv):
    rows = [(1, "甲", "体育"), (2, "乙", "汽车"), (3, "丙", "体育")]
    return write_csv(tmp_path / "in.csv", ("id", "text", "topic"), rows)


def test_the_label_column_gets_the_name_that_states_the_task(table, tmp_path):
    done = convert_data(table, tmp_path / "out.jsonl", label="topic", task="multilabel")
    first = json.loads((tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0])
    assert first == {"id": "1", "text": "甲", "labels": ["体育"]}
    assert 'labels of "topic" are in "labels"' in done.notes
    assert read(tmp_path / "out.jsonl").task is Task.MULTILABEL


def test_a_name_that_is_taken_is_left(tmp_path, write_csv):
    header = ("text", "topic", "label")
    path = write_csv(tmp_path / "in.csv", header, [("甲", "a", "x"), ("乙", "b", "y")])
    convert_data(path, tmp_path / "o.json", label="topic", task="multiclass")
    first = json.loads((tmp_path / "o.json").read_text("utf-8"))[0]
    assert first == {"text": "甲", "topic": "a", "label": "x"}


def test_a_one_hot_table_becomes_lists_of_labels(tmp_path, write_csv):
    rows = [("甲", 1, 0), ("乙", 1, 1), ("丙", 0, 0)]
    path = write_csv(tmp_path / "in.csv", ("text", "a", "b"), rows)
    convert_data(path, tmp_path / "o.jsonl", label=["a", "b"])
    lines = (tmp_path / "o.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"text": "甲", "labels": ["a"]},
        {"text": "乙", "labels": ["a", "b"]},
        {"text": "丙", "labels": []},
    ]


def test_what_is_lost_is_counted(table, tmp_path):
    done = convert_data(
        table, tmp_path / "o.fasttext", label="topic", task="multiclass"
    )
    assert done.lost == {'cells of the column "id"': 3}
    assert done.to_dict()["output"] == str(tmp_path / "o.fasttext")


def test_bad_rows_are_refused_or_left_out(tmp_path, write_csv):
    rows = [("甲", "a"), ("乙", ""), ("丙", "b")]
    path = write_csv(tmp_path / "in.csv", ("text", "label"), rows)
    with pytest.raises(DataError, match="in.csv:3"):
        convert_data(path, tmp_path / "o.jsonl")
    assert not (tmp_path / "o.jsonl").exists()
    done = convert_data(path, tmp_path / "o.jsonl", skip_bad_rows=True)
    assert (done.rows, done.skipped_rows) == (2, 1)


def test_nothing_is_overwritten_unless_asked_for(table, tmp_path):
    out = tmp_path / "o.jsonl"
    out.write_text("mine")
    options = {"label": "topic", "task": "multiclass"}
    with pytest.raises(SettingsError, match="--overwrite"):
        convert_data(table, out, **options)
    assert out.read_text() == "mine"
    convert_data(table, out, overwrite=True, **options)
    assert len(read(out).examples) == 3


def test_the_input_is_never_the_output(table):
    with pytest.raises(SettingsError, match="both"):
        convert_data(table, table, overwrite=True, label="topic", task="multiclass")


def test_a_failure_leaves_nothing(table, tmp_path):
    with pytest.raises(DataError, match="task=multilabel"):
        convert_data(
            table,
            tmp_path / "o",
            out_format="folder",
            label="topic",
            task="multilabel",
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


@pytest.mark.parametrize("name", ["o.xlsx", "o.txt", "o", "o.dat"])
def test_what_cannot_be_written_names_what_can(table, tmp_path, name):
    with pytest.raises(SettingsError, match="csv, tsv, jsonl.*--out-format"):
        convert_data(table, tmp_path / name, label="topic", task="multiclass")


def test_a_missing_folder_is_named(table, tmp_path):
    with pytest.raises(SettingsError, match="Create .*none"):
        convert_data(table, tmp_path / "none" / "o.csv")


def test_a_file_without_rows_is_refused(tmp_path, write_csv):
    path = write_csv(tmp_path / "empty.csv", ("text", "label"), [])
    with pytest.raises(DataError, match="empty.csv with none. Give a file with rows"):
        convert_data(path, tmp_path / "out.jsonl")
