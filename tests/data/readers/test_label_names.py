"""Names in place of numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.label_names import LabelNames
from kerascls.errors import DataError

NAMES = LabelNames("class.txt", dict(enumerate(("体育", "汽车", "健康"))))


@given(st.integers(0, 2), st.sampled_from(["{}", "0{}", "{}.0"]))
def test_a_number_is_the_name_on_that_line(number, form):
    assert NAMES.name(form.format(number)) == NAMES.names[number]


def test_a_name_has_the_number_it_came_from():
    assert [NAMES.number(name) for name in NAMES.names.values()] == ["0", "1", "2"]
    with pytest.raises(DataError, match="'财经' is no class of class.txt"):
        NAMES.number("财经")


def test_a_name_is_itself():
    assert NAMES.name("汽车") == "汽车"


@pytest.mark.parametrize("label", ["3", "-1", "1.5", "财经", "", "1e0", "１"])
def test_another_label_is_refused_with_what_the_file_names(label):
    with pytest.raises(DataError, match=r"names 3: 0 \(体育\) to 2 \(健康\)"):
        NAMES.name(label)


def test_empty_lines_at_the_end_and_a_mark_do_not_count(tmp_path):
    path = tmp_path / "class.txt"
    path.write_bytes("\ufeff体育\r\n汽车 \r\n\r\n\n".encode())
    assert LabelNames.read(path).names == {0: "体育", 1: "汽车"}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a\n\nb\n", ":2: an empty line"),
        ("a\nb\na\n", ":3: 'a'"),
        ("体育\t0\n", ":1: '体育\\t0'"),
    ],
)
def test_an_empty_line_and_a_name_twice_are_refused(tmp_path, content, place):
    path = tmp_path / "class.txt"
    path.write_text(content)
    with pytest.raises(DataError) as error:
        LabelNames.read(path)
    assert f"class.txt{place}" in str(error.value)


@pytest.mark.parametrize("name", ["missing.txt", "empty.txt"])
def test_a_file_without_names_is_refused_with_the_option(tmp_path, name):
    (tmp_path / "empty.txt").write_text("\n")
    with pytest.raises(DataError, match="--label-names"):
        LabelNames.read(tmp_path / name)


def test_names_take_the_place_of_numbers_in_every_format(tmp_path, write_csv):
    (tmp_path / "class.txt").write_text("体育\n汽车\n健康\n", "utf-8")
    (tmp_path / "a.jsonl").write_text('{"text": "甲", "labels": [0, 2]}\n', "utf-8")
    table = write_csv(tmp_path / "a.csv", ("text", "label"), [("甲", 1), ("乙", 0)])
    options = ReadOptions(label_names=tmp_path / "class.txt")
    assert [row.labels for row in read(table, options).examples] == [
        ("汽车",),
        ("体育",),
    ]
    assert read(tmp_path / "a.jsonl", options).examples[0].labels == ("体育", "健康")


def test_a_number_out_of_range_is_a_bad_row_with_its_line(tmp_path, write_csv):
    (tmp_path / "class.txt").write_text("a\nb\n")
    table = write_csv(tmp_path / "a.csv", ("text", "label"), [("甲", 1), ("乙", 2)])
    with pytest.raises(DataError, match=r"a.csv:3: .*'2' is no class of .*names 2"):
        read(table, ReadOptions(label_names=tmp_path / "class.txt"))


@pytest.mark.parametrize("mark", [" ", "\t", ",", ": "])
def test_a_number_in_front_of_each_name_is_that_of_the_class(tmp_path, mark):
    path = tmp_path / "class.txt"
    path.write_text(f"100{mark}故事\n101{mark}文化 娱乐\n", "utf-8")
    names = LabelNames.read(path)
    assert (names.name("100"), names.name("101")) == ("故事", "文化 娱乐")
    with pytest.raises(DataError, match=r"names 2: 100 \(故事\) to 101"):
        names.name("0")


def test_names_that_begin_with_digits_are_names(tmp_path):
    path = tmp_path / "class.txt"
    path.write_text("3C 数码\n18+\n2 手车\n", "utf-8")
    assert LabelNames.read(path).name("2") == "2 手车"
