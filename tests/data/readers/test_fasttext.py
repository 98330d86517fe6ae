"""Lines as fastText reads them, both dialects."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data import readers
from kerascls.data.labels import Task
from kerascls.data.readers import FileOptions, ReadOptions
from kerascls.data.readers.fasttext import (
    fasttext_rows,
    fasttext_tail_rows,
    looks_like_fasttext,
    refuse_fasttext,
    save_fasttext,
    save_fasttext_tail,
)
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.data.readers.rows import BadRow, Record
from kerascls.errors import DataError

WORDS = st.text("a体育_-.，1", min_size=1, max_size=4)


def read(content: str, rows=fasttext_rows):
    return list(rows(io.BytesIO(content.encode()), "a.txt", FileOptions()))


def fields(content: str, rows=fasttext_rows) -> tuple[str, list[str]]:
    (row,) = read(content, rows)
    return row.fields["text"], row.fields["label"]


@pytest.mark.parametrize(
    ("line", "text", "labels"),
    [
        ("__label__体育 国 足 今 晚", "国 足 今 晚", ["体育"]),
        ("__label__a __label__b w1 w2", "w1 w2", ["a", "b"]),
        ("w1 w2 __label__a __label__b", "w1 w2", ["a", "b"]),
        ("__label__a\tw1  w2\t", "w1  w2", ["a"]),
        ("no label here", "no label here", []),
        ("__label__a", "", ["a"]),
        ("__label__a x__label__b", "x__label__b", ["a"]),
        ("__label__a\u3000b c", "c", ["a\u3000b"]),
        ("__label____label__a w", "w", ["__label__a"]),
        ("__label__a,b w", "w", ["a,b"]),
    ],
)
def test_words_with_the_mark_are_labels_and_the_others_the_text(line, text, labels):
    assert fields(line) == (text, labels)


def test_words_on_both_sides_could_be_either_dialect_and_are_never_guessed():
    (row,) = read("w1 w2 __label__a b c")
    assert isinstance(row, BadRow)
    assert "--format fasttext-tail" in row.reason


@pytest.mark.parametrize(
    ("line", "text", "labels"),
    [
        ("w1 w2 __label__a b c", "w1 w2", ["a", "b", "c"]),
        ("w1 __label__6245 1111", "w1", ["6245", "1111"]),
        ("w1 __label__a __label__b", "w1", ["a", "b"]),
        ("w1 w2", "w1 w2", []),
        ("__label__a", "", ["a"]),
    ],
)
def test_of_the_other_dialect_all_words_from_the_mark_on_are_labels(line, text, labels):
    assert fields(line, fasttext_tail_rows) == (text, labels)


def test_a_line_of_labels_in_front_is_no_line_of_the_other_dialect():
    (row,) = read("__label__a w1 w2", fasttext_tail_rows)
    assert isinstance(row, BadRow)
    assert "--format fasttext`" in row.reason


@pytest.mark.parametrize("rows", [fasttext_rows, fasttext_tail_rows])
def test_a_mark_without_a_name_is_a_bad_row_with_its_line(rows):
    good, bad = read("w __label__a\n\nw __label__\n", rows)
    assert isinstance(good, Record)
    assert (bad.line, bad.reason) == (3, "has a __label__ without a name behind it")


def test_a_table_whose_header_is_a_line_of_fasttext_is_refused_with_the_format():
    with pytest.raises(DataError, match="--format fasttext"):
        refuse_fasttext(["__label__体育 国 足"])
    refuse_fasttext(["text", "my__label__", "label"])
    assert not looks_like_fasttext("a__label__b")


def table(rows, others=()) -> LabelledTable:
    names = ("text", "labels", *others)
    made = [dict(zip(names, row, strict=True)) for row in rows]
    return LabelledTable(names, ("text",), "labels", Task.MULTILABEL, lambda: made)


@given(
    st.lists(
        st.tuples(
            st.lists(WORDS, min_size=1).map(" ".join),
            st.lists(WORDS, unique=True).map(tuple),
        )
    ),
    st.sampled_from(
        [(save_fasttext, fasttext_rows), (save_fasttext_tail, fasttext_tail_rows)]
    ),
)
def test_what_was_written_comes_back(tmp_path_factory, rows, dialect):
    save, read_rows = dialect
    path = tmp_path_factory.mktemp("f") / "a.fasttext"
    made = table(rows)
    save(path, made)
    found = read(path.read_text("utf-8"), read_rows)
    assert [(r.fields["text"], tuple(r.fields["label"])) for r in found] == rows
    assert not made.lost


def test_what_a_line_cannot_hold_is_counted(tmp_path):
    made = table([("a\nb", ("x",), "7"), ("", (), ""), (" c", (), None)], ["id"])
    save_fasttext(tmp_path / "a", made)
    assert (tmp_path / "a").read_text() == "__label__x a b\nc\n"
    assert made.lost == {
        'cells of the column "id"': 1,
        "texts whose line ends or outer white space changed": 2,
        "rows without text, left out": 1,
    }


@pytest.mark.parametrize("label", ["体 育", "a\tb", "a\u3000b", "__label__a"])
def test_labels_that_are_no_word_are_refused_before_anything_is_written(
    tmp_path, label
):
    with pytest.raises(DataError, match="one word"):
        save_fasttext(tmp_path / "a", table([("t", (label,))]))
    assert not (tmp_path / "a").exists()


def test_a_text_with_the_mark_is_refused(tmp_path):
    with pytest.raises(DataError, match="begins with __label__"):
        save_fasttext(tmp_path / "a", table([("t __label__b", ("a",))]))


def test_a_broken_byte_is_a_bad_row():
    content = "__label__甲 国足\n".encode() * 3 + b"__label__a \xff\n"
    rows = list(fasttext_rows(io.BytesIO(content), "a.txt", FileOptions()))
    assert isinstance(rows[3], BadRow) and "byte 0xff" in rows[3].reason
    assert len(rows) == 4


PAIRS = "今天天气 如何\t天气 好吗 __label__1\n国足\t新车 __label__0\n"


def test_pairs_are_read_as_two_texts(tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_text(PAIRS + "a\tb __label__1\n", "utf-8")
    how = ReadOptions(format="fasttext-pair", text=("text", "text_pair"))
    dataset = readers.read(path, how)
    assert [row.texts for row in dataset.examples] == [
        ("今天天气 如何", "天气 好吗"),
        ("国足", "新车"),
        ("a", "b"),
    ]
    assert [row.labels for row in dataset.examples] == [("1",), ("0",), ("1",)]
    assert "not read" not in " ".join(dataset.notes)


def test_that_a_second_text_is_not_read_is_said(tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_text(PAIRS, "utf-8")
    notes = " ".join(readers.read(path, ReadOptions(format="fasttext-pair")).notes)
    assert "second text of each line is not read: `--text-pair text_pair` does" in notes


def test_a_tab_in_each_line_is_told_where_it_is_a_space(tmp_path):
    path = tmp_path / "pairs.fasttext"
    told = "`--format fasttext-pair --text-pair text_pair"
    path.write_text(PAIRS, "utf-8")
    assert told in " ".join(readers.read(path).notes)
    path.write_text(PAIRS + "no tab __label__0\n", "utf-8")
    assert told not in " ".join(readers.read(path).notes)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("one __label__0", "has 0 tabs where"),
        ("a\tb\tc __label__0", "has 2 tabs where"),
    ],
)
def test_a_line_without_two_texts_is_a_bad_row(tmp_path, line, reason):
    path = tmp_path / "pairs.txt"
    path.write_text(f"{PAIRS}{line}\n", "utf-8")
    with pytest.raises(DataError, match=f"pairs.txt:3: {reason}"):
        readers.read(path, ReadOptions(format="fasttext-pair"))
