"""Whether quotation marks quote in a tab separated file."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers import FileOptions, ReadOptions, read, read_records
from kerascls.data.readers.delimited import Quoted
from kerascls.data.readers.quoting import decide_quoting


def decided(content):
    lines = io.StringIO(content, newline="")
    return decide_quoting(iter(lines), "\t")


@pytest.mark.parametrize(
    ("content", "quoting"),
    [
        ('label\ttext\na\t"quoted"\nb\tplain\n', "none"),
        ('label\ttext\na\t"opened\nb\tclosed"\n', "none"),
        ('label\ttext\na\t"he said" so\nb\tx\n', "none"),
        ('label\ttext\na\t"\nb\t"\n', "none"),
        ('label\ttext\na\t"x"\nb\t5" pipe\n', "none"),
        ('label\ttext\na\t"one, two"\nb\tthree\n', "csv"),
        ('label\ttext\na\t"one, two"\nb\tthree, four\n', "none"),
        ('label\ttext\na\t"tab\there"\nb\tx\n', "csv"),
        ('label\ttext\na\t"two\nlines"\nb\tx\n', "csv"),
        ('label\ttext\na\t"say ""hi"""\nb\tx\n', "csv"),
        ('"label"\t"text"\n"a"\t"x"\n', "csv"),
        ('label\ttext\na\t"x"\nb\t"y"\n', "csv"),
    ],
)
def test_what_explains_the_whole_file_is_chosen_and_said(content, quoting):
    found = decided(content)
    assert found.quoting == quoting
    assert f"--quoting {quoting}" in found.note.line


@pytest.mark.parametrize("content", ["", "a\tb\n1\t2\n", 'a\tb\n1\t5" pipe\n'])
def test_nothing_is_said_where_both_are_the_same(content):
    assert decided(content) == Quoted("csv")


CELL = st.text(st.sampled_from('a体 "'), min_size=1, max_size=6)
ROWS = st.lists(st.tuples(CELL, CELL), min_size=2, max_size=6)


@given(rows=ROWS)
def test_rows_without_quoting_stay_apart_unless_all_look_quoted(rows):
    content = "".join(f"{a}\t{b}\n" for a, b in [("label", "text"), *rows])
    if decided(content).quoting == "none":
        return
    quoted = list(csv.reader(io.StringIO(content), delimiter="\t", strict=True))
    assert [len(row) for row in quoted] == [2] * (len(rows) + 1)


QUOTED = st.text(st.sampled_from('a体 "\t\n'), min_size=1, max_size=6)


@given(rows=st.lists(st.tuples(st.just("x"), QUOTED), min_size=1, max_size=6))
def test_what_a_csv_writer_quotes_as_a_whole_comes_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter="\t", quoting=csv.QUOTE_ALL)
        writer.writerows([("label", "text"), *rows])
    found = [tuple(record.fields.values()) for record in read_records(path)]
    assert found == rows


def test_stated_quoting_is_obeyed_and_merged_rows_are_told(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text('label\ttext\na\t"one\nb\ttwo"\na\tthree\n')
    assert len(read(path).examples) == 3
    assert len(read(path, ReadOptions(quoting="none")).examples) == 3
    dataset = read(path, ReadOptions(quoting="csv"))
    assert [row.line for row in dataset.examples] == [2, 4]
    assert "lines 2 to 3" in dataset.notes[0]
    assert "`--quoting none`" in dataset.notes[0]


def test_a_csv_may_be_read_without_quoting(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('label,text\na,"one\nb,two"\n')
    options = FileOptions(quoting="none")
    found = [record.fields["text"] for record in read_records(path, options)]
    assert found == ['"one', 'two"']
