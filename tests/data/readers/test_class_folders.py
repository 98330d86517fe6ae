"""A folder for each class."""

from pathlib import Path

import pytest

from kerascls.data.labels import Task
from kerascls.data.readers import ReadOptions, read, read_columns
from kerascls.data.readers.class_folders import folder_sha256, save_folders
from kerascls.data.readers.labelled_table import LabelledTable
from kerascls.errors import DataError


@pytest.fixture
def folder(tmp_path) -> Path:
    for label, name, text in [
        ("体育", "2.txt", "标题\r\n　　正文。\r\n"),
        ("体育", "1", "无后缀"),
        ("汽车", "3.txt", "\ufeff新车"),
    ]:
        (tmp_path / "news" / label).mkdir(parents=True, exist_ok=True)
        (tmp_path / "news" / label / name).write_bytes(text.encode())
    return tmp_path / "news"


def test_labels_are_folders_and_texts_are_files(folder):
    dataset = read(folder)
    assert dataset.task is Task.MULTICLASS
    assert [(row.labels[0], row.texts[0]) for row in dataset.examples] == [
        ("体育", "无后缀"),
        ("体育", "标题\r\n　　正文。"),
        ("汽车", "新车"),
    ]
    assert read_columns(folder) == ("text", "label", "file")


def test_what_systems_leave_is_passed_over(folder):
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "体育" / "Thumbs.db").write_bytes(b"\0")
    (folder / "__MACOSX").mkdir()
    assert len(read(folder).examples) == 3


def test_stray_files_and_folders_are_named(folder):
    (folder / "README").write_text("x")
    (folder / "体育" / "old").mkdir()
    with pytest.raises(DataError) as error:
        read(folder)
    assert "README: a file outside" in str(error.value)
    assert "体育/old: a folder within" in str(error.value)
    assert len(read(folder, ReadOptions(skip_bad_rows=True)).examples) == 3


def test_a_file_in_another_encoding_is_named_with_its_byte(folder):
    (folder / "汽车" / "4.txt").write_bytes(b"ab" + "新车".encode("gb18030"))
    with pytest.raises(DataError, match="汽车/4.txt: not utf-8 at byte 2"):
        read(folder)


def test_the_encoding_is_that_of_all_files(tmp_path):
    for label in "ab":
        (tmp_path / "n" / label).mkdir(parents=True)
        (tmp_path / "n" / label / "1").write_bytes("新车".encode("gb18030"))
    rows = read(tmp_path / "n", ReadOptions(encoding="gb18030")).examples
    assert [row.texts for row in rows] == [("新车",)] * 2


def test_folders_of_folders_are_refused_with_the_inner_one(folder):
    with pytest.raises(DataError, match="They hold folders themselves: give .*news"):
        read(folder.parent)
    (folder / "urls.txt").write_text("x")
    with pytest.raises(DataError, match="They hold folders themselves: give .*news"):
        read(folder.parent)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="a folder of text files for each class"):
        read(tmp_path)


def test_a_file_is_no_folder(tmp_path, folder):
    with pytest.raises(DataError, match="a folder that holds a folder for each class"):
        read(folder / "体育" / "1", ReadOptions(format="folder"))
    with pytest.raises(DataError, match="which is a directory"):
        read(folder, ReadOptions(format="csv"))


def test_the_hash_is_of_names_and_bytes(folder):
    before = folder_sha256(folder)
    assert read(folder).sha256 == before
    (folder / "体育" / "1").rename(folder / "体育" / "0")
    renamed = folder_sha256(folder)
    (folder / "体育" / "0").write_text("x")
    assert len({before, renamed, folder_sha256(folder)}) == 3


def table(rows, task=Task.MULTICLASS) -> LabelledTable:
    made = [dict(zip(("text", "label", "id"), row, strict=True)) for row in rows]
    names = ("text", "label", "id")
    return LabelledTable(names, ("text",), "label", task, lambda: made)


def test_what_was_written_comes_back_and_what_was_lost_is_counted(tmp_path):
    made = table([("a\r\nb", ("x",), 1), ("c\n", ("y y",), None)])
    save_folders(tmp_path / "n", made)
    found = [(row.texts[0], row.labels) for row in read(tmp_path / "n").examples]
    assert found == [("a\r\nb", ("x",)), ("c", ("y y",))]
    assert made.lost == {
        'cells of the column "id"': 1,
        "texts whose line ends at the end are left out": 1,
    }


@pytest.mark.parametrize("label", ["a/b", ".a", "Thumbs.db", "名" * 90])
def test_labels_that_are_no_folder_are_refused(tmp_path, label):
    with pytest.raises(DataError, match="names of folders"):
        save_folders(tmp_path / "n", table([("t", (label,), None)]))


def test_several_labels_have_no_folder(tmp_path):
    with pytest.raises(DataError, match="task=multilabel"):
        save_folders(tmp_path / "n", table([], Task.MULTILABEL))


def test_a_folder_of_tables_is_cured_by_a_pattern(tmp_path):
    (tmp_path / "a.csv").write_text("text,label\na,x\n")
    with pytest.raises(DataError, match=r"a folder of files\..*\*\.csv"):
        read(tmp_path)
    assert len(read(tmp_path / "*.csv").examples) == 1
