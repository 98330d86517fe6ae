"""Several files read as one keep their files, lines and hashes."""

import pytest

from kerascls.data.joined import join, told_of_several
from kerascls.data.readers import ReadOptions, read
from kerascls.errors import DataError, SettingsError


@pytest.fixture
def write(tmp_path, write_csv):
    def write(name, header, *rows):
        return write_csv(tmp_path / name, header, rows)

    return write


def test_rows_come_one_file_after_another_with_file_and_line(write):
    header = ("text", "label")
    paths = [write("a.csv", header, "ax", "by"), write("b.csv", header, "cz")]
    both = join([read(path) for path in paths])
    assert [row.texts for row in both.examples] == [("a",), ("b",), ("c",)]
    assert [row.line for row in both.examples] == [2, 3, 2]
    assert both.file_names == (str(paths[0]), str(paths[0]), str(paths[1]))
    assert both.name == "a.csv + b.csv"
    assert [one["rows"] for one in both.facts()["files"]] == [2, 1]


def test_one_file_stays_as_it_is(write):
    dataset = read(write("a.csv", ("text", "label"), "ax"))
    assert join([dataset]) is dataset
    assert dataset.file_names == ()
    assert dataset.facts() == {
        "file": str(dataset.path),
        "sha256": dataset.sha256,
        "rows": 1,
    }


def test_the_hash_tells_the_order_of_the_files(write):
    a, b = (read(write(f"{n}.csv", ("text", "label"), (n, "x"))) for n in "ab")
    assert len({join([a, b]).sha256, join([b, a]).sha256, a.sha256, b.sha256}) == 4


def test_a_file_that_is_named_twice_is_refused(write):
    dataset = read(write("a.csv", ("text", "label"), "ax"))
    with pytest.raises(SettingsError, match=r"every file once.*a\.csv"):
        join([dataset, dataset])


@pytest.mark.parametrize(
    ("header", "options"),
    [
        (("text", "labels"), ReadOptions()),
        (("text", "labels"), ReadOptions(task="multilabel")),
        (("title", "content", "label"), ReadOptions()),
    ],
)
def test_files_with_other_columns_are_refused_by_name(write, header, options):
    first = read(write("a.csv", ("text", "label"), "ax"), options)
    other = read(write("b.csv", header, ["c"] * (len(header) - 1) + ["z"]), options)
    with pytest.raises(DataError, match=r"a\.csv: .*b\.csv: "):
        join([first, other])


def test_what_was_noticed_in_each_file_and_between_them_is_kept(write):
    header = ("text", "label")
    first = write("a.csv", header, ("a", "1.0"), ("b", "NaN"))
    other = write("b.csv", header, ("c", "1"), ("d", "2"))
    missing, spelling = join([read(first), read(other)]).notes
    assert "'NaN' (1 row)" in missing
    assert "b.csv: 2 labels that a.csv lacks: '1' (1 row) looks like '1.0'" in spelling


def test_a_file_for_each_label_is_nothing_remarkable(write):
    files = [
        write(
            f"{name}.csv", ("text", "label"), *((f"{name}{n}", name) for n in range(20))
        )
        for name in ("x", "y")
    ]
    assert join([read(file) for file in files]).notes == ()


def test_no_file_at_all_is_refused():
    with pytest.raises(SettingsError, match="one or more files. Received: none"):
        join([])


def test_of_many_files_the_first_and_the_last_are_named(write):
    header = ("text", "label")
    paths = [write(f"p{n}.csv", header, "ax", "by") for n in range(6)]
    assert join([read(path) for path in paths]).name == "p0.csv ... p5.csv (6 files)"


def test_label_and_labels_in_files_read_together_are_told_at_once(write):
    one = read(write("a.csv", ("text", "label"), "ax", "by"))
    other = read(write("b.csv", ("text", "labels"), "cz"))
    with pytest.raises(DataError, match=r"a\.csv: label; b\.csv: labels.*one name"):
        join([one, other])


def test_another_encoding_of_several_files_is_not_cured_by_an_option(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("text,label\n国足主场取胜,体育\n".encode("gb18030"))
    with pytest.raises(DataError, match=r"one encoding.*convert"):
        with told_of_several([path, tmp_path / "b.csv"]):
            read(path)
    with pytest.raises(DataError) as alone, told_of_several([path]):
        read(path)
    assert "one encoding" not in str(alone.value)
